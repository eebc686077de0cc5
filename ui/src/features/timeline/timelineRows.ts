/** Attempts as bars over time: pure geometry. */
import type { AttemptSpan, Task } from '@/api/types'
import { duration } from '@/lib/format'

export interface Bar {
  span: AttemptSpan
  /** Shares of the whole width, 0 to 1. */
  left: number
  width: number
}
export interface TimelineRow {
  task: Task
  bars: Bar[]
}
export interface Timeline {
  rows: TimelineRow[]
  /** How long the whole is, in seconds. */
  seconds: number
}

/** One row for each task that was tried, in the order of the first tries. */
export function timelineOf(
  spans: AttemptSpan[],
  tasks: ReadonlyMap<string, Task>,
  now: number,
): Timeline {
  const begin = Math.min(...spans.map((span) => Date.parse(span.started_at)))
  const end = Math.max(...spans.map((span) => endOf(span, now)))
  const whole = Math.max(end - begin, 1)
  const rows = new Map<string, TimelineRow>()
  for (const span of spans) {
    const task = tasks.get(span.task_id)
    if (!task) continue
    const row = rows.get(task.task_id) ?? { task, bars: [] }
    const start = Date.parse(span.started_at)
    row.bars.push({
      span,
      left: (start - begin) / whole,
      width: (endOf(span, now) - start) / whole,
    })
    rows.set(task.task_id, row)
  }
  return { rows: [...rows.values()], seconds: spans.length > 0 ? whole / 1_000 : 0 }
}

const endOf = (span: AttemptSpan, now: number): number =>
  span.finished_at ? Date.parse(span.finished_at) : Math.max(now, Date.parse(span.started_at))

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 86_400]

/** A round time in its words alone: 2 min, not 2 min 0 s. */
export const tickLabel = (seconds: number): string =>
  seconds === 0 ? '0' : duration(seconds).replace(/ 0 (s|min)$/, '')

/** Round times for the axis, in seconds, about `wanted` of them. */
export function ticksOf(seconds: number, wanted = 6): number[] {
  const step = STEPS.find((one) => seconds / one <= wanted) ?? Math.ceil(seconds / wanted)
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step)
}
