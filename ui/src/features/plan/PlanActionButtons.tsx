import { Check, Play, X } from 'lucide-react'
import { useState } from 'react'
import type { PlanSummary } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { ReasonDialog } from './ReasonDialog'
import { SteeringButtons } from './SteeringButtons'
import type { PlanActions } from './usePlanActions'

interface Props {
  plan: PlanSummary
  actions: PlanActions
}

/** What may be done with the plan as it stands now, and nothing else. */
export function PlanActionButtons({ plan, actions }: Props) {
  const [rejecting, setRejecting] = useState(false)
  const { approve, reject, execute } = actions

  if (plan.status === 'approved') {
    return (
      <GlassButton
        tone="primary"
        icon={Play}
        busy={execute.isPending}
        onClick={() => execute.mutate()}
      >
        Execute
      </GlassButton>
    )
  }
  if (plan.status === 'in_progress' || plan.status === 'paused') {
    return <SteeringButtons plan={plan} actions={actions} />
  }
  if (plan.status !== 'draft') return null
  return (
    <>
      <GlassButton
        icon={X}
        tone="danger"
        busy={reject.isPending}
        disabled={approve.isPending}
        onClick={() => setRejecting(true)}
      >
        Reject
      </GlassButton>
      <GlassButton
        tone="primary"
        icon={Check}
        busy={approve.isPending}
        disabled={reject.isPending}
        onClick={() => approve.mutate(plan.plan_hash)}
      >
        Approve
      </GlassButton>
      <ReasonDialog
        open={rejecting}
        onClose={() => setRejecting(false)}
        title="Reject this plan"
        description={plan.title}
        label="Why is it rejected?"
        submit="Reject plan"
        tone="danger"
        onSubmit={(reason) => {
          setRejecting(false)
          reject.mutate(reason)
        }}
      />
    </>
  )
}
