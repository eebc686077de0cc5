/**
 * What events make of a plan: pure, and every task that no event names keeps its identity, so that
 * a memoised row of it is not drawn again.
 */
import type { Milestone, Phase, Plan, PlanEvent, Task } from '@/api/types'

export interface Applied {
  plan: Plan
  /** An event is missing, or says less than it changed: the plan must be fetched anew. */
  gap: boolean
}

type TaskChanges = Map<string, Partial<Task>>
interface Changes {
  plan: Partial<Plan>
  tasks: TaskChanges
  phases: Set<string>
}

export function applyEvents(plan: Plan, events: readonly PlanEvent[]): Applied {
  const changes: Changes = { plan: {}, tasks: new Map(), phases: new Set() }
  let seq = plan.last_seq
  let gap = false
  for (const event of events) {
    if (event.seq <= seq) continue
    if (event.seq > seq + 1 || isRewritten(event)) {
      gap = true
      break
    }
    seq = event.seq
    note(changes, event)
  }
  if (seq === plan.last_seq) return { plan, gap }
  return {
    plan: { ...plan, ...changes.plan, last_seq: seq, phases: changedPhases(plan.phases, changes) },
    gap,
  }
}

/** What becomes a draft has other tasks than before: nobody may approve it before they are shown. */
const isRewritten = (event: PlanEvent): boolean =>
  event.type === 'masterplan_status' && event.status === 'draft'

function note(changes: Changes, event: PlanEvent): void {
  switch (event.type) {
    case 'masterplan_status':
      changes.plan.status = event.status
      if (event.status === 'rejected') changes.plan.rejection_reason = event.reason ?? null
      if (event.status === 'failed') changes.plan.failure_reason = event.reason ?? null
      if (event.status === 'in_progress') changes.plan.outcome = null
      if (event.status !== event.previous) {
        changes.plan.pause_reason = event.status === 'paused' ? (event.reason ?? null) : null
      }
      return
    case 'masterplan_execution_start':
      changes.plan.workspace_id = event.workspace_id
      changes.plan.workspace_path = event.workspace_path
      changes.plan.total_tasks = event.total_tasks
      changes.plan.started_at = event.occurred_at
      return
    case 'task_execution_progress':
      changes.plan.completed_tasks = event.completed_tasks
      changes.plan.total_tasks = event.total_tasks
      noteTask(changes, event, {
        status: event.status,
        attempt: event.attempt,
        blocked_by: null,
        failed_at: null,
        waiting_reason: event.waiting_reason ?? null,
        waiting_since: event.waiting_since ?? null,
        ...(event.status === 'in_progress' && { started_at: event.occurred_at }),
      })
      return
    case 'task_execution_complete':
      changes.plan.completed_tasks = event.completed_tasks
      changes.plan.failed_tasks = event.failed_tasks
      changes.plan.total_tasks = event.total_tasks
      noteTask(changes, event, {
        status: event.status,
        attempt: event.attempt,
        output_files: event.output_files,
        blocked_by: event.blocked_by ?? null,
        waiting_reason: null,
        waiting_since: null,
        ...(event.error && { last_error: event.error }),
        ...(event.status === 'completed' && { completed_at: event.occurred_at, last_error: null }),
        ...(event.status === 'failed' && { failed_at: event.occurred_at }),
      })
      return
    case 'masterplan_execution_complete':
      changes.plan.outcome = event.outcome
      changes.plan.completed_tasks = event.completed_tasks
      changes.plan.failed_tasks = event.failed_tasks
      changes.plan.skipped_tasks = event.skipped_tasks
      changes.plan.total_tasks = event.total_tasks
      changes.plan.completed_at = event.occurred_at
      return
    case 'masterplan_generation_progress':
      return
    default:
      // A newer server may tell of more; its number counts all the same.
      event satisfies never
  }
}

function noteTask(
  changes: Changes,
  event: { task_id: string; phase_id: string },
  change: Partial<Task>,
): void {
  changes.tasks.set(event.task_id, { ...changes.tasks.get(event.task_id), ...change })
  changes.phases.add(event.phase_id)
}

function changedPhases(phases: Phase[], { tasks, phases: named }: Changes): Phase[] {
  if (tasks.size === 0) return phases
  return phases.map((phase) =>
    named.has(phase.phase_id)
      ? { ...phase, milestones: phase.milestones.map((m) => changedMilestone(m, tasks)) }
      : phase,
  )
}

function changedTask(task: Task, change: Partial<Task>): Task {
  const changed = { ...task, ...change }
  // An attempt that waited and goes on has not begun anew.
  const goesOn = change.attempt === task.attempt && task.started_at !== null
  return goesOn ? { ...changed, started_at: task.started_at } : changed
}

function changedMilestone(milestone: Milestone, changes: TaskChanges): Milestone {
  if (!milestone.tasks.some((task) => changes.has(task.task_id))) return milestone
  const tasks = milestone.tasks.map((task) => {
    const change = changes.get(task.task_id)
    return change ? changedTask(task, change) : task
  })
  return { ...milestone, tasks }
}
