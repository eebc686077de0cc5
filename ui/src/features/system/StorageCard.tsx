import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { answer, api, messageOf } from '@/api/client'
import { prunableQuery } from '@/api/queries'
import { GlassButton } from '@/components/glass/GlassButton'
import { GlassCard } from '@/components/glass/GlassCard'
import { Dialog } from '@/components/ui/Dialog'
import { megabytes } from '@/lib/format'

/** What ended long ago and still takes room, and its removal, which is asked about first. */
export function StorageCard({ days }: { days: number }) {
  const cache = useQueryClient()
  const [asking, setAsking] = useState(false)
  const prunable = useQuery(prunableQuery(days))
  const remove = useMutation({
    mutationFn: () =>
      answer(api.POST('/api/v1/system/prunable/remove', { body: { older_than_days: days } })),
    onSuccess: (removed) => {
      toast.success(`${megabytes(removed.bytes)} freed`)
      void cache.invalidateQueries({ queryKey: ['system', 'prunable'] })
    },
    onError: (error) => toast.error('Nothing was removed', { description: messageOf(error) }),
  })
  const found = prunable.data
  if (!found) return null
  const plans = found.plans.length
  return (
    <GlassCard className="p-5 md:p-6">
      <h2 className="font-semibold">Storage</h2>
      <div className="mt-2 flex flex-wrap items-center justify-between gap-3">
        <p className="text-soft">{told(plans, found.bytes, days)}</p>
        {found.bytes > 0 && (
          <GlassButton icon={Trash2} busy={remove.isPending} onClick={() => setAsking(true)}>
            Remove
          </GlassButton>
        )}
      </div>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Remove old logs?"
        description="Logs, unpublished attempts and what models were asked go for good. Plans, their events, the evidence of their checks and their branches stay."
      >
        <div className="flex justify-end gap-2">
          <GlassButton tone="quiet" onClick={() => setAsking(false)}>
            Keep
          </GlassButton>
          <GlassButton
            tone="danger"
            onClick={() => {
              setAsking(false)
              remove.mutate()
            }}
          >
            Remove
          </GlassButton>
        </div>
      </Dialog>
    </GlassCard>
  )
}

function told(plans: number, bytes: number, days: number): string {
  const old = `more than ${days} days ago`
  if (bytes === 0) return `Nothing that ended ${old} takes room any more.`
  if (plans === 0)
    return `What models were asked for plans and in chats ${old} takes ${megabytes(bytes)}.`
  return `What ${plans} ${plans === 1 ? 'plan' : 'plans'} that ended ${old} left, and what models were asked by then, takes ${megabytes(bytes)}.`
}
