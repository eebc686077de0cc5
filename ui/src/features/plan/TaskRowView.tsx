import { RotateCcw } from 'lucide-react'
import { memo } from 'react'
import type { Task } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { StatusBadge, toneOf } from '@/components/StatusBadge'
import { classes } from '@/lib/classes'
import { clock, counted, duration, secondsBetween } from '@/lib/format'
import { isRunning, phaseHue, TASK_LOOKS } from '@/lib/status'

interface Props {
  task: Task
  phase: number
  blocker: number | undefined
  waitsFor: number | undefined
  /** What lies ahead of the task, while its plan has not begun and every status is the same. */
  ahead: string | undefined
  onOpen(task: Task): void
  /** Undefined where the plan's failed tasks cannot be tried again any more. */
  onRetry: ((task: Task) => void) | undefined
}

/** What is said of a status beside its word. */
export function statusDetail(
  task: Task,
  numbers: { blocker: number | undefined; waitsFor: number | undefined },
): string | undefined {
  if (task.status === 'skipped' && numbers.blocker) return `blocked by #${numbers.blocker}`
  if (numbers.waitsFor) return `waits for #${numbers.waitsFor}`
  if (task.waiting_since) return `waiting since ${clock(task.waiting_since)}`
  if (isRunning(task) && task.attempt > 1) return `attempt ${task.attempt}`
  return undefined
}

const NAMED_AHEAD = 3

/** What a task waits for and what will prove it, such as "after #3 · 2 checks". */
export function whatIsAhead(task: Task, tasks: ReadonlyMap<string, Task>): string {
  const numbers = task.depends_on_tasks.flatMap((id) => tasks.get(id)?.task_number ?? [])
  const named = numbers.slice(0, NAMED_AHEAD).map((number) => `#${number}`)
  if (numbers.length > NAMED_AHEAD) named.push(`${numbers.length - NAMED_AHEAD} more`)
  const checks = task.checks.length > 0 ? counted(task.checks.length, 'check') : 'no check'
  return named.length > 0 ? `after ${named.join(', ')} · ${checks}` : checks
}

function tookSeconds(task: Task): number | undefined {
  const end = task.completed_at ?? task.failed_at
  return task.started_at && end && end > task.started_at
    ? secondsBetween(task.started_at, end)
    : undefined
}

export const retryLabel = (task: Task): string =>
  task.retry_count < task.max_retries ? 'Retry' : 'Retry with guidance'

export const TaskRowView = memo(function TaskRowView(props: Props) {
  const { task, phase, blocker, waitsFor, ahead, onOpen, onRetry } = props
  const look = TASK_LOOKS[task.status]
  const running = isRunning(task)
  const took = tookSeconds(task)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the tree item around it has the keys
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree item around it has the keys
    <div
      onClick={() => onOpen(task)}
      data-status={task.status}
      style={toneOf(look)}
      className={classes(
        'group relative ml-3 grid h-[calc(100%-2px)] cursor-pointer grid-cols-[auto_1fr_auto] items-center gap-x-3 rounded-lg pr-2 pl-4 md:pr-3 hover:bg-hover md:ml-6 md:grid-cols-[auto_minmax(0,1fr)_auto]',
        task.status === 'failed' && 'md:grid-cols-[auto_minmax(0,1fr)_auto_auto]',
        running && 'bg-[color-mix(in_srgb,var(--tone)_13%,transparent)]',
        task.status === 'skipped' && 'hatched',
      )}
    >
      <span
        aria-hidden
        className={classes(
          'absolute inset-y-1.5 left-0 rounded-full',
          running ? 'w-1 bg-(--tone)' : 'w-0.5 opacity-60',
        )}
        style={running ? undefined : { background: phaseHue(phase) }}
      />
      <span className="tabular w-9 shrink-0 text-right text-xs text-soft">#{task.task_number}</span>
      <span className="flex min-w-0 items-baseline gap-3">
        <span
          dir="auto"
          className={classes(
            'truncate',
            running && 'font-semibold',
            task.status === 'cancelled' && 'line-through',
          )}
        >
          {task.name}
        </span>
        <span className="hidden min-w-0 truncate font-mono text-xs text-soft lg:inline">
          {task.target_files.join('  ')}
        </span>
      </span>
      <span className="flex items-center justify-end gap-2 md:order-2 max-md:col-start-2 max-md:row-start-2 max-md:justify-start">
        {took !== undefined && (
          <span className="tabular hidden w-16 text-right text-xs text-soft md:inline">
            {duration(took)}
          </span>
        )}
        {ahead === undefined ? (
          // As wide as its longest words, so that durations and badges stand below each other.
          <span className="flex min-w-0 lg:w-46">
            <StatusBadge look={look} detail={statusDetail(task, { blocker, waitsFor })} />
          </span>
        ) : (
          <span className="tabular truncate text-xs text-soft">{ahead}</span>
        )}
      </span>
      {task.status === 'failed' && onRetry && (
        <GlassButton
          size="sm"
          icon={RotateCcw}
          className="md:order-1 max-md:row-span-2 max-md:row-start-1 max-md:max-w-28 max-md:whitespace-normal max-md:leading-tight"
          aria-label={`${retryLabel(task)}: #${task.task_number} ${task.name}`}
          onClick={(event) => {
            event.stopPropagation()
            onRetry(task)
          }}
        >
          {retryLabel(task)}
        </GlassButton>
      )}
    </div>
  )
})
