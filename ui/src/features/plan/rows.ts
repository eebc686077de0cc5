/** The plan's tree as the flat list of rows that is drawn, and where the keyboard goes in it. */
import type { Milestone, Phase, Plan, Task, TaskStatus } from '@/api/types'
import { isRunning } from '@/lib/status'

interface Place {
  id: string
  /** Its place among its siblings, from 1, and how many there are. */
  position: number
  siblings: number
  phase: number
}
export interface PhaseRow extends Place {
  kind: 'phase'
  item: Phase
  open: boolean
  tally: Tally
}
export interface MilestoneRow extends Place {
  kind: 'milestone'
  item: Milestone
  open: boolean
  tally: Tally
}
export interface TaskRow extends Place {
  kind: 'task'
  item: Task
}
export type Row = PhaseRow | MilestoneRow | TaskRow
export const LEVELS = { phase: 1, milestone: 2, task: 3 } as const

export interface Tally {
  total: number
  completed: number
  failed: number
  running: number
}

export type TaskFilter = 'all' | 'running' | 'failed' | 'waiting'
const WAITING: TaskStatus[] = ['pending', 'ready', 'skipped']

export function passes(task: Task, filter: TaskFilter): boolean {
  switch (filter) {
    case 'all':
      return true
    case 'running':
      return isRunning(task)
    case 'failed':
      return task.status === 'failed'
    case 'waiting':
      return WAITING.includes(task.status)
  }
}

export function tallyOf(tasks: Task[]): Tally {
  const tally = { total: tasks.length, completed: 0, failed: 0, running: 0 }
  for (const task of tasks) {
    if (task.status === 'completed') tally.completed += 1
    if (task.status === 'failed') tally.failed += 1
    if (isRunning(task)) tally.running += 1
  }
  return tally
}

/** What a person has opened (true) or folded (false), by id; the rest is as `opensItself` says. */
export type Folding = Readonly<Record<string, boolean>>

/** Plans up to this size are shown whole; in larger ones finished phases fold by themselves. */
const SMALL_PLAN = 12

const opensItself = (tally: Tally, plan: Plan): boolean =>
  tally.completed < tally.total || plan.total_tasks <= SMALL_PLAN

export function rowsOf(plan: Plan, folding: Folding, filter: TaskFilter): Row[] {
  const rows: Row[] = []
  plan.phases.forEach((phase, index) => {
    const all = phase.milestones.flatMap((milestone) => milestone.tasks)
    if (filter !== 'all' && !all.some((task) => passes(task, filter))) return
    const tally = tallyOf(all)
    const open = filter !== 'all' || (folding[phase.phase_id] ?? opensItself(tally, plan))
    const place = { position: index + 1, siblings: plan.phases.length, phase: index }
    rows.push({ kind: 'phase', id: phase.phase_id, item: phase, open, tally, ...place })
    if (open) rows.push(...rowsOfPhase(phase, index, folding, filter))
  })
  return rows
}

function rowsOfPhase(phase: Phase, index: number, folding: Folding, filter: TaskFilter): Row[] {
  const rows: Row[] = []
  phase.milestones.forEach((milestone, at) => {
    const tasks = milestone.tasks.filter((task) => passes(task, filter))
    if (filter !== 'all' && tasks.length === 0) return
    const open = filter !== 'all' || (folding[milestone.milestone_id] ?? true)
    const tally = tallyOf(milestone.tasks)
    const place = { position: at + 1, siblings: phase.milestones.length, phase: index }
    rows.push({
      kind: 'milestone',
      id: milestone.milestone_id,
      item: milestone,
      open,
      tally,
      ...place,
    })
    if (!open) return
    tasks.forEach((task, place) => {
      rows.push({
        kind: 'task',
        id: task.task_id,
        item: task,
        position: place + 1,
        siblings: tasks.length,
        phase: index,
      })
    })
  })
  return rows
}

export type Move = { to: number } | { fold: Row; open: boolean } | { enter: Row } | undefined

/** What a key does at a row, as in the tree pattern of the ARIA Authoring Practices. */
export function moveFor(key: string, rows: Row[], at: number): Move {
  const row = rows[at]
  if (!row) return undefined
  switch (key) {
    case 'ArrowDown':
      return { to: Math.min(at + 1, rows.length - 1) }
    case 'ArrowUp':
      return { to: Math.max(at - 1, 0) }
    case 'Home':
      return { to: 0 }
    case 'End':
      return { to: rows.length - 1 }
    case 'ArrowRight':
      if (row.kind === 'task') return undefined
      return row.open ? { to: Math.min(at + 1, rows.length - 1) } : { fold: row, open: true }
    case 'ArrowLeft':
      if (row.kind !== 'task' && row.open) return { fold: row, open: false }
      return { to: parentOf(rows, at) }
    case 'Enter':
    case ' ':
      return row.kind === 'task' ? { enter: row } : { fold: row, open: !row.open }
    default:
      return undefined
  }
}

function parentOf(rows: Row[], at: number): number {
  const level = LEVELS[rows[at]?.kind ?? 'phase']
  for (let index = at - 1; index >= 0; index -= 1) {
    if (LEVELS[rows[index]?.kind ?? 'phase'] < level) return index
  }
  return at
}
