import { Check, X } from 'lucide-react'
import { type Ref, useImperativeHandle, useState } from 'react'
import type { PlanSummary } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { ReasonDialog } from '@/features/plan/ReasonDialog'
import type { PlanActions } from '@/features/plan/usePlanActions'

/** The same decisions for who presses keys elsewhere. */
export interface DecisionHandle {
  approve(): void
  reject(): void
}

interface Props {
  plan: PlanSummary
  actions: PlanActions
  /** Whether a button says which plan it is about, where several are on the page. */
  named?: boolean
  ref?: Ref<DecisionHandle>
}

/** Approve and reject, for a draft; what is approved is exactly what was read. */
export function DecisionButtons({ plan, actions, named = false, ref }: Props) {
  const [rejecting, setRejecting] = useState(false)
  const { approve, reject } = actions
  const idle = !approve.isPending && !reject.isPending
  const label = (word: string) => (named ? { 'aria-label': `${word} ${plan.title}` } : {})

  useImperativeHandle(ref, () => ({
    approve: () => idle && approve.mutate(plan.plan_hash),
    reject: () => idle && setRejecting(true),
  }))

  return (
    <>
      <GlassButton
        icon={X}
        tone="danger"
        busy={reject.isPending}
        disabled={approve.isPending}
        onClick={() => setRejecting(true)}
        {...label('Reject')}
      >
        Reject
      </GlassButton>
      <GlassButton
        tone="primary"
        icon={Check}
        busy={approve.isPending}
        disabled={reject.isPending}
        onClick={() => approve.mutate(plan.plan_hash)}
        {...label('Approve')}
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
