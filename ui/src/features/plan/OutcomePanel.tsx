import { Download, FolderOpen } from 'lucide-react'
import { toast } from 'sonner'
import type { Plan } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { GlassCard } from '@/components/glass/GlassCard'
import { toneOf } from '@/components/StatusBadge'
import { counted, duration, secondsBetween } from '@/lib/format'
import { planLook } from '@/lib/status'

const SENTENCES = {
  succeeded: 'Everything was built and proven.',
  partial: 'Part of it was built and proven; what failed can be tried again, with guidance.',
  failed: 'No task succeeded. Open a failed one to see why, and try it again with guidance.',
} as const

interface Props {
  plan: Plan
  onShowFiles(): void
}

/** How the plan ended, and where its result is. */
export function OutcomePanel({ plan, onShowFiles }: Props) {
  if (plan.status !== 'completed' || !plan.outcome) return null
  const look = planLook(plan)
  const Icon = look.icon
  const took =
    plan.started_at && plan.completed_at
      ? ` in ${duration(secondsBetween(plan.started_at, plan.completed_at))}`
      : ''
  const copy = async () => {
    await navigator.clipboard.writeText(plan.workspace_path ?? '')
    toast.success('Path copied')
  }
  return (
    <GlassCard style={toneOf(look)} className="flex flex-wrap items-center gap-x-5 gap-y-3 p-5">
      <Icon aria-hidden className="size-8 shrink-0 text-(--tone)" strokeWidth={1.5} />
      <div className="min-w-0 flex-1 basis-72">
        <h2 className="font-semibold">{SENTENCES[plan.outcome]}</h2>
        <p className="text-sm text-soft">
          {counted(plan.completed_tasks, 'task')} completed{took}.{' '}
          {plan.workspace_path && (
            <button
              type="button"
              onClick={copy}
              className="text-left font-mono text-xs break-all underline decoration-dotted underline-offset-4"
              title="Copy the path"
            >
              {plan.workspace_path}
            </button>
          )}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        <GlassButton icon={FolderOpen} onClick={onShowFiles}>
          Files
        </GlassButton>
        <GlassButton asChild>
          <a href={`/api/v1/masterplans/${plan.masterplan_id}/archive`} download>
            <Download aria-hidden className="size-4" />
            Download
          </a>
        </GlassButton>
      </div>
    </GlassCard>
  )
}
