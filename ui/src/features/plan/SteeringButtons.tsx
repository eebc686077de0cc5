import { Ban, Pause, Play } from 'lucide-react'
import { useState } from 'react'
import type { PlanSummary } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { Dialog } from '@/components/ui/Dialog'
import type { PlanActions } from './usePlanActions'

interface Props {
  plan: PlanSummary
  actions: PlanActions
}

/** Cancel, and once tasks run also pause and resume; what cannot be undone is asked about first. */
export function SteeringButtons({ plan, actions: { steer } }: Props) {
  const [cancelling, setCancelling] = useState(false)
  const paused = plan.status === 'paused'
  const planning = plan.status === 'generating'
  const revising = planning && plan.total_tasks > 0
  const title = revising ? 'Give up this revision?' : 'Cancel this plan?'
  const what = revising
    ? 'The plan is what it was before, and what you asked for is kept to be asked for again.'
    : planning
      ? 'Planning ends, and what was found so far is not kept as a plan. The goal stays, to be planned again.'
      : 'What runs is ended and what waits is not begun. What has been completed stays. A cancelled plan cannot be resumed, but edited and run again.'
  const next = paused ? 'resume' : 'pause'
  const asked = steer.isPending ? steer.variables : undefined
  return (
    <>
      <GlassButton
        icon={Ban}
        tone="danger"
        busy={asked === 'cancel'}
        disabled={steer.isPending}
        onClick={() => setCancelling(true)}
      >
        Cancel
      </GlassButton>
      {!planning && (
        <GlassButton
          icon={paused ? Play : Pause}
          tone={paused ? 'primary' : 'plain'}
          busy={asked === next}
          disabled={steer.isPending}
          onClick={() => steer.mutate(next)}
        >
          {paused ? 'Resume' : 'Pause'}
        </GlassButton>
      )}
      <Dialog
        open={cancelling}
        onClose={() => setCancelling(false)}
        title={title}
        description={what}
      >
        <div className="flex justify-end gap-2">
          <GlassButton tone="quiet" onClick={() => setCancelling(false)}>
            Let it run
          </GlassButton>
          <GlassButton
            tone="danger"
            onClick={() => {
              setCancelling(false)
              steer.mutate('cancel')
            }}
          >
            {revising ? 'Give it up' : 'Cancel plan'}
          </GlassButton>
        </div>
      </Dialog>
    </>
  )
}
