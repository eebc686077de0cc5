import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { RotateCcw } from 'lucide-react'
import { toast } from 'sonner'
import { answer, api, messageOf } from '@/api/client'
import type { Plan } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'

/** Whether the plan was to be made of a goal and never came to tasks. */
export const cameToNothing = (plan: Plan): boolean =>
  (plan.status === 'failed' || plan.status === 'cancelled') &&
  plan.total_tasks === 0 &&
  plan.goal !== ''

/** What can be done where no plan came of a goal: the same once more, or the goal changed. */
export function PlanAgainButtons({ plan }: { plan: Plan }) {
  const navigate = useNavigate()
  const again = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/masterplans/generate', {
          body: { goal: plan.goal, repository: plan.repository, settings: plan.settings },
        }),
      ),
    onSuccess: (begun) =>
      void navigate({ to: '/plans/$planId', params: { planId: begun.masterplan_id } }),
    onError: (error) => toast.error('No plan was begun', { description: messageOf(error) }),
  })
  return (
    <>
      <GlassButton asChild>
        <Link to="/new" search={{ like: plan.masterplan_id }}>
          Change the goal or model
        </Link>
      </GlassButton>
      <GlassButton
        tone="primary"
        icon={RotateCcw}
        busy={again.isPending}
        onClick={() => again.mutate()}
      >
        Plan it again
      </GlassButton>
    </>
  )
}
