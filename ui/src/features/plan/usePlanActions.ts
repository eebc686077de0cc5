import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { answer, api, messageOf } from '@/api/client'
import { planHeadQuery, planQuery } from '@/api/queries'
import type { BudgetRequest, Plan, Task } from '@/api/types'

/** What may be done with a plan that has been started. */
export type Steering = 'pause' | 'resume' | 'cancel'
const STEERED: Record<Steering, string> = {
  pause: 'No further task is started',
  resume: 'The plan goes on',
  cancel: 'Plan cancelled',
}

/**
 * What a person does with a plan. Each says how it ended; where another person or the engine was
 * faster, the plan is read again so that the page shows what came of it.
 */
export function usePlanActions(planId: string) {
  const cache = useQueryClient()
  const options = planQuery(planId)
  const params = { path: { masterplan_id: planId } }

  const reread = () => {
    void cache.invalidateQueries({ queryKey: ['plans'] })
    void cache.invalidateQueries({ queryKey: planHeadQuery(planId).queryKey })
  }
  const refresh = () => {
    reread()
    return cache.fetchQuery({ ...options, staleTime: 0 }).catch(() => undefined)
  }
  const failed = (title: string) => (error: unknown) => {
    toast.error(title, { description: messageOf(error) })
    void refresh()
  }
  const keep = (plan: Plan) => {
    cache.setQueryData(options.queryKey, plan)
    reread()
  }

  const onceResumed = () =>
    cache.getQueryData(options.queryKey)?.status === 'paused' ? ' once the plan is resumed' : ''

  const approve = useMutation({
    mutationFn: (planHash: string | null) =>
      answer(
        api.POST('/api/v1/masterplans/{masterplan_id}/approve', {
          params,
          body: { plan_hash: planHash },
        }),
      ),
    onSuccess: (plan) => {
      keep(plan)
      toast.success('Plan approved', { description: plan.title })
    },
    onError: failed('Not approved'),
  })

  const reject = useMutation({
    mutationFn: (reason: string) =>
      answer(
        api.POST('/api/v1/masterplans/{masterplan_id}/reject', {
          params,
          body: { rejection_reason: reason },
        }),
      ),
    onSuccess: (plan) => {
      keep(plan)
      toast.success('Plan rejected', { description: plan.title })
    },
    onError: failed('Not rejected'),
  })

  const execute = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/masterplans/{masterplan_id}/execute', { params })),
    onSuccess: async (started) => {
      toast.success('Execution started', { description: `Workspace: ${started.workspace_path}` })
      await refresh()
    },
    onError: failed('Not started'),
  })

  const steer = useMutation({
    mutationFn: (step: Steering) =>
      answer(api.POST(`/api/v1/masterplans/{masterplan_id}/${step}`, { params })),
    onSuccess: (plan, step) => {
      keep(plan)
      toast.success(STEERED[step], { description: plan.title })
    },
    onError: (error, step) => failed(`Could not ${step} the plan`)(error),
  })

  const extend = useMutation({
    mutationFn: (body: BudgetRequest) =>
      answer(api.POST('/api/v1/masterplans/{masterplan_id}/resume', { params, body })),
    onSuccess: (plan) => {
      keep(plan)
      toast.success('Budget raised, the plan goes on', { description: plan.title })
    },
    onError: failed('Could not raise the budget'),
  })

  const changeBudget = useMutation({
    mutationFn: (body: BudgetRequest) =>
      answer(api.PATCH('/api/v1/masterplans/{masterplan_id}/budget', { params, body })),
    onSuccess: (plan) => {
      keep(plan)
      toast.success('Budget changed', { description: plan.title })
    },
    onError: failed('Could not change the budget'),
  })

  const retry = useMutation({
    mutationFn: ({ task, guidance }: { task: Task; guidance?: string }) =>
      answer(
        api.POST('/api/v1/masterplans/{masterplan_id}/tasks/{task_id}/retry', {
          params: { path: { masterplan_id: planId, task_id: task.task_id } },
          body: { guidance: guidance || null },
        }),
      ),
    onSuccess: async (task) => {
      toast.success(`Task #${task.task_number} will be tried again${onceResumed()}`)
      await refresh()
    },
    onError: failed('Not retried'),
  })

  const retryFailed = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/masterplans/{masterplan_id}/retry', { params })),
    onSuccess: (plan) => {
      keep(plan)
      toast.success(`Every failed task will be tried again${onceResumed()}`, {
        description: plan.title,
      })
    },
    onError: failed('Not retried'),
  })

  return { approve, reject, execute, steer, extend, changeBudget, retry, retryFailed, refresh }
}

export type PlanActions = ReturnType<typeof usePlanActions>
