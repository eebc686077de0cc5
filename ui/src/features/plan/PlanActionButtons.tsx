import { Play } from 'lucide-react'
import type { PlanSummary } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { DecisionButtons } from '@/features/review/DecisionButtons'
import { SteeringButtons } from './SteeringButtons'
import type { PlanActions } from './usePlanActions'

interface Props {
  plan: PlanSummary
  actions: PlanActions
}

/** What may be done with the plan as it stands now, and nothing else. */
export function PlanActionButtons({ plan, actions }: Props) {
  const { execute } = actions
  const failedToStart = plan.status === 'failed' && plan.approved_at !== null
  if (plan.status === 'approved' || failedToStart) {
    return (
      <GlassButton
        tone="primary"
        icon={Play}
        busy={execute.isPending}
        onClick={() => execute.mutate()}
      >
        {failedToStart ? 'Execute again' : 'Execute'}
      </GlassButton>
    )
  }
  if (plan.status === 'in_progress' || plan.status === 'paused') {
    return <SteeringButtons plan={plan} actions={actions} />
  }
  return plan.status === 'draft' ? <DecisionButtons plan={plan} actions={actions} /> : null
}
