import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { answer, api, asText } from '@/api/client'
import { planQuery } from '@/api/queries'
import type { Plan, PlanDocument } from '@/api/types'
import { wasOvertaken } from './problems'

/** What was read: neither a later revision nor a decision that came meanwhile is overwritten. */
type Read = Pick<Plan, 'masterplan_id' | 'plan_hash' | 'status'>

/** Saves a document, or a plan file's text, as the next revision of the plan that was read. */
export function useSaveRevision({ masterplan_id, plan_hash, status }: Read, onSaved: () => void) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (content: PlanDocument | string) =>
      answer(
        api.PUT('/api/v1/masterplans/{masterplan_id}', {
          params: { path: { masterplan_id }, query: { plan_hash, status } },
          ...(typeof content === 'string' ? asText(content) : { body: content }),
        }),
      ),
    onSuccess: (plan) => {
      cache.setQueryData(planQuery(masterplan_id).queryKey, plan)
      void cache.invalidateQueries({ queryKey: ['plans'] })
      toast.success(`Saved as revision ${plan.revision}`)
      onSaved()
    },
    onError: (error) => {
      if (!wasOvertaken(error)) return
      void cache.fetchQuery({ ...planQuery(masterplan_id), staleTime: 0 }).catch(() => undefined)
    },
  })
}
