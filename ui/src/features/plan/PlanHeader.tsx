import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import {
  Coins,
  FilePen,
  FolderGit2,
  GitBranch,
  ListTree,
  type LucideIcon,
  MessagesSquare,
  ShieldCheck,
  TriangleAlert,
  User,
} from 'lucide-react'
import { conversationOfQuery } from '@/api/queries'
import type { Plan } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { GlassCard } from '@/components/glass/GlassCard'
import { ProgressBar } from '@/components/ProgressBar'
import { StatusBadge } from '@/components/StatusBadge'
import { ago, compact, counted, exactly, money, percentOf, spentMoney } from '@/lib/format'
import { isEditable, planLook } from '@/lib/status'
import { BudgetButton, mayChangeBudget } from './BudgetButton'
import { ExportMenu } from './ExportMenu'
import { PlanActionButtons } from './PlanActionButtons'
import { cameToNothing, PlanAgainButtons } from './PlanAgainButtons'
import { policyOf } from './policy'
import { hasFailedTasks, RetryFailedButton } from './RetryFailedButton'
import { SteeringButtons } from './SteeringButtons'
import type { PlanActions } from './usePlanActions'

interface Props {
  plan: Plan
  actions: PlanActions
  editing: boolean
  onEdit(): void
}

export function PlanHeader({ plan, actions, editing, onEdit }: Props) {
  const hasProgress = plan.total_tasks > 0 && plan.started_at !== null
  return (
    <GlassCard className="p-5 md:p-6">
      <div className="flex flex-wrap items-start gap-x-6 gap-y-4">
        <div className="min-w-0 flex-1 basis-72">
          <div className="mb-1.5 flex flex-wrap items-center gap-2">
            <StatusBadge look={planLook(plan)} />
            {plan.revision > 1 && (
              <span className="text-sm text-soft">revision {plan.revision}</span>
            )}
          </div>
          <h1 dir="auto" className="text-xl font-semibold tracking-tight text-balance md:text-2xl">
            {plan.title}
          </h1>
          <Purpose plan={plan} />
        </div>
        <div className="flex flex-wrap gap-2">
          {isEditable(plan) && plan.total_tasks > 0 && !editing && (
            <GlassButton icon={FilePen} onClick={onEdit}>
              Edit
            </GlassButton>
          )}
          {plan.total_tasks > 0 && <ExportMenu plan={plan} />}
          {plan.status === 'generating' && <SteeringButtons plan={plan} actions={actions} />}
          {cameToNothing(plan) && <PlanAgainButtons plan={plan} />}
          {mayChangeBudget(plan) && <BudgetButton plan={plan} actions={actions} />}
          {hasFailedTasks(plan) && <RetryFailedButton plan={plan} actions={actions} />}
          {/* What would be decided is the stored plan, not the one that is being written. */}
          {!editing && <PlanActionButtons plan={plan} actions={actions} />}
        </div>
      </div>
      <Reason plan={plan} />
      {hasProgress && <Progress plan={plan} />}
      <Facts plan={plan} />
    </GlassCard>
  )
}

function Purpose({ plan }: { plan: Plan }) {
  const words = plan.description || plan.goal
  if (!words || words === plan.title) return null
  return (
    <p dir="auto" className="mt-1.5 line-clamp-3 max-w-3xl text-soft">
      {words}
    </p>
  )
}

function Reason({ plan }: { plan: Plan }) {
  const reason = plan.status === 'rejected' ? plan.rejection_reason : plan.failure_reason
  if (!reason || (plan.status !== 'rejected' && plan.status !== 'failed')) return null
  return (
    <p className="mt-4 flex gap-2.5 rounded-lg border border-failed bg-sunken p-3">
      <TriangleAlert aria-hidden className="mt-0.5 size-5 shrink-0 text-failed" />
      <span dir="auto" className="min-w-0 flex-1 whitespace-pre-wrap break-words">
        {reason}
      </span>
    </p>
  )
}

function Progress({ plan }: { plan: Plan }) {
  const phases = plan.phases.map((phase) => phase.milestones.flatMap((m) => m.tasks).length)
  const { completed_tasks: completed, failed_tasks: failed, total_tasks: total } = plan
  return (
    <div className="mt-5">
      <div className="mb-1.5 flex flex-wrap items-baseline justify-between gap-x-3 text-sm">
        <span className="tabular font-medium">
          {completed} of {counted(total, 'task')} completed
        </span>
        <span className="tabular flex gap-3 whitespace-nowrap text-soft">
          {failed > 0 && <span className="font-medium text-failed">{failed} failed</span>}
          {plan.skipped_tasks > 0 && <span>{plan.skipped_tasks} skipped</span>}
          <span>{percentOf(completed, total)}%</span>
        </span>
      </div>
      <ProgressBar
        className="h-3"
        completed={completed}
        failed={failed}
        total={total}
        phases={phases}
        moving={plan.status === 'in_progress'}
        label="Progress of the plan"
      />
    </div>
  )
}

function Facts({ plan }: { plan: Plan }) {
  const tokens = plan.tokens_input + plan.tokens_output
  const { data: conversation } = useQuery(conversationOfQuery(plan.masterplan_id))
  return (
    <dl className="mt-4 flex flex-wrap gap-x-6 gap-y-1.5 text-sm text-soft">
      <Fact icon={User} name="Made">
        <time dateTime={plan.created_at} title={exactly(plan.created_at)}>
          {ago(plan.created_at)}
        </time>
        {plan.approved_by && (
          <>
            , approved by <bdi>{plan.approved_by}</bdi>
          </>
        )}
      </Fact>
      {conversation && (
        <Fact icon={MessagesSquare} name="Conversation">
          <Link
            to="/chat/$conversationId"
            params={{ conversationId: conversation.conversation_id }}
            className="underline decoration-dotted underline-offset-4 hover:text-ink"
          >
            <bdi>{conversation.title || 'Untitled'}</bdi>
          </Link>
        </Fact>
      )}
      {plan.total_tasks > 0 && plan.started_at === null && (
        <Fact icon={ListTree} name="Size">
          {counted(plan.total_tasks, 'task')} in {counted(plan.phases.length, 'phase')}
        </Fact>
      )}
      {(tokens > 0 || plan.budget_usd || plan.budget_tokens) && (
        <Fact icon={Coins} name="Spent">
          {spentMoney(plan)}
          {plan.budget_usd && ` of ${money(plan.budget_usd)}`}
          {` · ${compact(tokens)}`}
          {plan.budget_tokens && ` of ${compact(plan.budget_tokens)}`} tokens
        </Fact>
      )}
      {plan.total_tasks > 0 && plan.started_at === null && (
        <Fact icon={ShieldCheck} name="Terms">
          {policyOf(plan).join(' · ')}
        </Fact>
      )}
      {plan.repository && (
        <Fact icon={GitBranch} name="Repository">
          <bdi>{plan.repository}</bdi> → <bdi>{plan.branch}</bdi>
        </Fact>
      )}
      {plan.workspace_path && plan.status !== 'completed' && (
        <Fact icon={FolderGit2} name="Workspace">
          <span className="block truncate font-mono text-xs" title={plan.workspace_path}>
            {plan.workspace_path}
          </span>
        </Fact>
      )}
    </dl>
  )
}

interface FactProps {
  icon: LucideIcon
  name: string
  children: React.ReactNode
}

function Fact({ icon: Icon, name, children }: FactProps) {
  return (
    <div className="flex max-w-full min-w-0 items-center gap-1.5">
      <dt title={name}>
        <Icon aria-hidden className="size-4 shrink-0" />
        <span className="sr-only">{name}</span>
      </dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  )
}
