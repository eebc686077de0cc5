import { Link } from '@tanstack/react-router'
import type { PlanSummary } from '@/api/types'
import { GlassCard } from '@/components/glass/GlassCard'
import { ProgressBar } from '@/components/ProgressBar'
import { StatusBadge } from '@/components/StatusBadge'
import { ago, counted, exactly, money } from '@/lib/format'
import { planLook } from '@/lib/status'

/** One plan among many: what it is, how it stands, how far it is. */
export function PlanCard({ plan }: { plan: PlanSummary }) {
  const { completed_tasks: completed, failed_tasks: failed, total_tasks: total } = plan
  const about = plan.description || (plan.goal === plan.title ? '' : plan.goal)
  const started = plan.started_at !== null
  return (
    <li>
      <GlassCard className="relative grid gap-x-6 gap-y-2.5 px-5 py-4 hover:border-boundary md:grid-cols-[minmax(0,1fr)_16rem] md:items-center">
        <div className="min-w-0">
          <h2 className="truncate font-semibold">
            <Link
              to="/plans/$planId"
              params={{ planId: plan.masterplan_id }}
              className="after:absolute after:inset-0 after:rounded-2xl"
            >
              {plan.title}
            </Link>
          </h2>
          {about && <p className="truncate text-sm text-soft">{about}</p>}
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
          {started ? (
            <ProgressBar
              completed={completed}
              failed={failed}
              total={total}
              label={`Progress of ${plan.title}`}
            />
          ) : (
            total > 0 && <p className="text-sm text-soft">{counted(total, 'task')}</p>
          )}
          {started && (
            <p className="tabular flex gap-3 text-xs text-soft">
              <span>
                {completed} of {total}
              </span>
              {failed > 0 && <span className="font-medium text-failed">{failed} failed</span>}
              {Number(plan.cost_usd) > 0 && <span>{money(plan.cost_usd)}</span>}
            </p>
          )}
        </div>
      </GlassCard>
    </li>
  )
}
