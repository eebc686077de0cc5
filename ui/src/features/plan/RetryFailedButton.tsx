import { RotateCcw } from 'lucide-react'
import type { Plan } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { counted } from '@/lib/format'
import { mayRetry } from '@/lib/status'
import type { PlanActions } from './usePlanActions'

/** Whether there are failed tasks that may be tried again as the plan stands. */
export const hasFailedTasks = (plan: Plan): boolean => mayRetry(plan) && plan.failed_tasks > 0

/** Every failed task once more, with all that they had blocked. */
export function RetryFailedButton({
  plan,
  actions: { retryFailed },
}: {
  plan: Plan
  actions: PlanActions
}) {
  return (
    <GlassButton icon={RotateCcw} busy={retryFailed.isPending} onClick={() => retryFailed.mutate()}>
      Retry {counted(plan.failed_tasks, 'failed task')}
    </GlassButton>
  )
}
