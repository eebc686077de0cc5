import { getRouteApi, Link } from '@tanstack/react-router'
import {
  ChartGantt,
  FileQuestion,
  Files,
  History,
  ListTree,
  type LucideIcon,
  Workflow,
} from 'lucide-react'
import { lazy, useCallback, useMemo, useState } from 'react'
import { ApiError } from '@/api/client'
import type { Plan, Task } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { GlassCard } from '@/components/glass/GlassCard'
import { Late } from '@/components/ui/Late'
import { Empty, Failed, Loading } from '@/components/ui/States'
import { GenerationPanel } from '@/features/plan/GenerationPanel'
import { OutcomePanel } from '@/features/plan/OutcomePanel'
import { PausePanel } from '@/features/plan/PausePanel'
import { PlanHeader } from '@/features/plan/PlanHeader'
import { ReasonDialog } from '@/features/plan/ReasonDialog'
import { RepositoryPanel } from '@/features/plan/RepositoryPanel'
import type { TaskFilter } from '@/features/plan/rows'
import { SourceNotes } from '@/features/plan/SourceNotes'
import { StatusLine } from '@/features/plan/StatusLine'
import { TaskFilterBar } from '@/features/plan/TaskFilterBar'
import { TaskTree } from '@/features/plan/TaskTree'
import { useEndNotice } from '@/features/plan/useEndNotice'
import { type PlanActions, usePlanActions } from '@/features/plan/usePlanActions'
import { useTabState } from '@/features/plan/useTabState'
import { RevisePanel } from '@/features/review/RevisePanel'
import { WarningList } from '@/features/review/WarningList'
import { classes } from '@/lib/classes'
import { isEditable, isForeseen, isUndecided } from '@/lib/status'
import { useLivePlan } from '@/realtime/useLivePlan'
import type { DetailTab } from '@/router'

const TaskDrawer = lazy(() => import('@/features/plan/TaskDrawer'))
const PlanEditor = lazy(() => import('@/features/review/PlanEditor'))
const ForecastPanel = lazy(() => import('@/features/review/ForecastPanel'))
const EditPlanDialog = lazy(() => import('@/features/review/EditPlanDialog'))
const GraphPanel = lazy(() => import('@/features/graph/GraphPanel'))
const TimelinePanel = lazy(() => import('@/features/timeline/TimelinePanel'))
const RevisionsPanel = lazy(() => import('@/features/review/RevisionsPanel'))
const FilesPanel = lazy(() => import('@/features/files/FilesPanel'))
const route = getRouteApi('/plans/$planId')

export function MasterplanDetailPage() {
  const { planId } = route.useParams()
  const told = useEndNotice(planId)
  const { data: plan, error, refetch, isPending } = useLivePlan(planId, told)
  const actions = usePlanActions(planId)
  useTabState(plan)

  if (plan) return <PlanPage plan={plan} actions={actions} />
  if (error instanceof ApiError && error.status === 404) {
    return (
      <Empty icon={FileQuestion} title="There is no such plan" heading="h1">
        <p>The address names a plan that this server does not have.</p>
        <GlassButton asChild>
          <Link to="/">All plans</Link>
        </GlassButton>
      </Empty>
    )
  }
  if (isPending) return <Loading rows={8} />
  return <Failed error={error} retry={() => void refetch()} />
}

