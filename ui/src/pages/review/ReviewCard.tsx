import { Link } from '@tanstack/react-router'
import { Check, Eye, X } from 'lucide-react'
import { type Ref, useImperativeHandle, useRef, useState } from 'react'
import type { PlanSummary } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { GlassCard } from '@/components/glass/GlassCard'
import { StatusBadge } from '@/components/StatusBadge'
import { ReasonDialog } from '@/features/plan/ReasonDialog'
import { usePlanActions } from '@/features/plan/usePlanActions'
import { classes } from '@/lib/classes'
import { ago, counted } from '@/lib/format'
import { planLook } from '@/lib/status'

export interface ReviewCardHandle {
  focus(): void
  approve(): void
  reject(): void
}

interface Props {
  plan: PlanSummary
  chosen: boolean
  onChoose(): void
  ref: Ref<ReviewCardHandle>
}

export function ReviewCard({ plan, chosen, onChoose, ref }: Props) {
  const { approve, reject } = usePlanActions(plan.masterplan_id)
  const [rejecting, setRejecting] = useState(false)
  const link = useRef<HTMLAnchorElement>(null)
  const decidable = plan.status === 'draft'
  const mayApprove = decidable && !approve.isPending && !reject.isPending

  useImperativeHandle(ref, () => ({
    focus: () => {
      link.current?.focus()
      link.current?.scrollIntoView({ block: 'nearest' })
    },
    approve: () => mayApprove && approve.mutate(plan.plan_hash),
    reject: () => mayApprove && setRejecting(true),
  }))

  return (
    <li onFocus={onChoose}>
      <GlassCard
        className={classes(
          'flex flex-wrap items-center gap-x-6 gap-y-3 px-5 py-4',
          chosen && 'border-boundary',
        )}
      >
        <div className="min-w-0 flex-1 basis-72">
          <h2 className="font-semibold">
            <Link
              ref={link}
              to="/plans/$planId"
              params={{ planId: plan.masterplan_id }}
              className="hover:underline"
            >
              {plan.title}
            </Link>
          </h2>
          <p className="line-clamp-2 text-sm text-soft">
            {plan.rejection_reason ?? (plan.description || plan.goal)}
          </p>
          <p className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-soft">
            <StatusBadge look={planLook(plan)} />
            <span>{counted(plan.total_tasks, 'task')}</span>
            <span>{ago(plan.created_at)}</span>
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
          {decidable && (
            <>
              <GlassButton
                tone="danger"
                icon={X}
                busy={reject.isPending}
                disabled={approve.isPending}
                aria-label={`Reject ${plan.title}`}
                onClick={() => setRejecting(true)}
              >
                Reject
              </GlassButton>
              <GlassButton
                tone="primary"
                icon={Check}
                busy={approve.isPending}
                disabled={reject.isPending}
                aria-label={`Approve ${plan.title}`}
                onClick={() => approve.mutate(plan.plan_hash)}
              >
                Approve
              </GlassButton>
            </>
          )}
        </div>
      </GlassCard>
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
    </li>
  )
}
