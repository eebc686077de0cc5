import { Link } from '@tanstack/react-router'
import { Eye, TriangleAlert } from 'lucide-react'
import { type Ref, useImperativeHandle, useRef } from 'react'
import type { PlanSummary } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { GlassCard } from '@/components/glass/GlassCard'
import { StatusBadge } from '@/components/StatusBadge'
import { usePlanActions } from '@/features/plan/usePlanActions'
import { DecisionButtons, type DecisionHandle } from '@/features/review/DecisionButtons'
import { classes } from '@/lib/classes'
import { ago, counted } from '@/lib/format'
import { planLook } from '@/lib/status'

export interface ReviewCardHandle extends DecisionHandle {
  focus(): void
  open(): void
}

interface Props {
  plan: PlanSummary
  chosen: boolean
  onChoose(): void
  ref: Ref<ReviewCardHandle>
}

export function ReviewCard({ plan, chosen, onChoose, ref }: Props) {
  const actions = usePlanActions(plan.masterplan_id)
  const link = useRef<HTMLAnchorElement>(null)
  const decision = useRef<DecisionHandle>(null)

  useImperativeHandle(ref, () => ({
    focus: () => {
      link.current?.focus()
      link.current?.scrollIntoView({ block: 'nearest' })
    },
    open: () => link.current?.click(),
    approve: () => decision.current?.approve(),
    reject: () => decision.current?.reject(),
  }))

  return (
    <li onFocus={onChoose} aria-current={chosen || undefined}>
      <GlassCard
        className={classes(
          'flex flex-wrap items-center gap-x-6 gap-y-3 px-5 py-4',
          chosen && 'border-boundary',
        )}
      >
        <div className="min-w-0 flex-1 basis-72">
          <h2 dir="auto" className="font-semibold">
            <Link
              ref={link}
              to="/plans/$planId"
              params={{ planId: plan.masterplan_id }}
              className="hover:underline"
            >
              {plan.title}
            </Link>
          </h2>
          <p dir="auto" className="line-clamp-2 text-sm text-soft">
            {plan.rejection_reason ?? (plan.description || plan.goal)}
          </p>
          <p className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-soft">
            <StatusBadge look={planLook(plan)} />
            <span>{counted(plan.total_tasks, 'task')}</span>
            <span>{ago(plan.created_at)}</span>
            {plan.status === 'draft' && plan.warning_count > 0 && (
              <span className="flex items-center gap-1.5 font-medium text-running">
                <TriangleAlert aria-hidden className="size-4" />
                {counted(plan.warning_count, 'warning')}
              </span>
            )}
          </p>
        </div>
        <div className="flex gap-2 max-md:w-full max-md:*:flex-1 max-md:*:px-2">
          <GlassButton asChild tone="quiet">
            <Link
              to="/plans/$planId"
              params={{ planId: plan.masterplan_id }}
              aria-label={`View ${plan.title}`}
            >
              <Eye aria-hidden className="size-4" />
              View
            </Link>
          </GlassButton>
          {plan.status === 'draft' && (
            <DecisionButtons plan={plan} actions={actions} named ref={decision} />
          )}
        </div>
      </GlassCard>
    </li>
  )
}
