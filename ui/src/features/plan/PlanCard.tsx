import { Link } from '@tanstack/react-router'
import type { PlanSummary } from '@/api/types'
import { GlassCard } from '@/components/glass/GlassCard'
import { ProgressBar } from '@/components/ProgressBar'
import { StatusBadge } from '@/components/StatusBadge'
import { ago, counted, exactly, money } from '@/lib/format'
import { planLook } from '@/lib/status'

/** What a person wants to know first: why it was stopped, else what it is for. */
function aboutOf(plan: PlanSummary): string {
  if (plan.status === 'rejected' && plan.rejection_reason) return plan.rejection_reason
  if (plan.status === 'failed' && plan.failure_reason) return plan.failure_reason
  return plan.description || (plan.goal === plan.title ? '' : plan.goal)
}

/** One plan among many: what it is, how it stands, how far it is. */
export function PlanCard({ plan }: { plan: PlanSummary }) {
  const { completed_tasks: completed, failed_tasks: failed, total_tasks: total } = plan
  const about = aboutOf(plan)
  const started = plan.started_at !== null
  return (
    <li>
      <GlassCard className="relative grid gap-x-6 gap-y-2.5 px-5 py-4 hover:border-boundary md:min-h-20 md:grid-cols-[minmax(0,1fr)_18rem] md:items-center">
        <div className="min-w-0">
          <h2 dir="auto" className="truncate font-semibold">
            <Link
              to="/plans/$planId"
              params={{ planId: plan.masterplan_id }}
              className="after:absolute after:inset-0 after:rounded-2xl"
            >
              {plan.title}
            </Link>
          </h2>
          {about && (
            <p dir="auto" className="truncate text-sm text-soft">
              {about}
            </p>
          )}
        </div>
        <div className="min-w-0 space-y-2">
          <div className="flex items-center justify-between gap-3">
            <StatusBadge look={planLook(plan)} />
            <time
              dateTime={plan.created_at}
              title={exactly(plan.created_at)}
              className="text-sm whitespace-nowrap text-soft"
            >
              {ago(plan.created_at)}
            </time>
          </div>
          <div className="tabular flex h-4 items-center gap-3 text-xs whitespace-nowrap text-soft">
            {started && (
              <ProgressBar
                className="min-w-12 flex-1"
                completed={completed}
                failed={failed}
                total={total}
                label={`Progress of ${plan.title}`}
              />
            )}
            {started && (
              <span>
                {completed} of {total}
              </span>
            )}
            {!started && total > 0 && <span>{counted(total, 'task')}</span>}
            {failed > 0 && <span className="font-medium text-failed">{failed} failed</span>}
            {Number(plan.cost_usd) > 0 && <span>{money(plan.cost_usd)}</span>}
          </div>
        </div>
      </GlassCard>
    </li>
  )
}
