/** How each status is shown: a word, an icon and a tone, never one of them alone. */
import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CirclePause,
  CirclePlay,
  CircleX,
  FilePen,
  type LucideIcon,
  ScanSearch,
  SkipForward,
  Sparkles,
  Stamp,
  ThumbsDown,
  TriangleAlert,
} from 'lucide-react'
import type { PlanStatus, PlanSummary, Task, TaskStatus } from '@/api/types'

export interface Look {
  label: string
  icon: LucideIcon
  /** The custom property that holds the colour. */
  tone: string
  hatched?: boolean
}

export const TASK_LOOKS: Record<TaskStatus, Look> = {
  pending: { label: 'Pending', icon: CircleDashed, tone: '--status-pending' },
  ready: { label: 'Ready', icon: CircleDot, tone: '--status-ready' },
  in_progress: { label: 'In progress', icon: CirclePlay, tone: '--status-in-progress' },
  validating: { label: 'Validating', icon: ScanSearch, tone: '--status-validating' },
  completed: { label: 'Completed', icon: CircleCheck, tone: '--status-completed' },
  failed: { label: 'Failed', icon: CircleX, tone: '--status-failed' },
  skipped: { label: 'Skipped', icon: SkipForward, tone: '--status-skipped', hatched: true },
  cancelled: { label: 'Cancelled', icon: Ban, tone: '--status-cancelled' },
}

export const PLAN_LOOKS: Record<PlanStatus, Look> = {
  generating: { label: 'Planning', icon: Sparkles, tone: '--status-validating' },
  draft: { label: 'Draft', icon: FilePen, tone: '--status-pending' },
  approved: { label: 'Approved', icon: Stamp, tone: '--status-ready' },
  rejected: { label: 'Rejected', icon: ThumbsDown, tone: '--status-failed' },
  in_progress: { label: 'In progress', icon: CirclePlay, tone: '--status-in-progress' },
  paused: { label: 'Paused', icon: CirclePause, tone: '--status-pending' },
  completed: { label: 'Completed', icon: CircleCheck, tone: '--status-completed' },
  failed: { label: 'Failed', icon: CircleX, tone: '--status-failed' },
  cancelled: { label: 'Cancelled', icon: Ban, tone: '--status-cancelled' },
}

const PARTLY: Look = {
  label: 'Partly completed',
  icon: TriangleAlert,
  tone: '--status-in-progress',
}
const WITHOUT_SUCCESS: Look = { label: 'Ended in failure', icon: CircleX, tone: '--status-failed' }

/** A completed plan looks as it ended, for "completed" alone would hide that tasks failed. */
export function planLook(plan: Pick<PlanSummary, 'status' | 'outcome'>): Look {
  if (plan.status !== 'completed') return PLAN_LOOKS[plan.status]
  if (plan.outcome === 'partial') return PARTLY
  if (plan.outcome === 'failed') return WITHOUT_SUCCESS
  return PLAN_LOOKS.completed
}

/** Whether the plan waits for a person's decision. */
export const isUndecided = (plan: Pick<PlanSummary, 'status'>): boolean =>
  plan.status === 'draft' || plan.status === 'rejected'

/** Whether a person may change what the plan says: while nothing of it is planned or run. */
export const isEditable = (plan: Pick<PlanSummary, 'status'>): boolean =>
  plan.status !== 'generating' && plan.status !== 'in_progress'

const RETRIED: ReadonlySet<PlanStatus> = new Set(['in_progress', 'paused', 'completed'])
/** Whether failed tasks may be tried again; while the plan is paused they wait for its resumption. */
export const mayRetry = (plan: Pick<PlanSummary, 'status'>): boolean => RETRIED.has(plan.status)

/** Whether it is worth saying what the plan will take. */
export const isForeseen = (plan: Pick<PlanSummary, 'status'>): boolean =>
  isUndecided(plan) || plan.status === 'approved'

export const isRunning = (task: Pick<Task, 'status'>): boolean =>
  task.status === 'in_progress' || task.status === 'validating'

export const PHASE_HUES = 6
/** The hue of a phase, by its place in the plan. */
export const phaseHue = (index: number): string => `var(--phase-${(index % PHASE_HUES) + 1})`
