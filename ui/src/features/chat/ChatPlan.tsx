import { Link } from '@tanstack/react-router'
import { ArrowRight, RotateCw } from 'lucide-react'
import type { Message, Plan } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { GlassCard } from '@/components/glass/GlassCard'
import { StatusBadge } from '@/components/StatusBadge'
import { Failed, Loading } from '@/components/ui/States'
import { GenerationPanel } from '@/features/plan/GenerationPanel'
import { SteeringButtons } from '@/features/plan/SteeringButtons'
import { usePlanActions } from '@/features/plan/usePlanActions'
import { counted } from '@/lib/format'
import { planLook } from '@/lib/status'
import { useLivePlanHead } from '@/realtime/useLivePlan'

/** A plan that was begun in the conversation, as it stands now. */
export function ChatPlan({ message, onAgain }: { message: Message; onAgain(goal: string): void }) {
  if (message.masterplan_id === null) return <p className="text-soft">The plan is gone.</p>
  return <LivePlan planId={message.masterplan_id} onAgain={onAgain} />
}

function LivePlan({ planId, onAgain }: { planId: string; onAgain(goal: string): void }) {
  const { data: plan, error, refetch } = useLivePlanHead(planId)
  const actions = usePlanActions(planId)
  if (error) return <Failed error={error} retry={() => void refetch()} />
  if (!plan) return <Loading rows={1} />
  if (plan.status !== 'generating') return <Standing plan={plan} onAgain={onAgain} />
  return (
    <div className="space-y-2">
      <GenerationPanel planId={planId} />
      <SteeringButtons plan={plan} actions={actions} />
    </div>
  )
}

function Standing({ plan, onAgain }: { plan: Plan; onAgain(goal: string): void }) {
  const cameToNothing = plan.total_tasks === 0
  return (
    <GlassCard aria-label="Plan" className="space-y-3 p-5">
      <div className="flex flex-wrap items-center gap-2">
        <StatusBadge look={planLook(plan)} />
        {!cameToNothing && (
          <span className="tabular text-sm text-soft">
            {plan.started_at
              ? `${plan.completed_tasks} of ${counted(plan.total_tasks, 'task')} completed`
              : counted(plan.total_tasks, 'task')}
          </span>
        )}
      </div>
      <h2 dir="auto" className="font-semibold wrap-anywhere">
        {plan.title}
      </h2>
      {plan.failure_reason && (
        <p dir="auto" className="text-failed wrap-anywhere">
          {plan.failure_reason}
        </p>
      )}
      <p className="text-soft">{WORDS[plan.status]}</p>
      <div className="flex flex-wrap gap-2">
        <GlassButton asChild tone={plan.status === 'draft' ? 'primary' : 'plain'}>
          <Link to="/plans/$planId" params={{ planId: plan.masterplan_id }}>
            {plan.status === 'draft' ? 'Review the plan' : 'Open the plan'}
            <ArrowRight aria-hidden className="size-4" />
          </Link>
        </GlassButton>
        {cameToNothing && (
          <GlassButton icon={RotateCw} onClick={() => onAgain(plan.goal)}>
            Plan again
          </GlassButton>
        )}
      </div>
    </GlassCard>
  )
}

const WORDS: Record<Plan['status'], string> = {
  generating: '',
  draft: 'The draft is ready. Nothing runs before you approve it; or say here what to change.',
  approved: 'It is approved and can be executed.',
  rejected: 'It was rejected. Say here what to change, and have it planned again.',
  in_progress: 'It is being built.',
  paused: 'It is paused.',
  completed: 'It has been carried out.',
  failed: 'Say it in other words, or plan it again.',
  cancelled: 'It was cancelled.',
}