function PlanPage({ plan, actions }: { plan: Plan; actions: PlanActions }) {
  const { tab = 'tasks', task: taskNumber } = route.useSearch()
  const navigate = route.useNavigate()
  const [editing, setEditing] = useState<'forms' | 'text'>()
  const [guided, setGuided] = useState<Task>()
  const tasks = useMemo(() => tasksOf(plan), [plan])

  const open = useCallback(
    (task: Task) => void navigate({ search: (now) => ({ ...now, task: task.task_number }) }),
    [navigate],
  )
  const show = (next: DetailTab) =>
    void navigate({ search: { tab: next === 'tasks' ? undefined : next }, replace: true })
  const retry = useCallback(
    (task: Task) =>
      task.retry_count < task.max_retries ? actions.retry.mutate({ task }) : setGuided(task),
    [actions.retry.mutate],
  )
  const revisable = isEditable(plan) && tasks.size > 0 && editing === undefined
  const edit = () => {
    show('tasks')
    setEditing('forms')
  }
  const opened = [...tasks.values()].find((task) => task.task_number === taskNumber)

  return (
    <div className="space-y-4">
      <StatusLine plan={plan} />
      <PlanHeader plan={plan} actions={actions} editing={editing !== undefined} onEdit={edit} />
      {plan.status === 'generating' && (
        <GenerationPanel planId={plan.masterplan_id} revising={plan.total_tasks > 0} />
      )}
      <PausePanel plan={plan} actions={actions} />
      <OutcomePanel plan={plan} onShowFiles={() => show('files')} />
      <SourceNotes plan={plan} />
      {isUndecided(plan) && <RepositoryPanel plan={plan} />}
      <WarningList plan={plan} tasks={tasks} onOpen={open} />
      {isForeseen(plan) && editing !== 'forms' && (
        <Late>
          <ForecastPanel plan={plan} tasks={tasks} onOpen={open} />
        </Late>
      )}
      {revisable && <RevisePanel plan={plan} tasks={tasks} />}
      {tasks.size > 0 && editing !== 'forms' && (
        <Tabs current={tab} onShow={show} started={plan.workspace_path !== null} />
      )}
      {editing === 'forms' && tab === 'tasks' && (
        <Late fallback={<Loading />}>
          <PlanEditor
            plan={plan}
            onClose={() => setEditing(undefined)}
            onEditAsText={() => setEditing('text')}
          />
        </Late>
      )}
      {tasks.size > 0 && tab === 'tasks' && editing !== 'forms' && (
        <TasksPanel plan={plan} tasks={tasks} onOpen={open} onRetry={retry} />
      )}
      <Late fallback={<Loading />}>
        {tab === 'revisions' && tasks.size > 0 && <RevisionsPanel plan={plan} />}
        {tab === 'files' && <FilesPanel planId={plan.masterplan_id} />}
        {tab === 'graph' && tasks.size > 0 && <GraphPanel plan={plan} onOpen={open} />}
        {tab === 'timeline' && <TimelinePanel plan={plan} tasks={tasks} onOpen={open} />}
      </Late>
      {opened && (
        <Late>
          <TaskDrawer
            plan={plan}
            task={opened}
            tasks={tasks}
            busy={actions.retry.isPending}
            onOpen={open}
            onClose={() => void navigate({ search: (now) => ({ ...now, task: undefined }) })}
            onRetry={() => actions.retry.mutate({ task: opened })}
            onGuide={() => setGuided(opened)}
          />
        </Late>
      )}
      {editing === 'text' && (
        <Late>
          <EditPlanDialog plan={plan} onClose={() => setEditing(undefined)} />
        </Late>
      )}
      <ReasonDialog
        open={guided !== undefined}
        onClose={() => setGuided(undefined)}
        title="Retry with guidance"
        description={guided ? `#${guided.task_number} ${guided.name}` : ''}
        label="What should the agent do differently?"
        submit="Retry task"
        tone="primary"
        onSubmit={(guidance) => {
          if (guided) actions.retry.mutate({ task: guided, guidance })
          setGuided(undefined)
        }}
      />
    </div>
  )
}

const tasksOf = (plan: Plan): ReadonlyMap<string, Task> =>
  new Map(
    plan.phases.flatMap((phase) =>
      phase.milestones.flatMap((milestone) =>
        milestone.tasks.map((task) => [task.task_id, task] as const),
      ),
    ),
  )

interface TabsProps {
  current: DetailTab
  onShow(tab: DetailTab): void
  /** What only a plan that has been started has. */
  started: boolean
}

const TABS: { id: DetailTab; label: string; icon: LucideIcon; once: 'planned' | 'started' }[] = [
  { id: 'tasks', label: 'Tasks', icon: ListTree, once: 'planned' },
  { id: 'graph', label: 'Graph', icon: Workflow, once: 'planned' },
  { id: 'revisions', label: 'Revisions', icon: History, once: 'planned' },
  { id: 'timeline', label: 'Timeline', icon: ChartGantt, once: 'started' },
  { id: 'files', label: 'Files', icon: Files, once: 'started' },
]

function Tabs({ current, onShow, started }: TabsProps) {
  const tabs = TABS.filter((tab) => started || tab.once === 'planned')
  return (
    <nav aria-label="Views of the plan" className="flex gap-1 overflow-x-auto">
      {tabs.map(({ id, label, icon: Icon }) => (
        <button
          key={id}
          type="button"
          aria-current={current === id ? 'page' : undefined}
          onClick={() => onShow(id)}
          className={classes(
            'flex h-9 shrink-0 items-center gap-2 rounded-lg border px-2.5 font-medium md:px-3.5 max-md:text-sm',
            current === id
              ? 'border-hairline bg-panel text-ink'
              : 'border-transparent text-soft hover:bg-hover hover:text-ink',
          )}
        >
          <Icon aria-hidden className="size-4 max-md:hidden" />
          {label}
        </button>
      ))}
    </nav>
  )
}

interface TasksProps {
  plan: Plan
  tasks: ReadonlyMap<string, Task>
  onOpen(task: Task): void
  onRetry(task: Task): void
}

function TasksPanel({ plan, tasks, onOpen, onRetry }: TasksProps) {
  const [filter, setFilter] = useState<TaskFilter>('all')
  return (
    <GlassCard className="p-2 md:p-3" aria-label="Tasks">
      <TaskFilterBar tasks={tasks} filter={filter} onFilter={setFilter} />
      <TaskTree plan={plan} filter={filter} tasks={tasks} onOpen={onOpen} onRetry={onRetry} />
    </GlassCard>
  )
}
