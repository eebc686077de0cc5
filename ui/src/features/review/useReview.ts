import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { answer, api, messageOf } from '@/api/client'
import { commentsQuery, planQuery } from '@/api/queries'
import type { Plan } from '@/api/types'

/** Comments on a plan, the request that sends them to a model, and the way back to a revision. */
export function useReview(plan: Plan) {
  const cache = useQueryClient()
  const path = { masterplan_id: plan.masterplan_id }
  const reread = () =>
    cache.invalidateQueries({ queryKey: commentsQuery(plan.masterplan_id).queryKey })
  const take = (changed: Plan) => {
    cache.setQueryData(planQuery(plan.masterplan_id).queryKey, changed)
    void cache.invalidateQueries({ queryKey: ['plans'] })
  }
  const failed = (title: string) => (error: unknown) => {
    toast.error(title, { description: messageOf(error) })
    void reread()
  }

  const comment = useMutation({
    mutationFn: (body: { text: string; task_key: string | null }) =>
      answer(api.POST('/api/v1/masterplans/{masterplan_id}/comments', { params: { path }, body })),
    onSuccess: reread,
    onError: failed('Not noted'),
  })
  const withdraw = useMutation({
    mutationFn: (comment_id: string) =>
      answer(
        api.DELETE('/api/v1/masterplans/{masterplan_id}/comments/{comment_id}', {
          params: { path: { ...path, comment_id } },
        }),
      ),
    onSuccess: reread,
    onError: failed('Not withdrawn'),
  })
  const revise = useMutation({
    mutationFn: (feedback: string) =>
      answer(
        api.POST('/api/v1/masterplans/{masterplan_id}/revise', {
          params: { path },
          body: { feedback: feedback || null, plan_hash: plan.plan_hash },
        }),
      ),
    onSuccess: (revised) => {
      take(revised)
      void reread()
    },
    onError: failed('No revision was asked for'),
  })
  const restore = useMutation({
    mutationFn: (number: number) =>
      answer(
        api.POST('/api/v1/masterplans/{masterplan_id}/revisions/{number}/restore', {
          params: { path: { ...path, number } },
          body: { plan_hash: plan.plan_hash },
        }),
      ),
    onSuccess: (restored, number) => {
      take(restored)
      toast.success(`Revision ${restored.revision} says what revision ${number} said`)
    },
    onError: failed('Not restored'),
  })
  return { comment, withdraw, revise, restore }
}
