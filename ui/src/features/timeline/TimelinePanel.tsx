import { useQuery } from '@tanstack/react-query'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { Hourglass } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { timelineQuery } from '@/api/queries'
import type { Plan, Task } from '@/api/types'
import { GlassCard } from '@/components/glass/GlassCard'
import { toneOf } from '@/components/StatusBadge'
import { Empty, Failed, Loading } from '@/components/ui/States'
import { classes } from '@/lib/classes'
import { duration, secondsBetween } from '@/lib/format'
import { TASK_LOOKS } from '@/lib/status'
import { useMediaQuery } from '@/lib/useMediaQuery'
import { type Bar, type TimelineRow, tickLabel, ticksOf, timelineOf } from './timelineRows'

const ROW_HEIGHT = 34
/** A bar this wide, as a share of the whole, holds its icon also on a narrow screen. */
const ROOM_FOR_ICON = 0.1

interface Props {
  plan: Plan
  tasks: ReadonlyMap<string, Task>
  onOpen(task: Task): void
}

/** When what was tried, and how long it took. */
export default function TimelinePanel({ plan, tasks, onOpen }: Props) {
  const running = plan.status === 'in_progress'
  const timeline = useQuery(timelineQuery(plan.masterplan_id))
  const now = useSeconds(running)
  const { rows, seconds } = useMemo(
    () => timelineOf(timeline.data ?? [], tasks, now),
    [timeline.data, tasks, now],
  )
  if (timeline.isPending) return <Loading />
  if (timeline.error) {
    return <Failed error={timeline.error} retry={() => void timeline.refetch()} />
  }
  if (rows.length === 0) {
    return (
      <Empty icon={Hourglass} title="Nothing has been tried yet">
        <p>Each attempt at a task appears here as a bar, from its start to its end.</p>
      </Empty>
    )
  }
  return (
    <GlassCard className="p-3 md:p-5" aria-label="Timeline">
      <div className="ml-[8.5rem] md:ml-64">
        <Axis seconds={seconds} />
      </div>
      <Rows rows={rows} onOpen={onOpen} />
    </GlassCard>
  )
}

/** The time, anew each second while something runs. */
function useSeconds(running: boolean): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [running])
  return now
}

/** A time so near to the end, as a share of the whole, stands before its mark. */
const NEAR_END = 0.9

function Axis({ seconds }: { seconds: number }) {
  const wide = useMediaQuery('(min-width: 46rem)')
  return (
    <div aria-hidden className="relative h-7 border-b border-hairline text-xs text-soft">
      {ticksOf(seconds, wide ? 6 : 3).map((tick) => (
        <span
          key={tick}
          className={classes(
            'tabular absolute bottom-1 -translate-x-1/2 whitespace-nowrap first:translate-x-0',
            tick > seconds * NEAR_END && '-translate-x-full',
          )}
          style={{ left: `${(tick / seconds) * 100}%` }}
        >
          {tickLabel(tick)}
        </span>
      ))}
    </div>
  )
}

function Rows({ rows, onOpen }: { rows: TimelineRow[]; onOpen(task: Task): void }) {
  const list = useRef<HTMLUListElement>(null)
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
    scrollMargin: list.current?.offsetTop ?? 0,
  })
  return (
    <ul ref={list} className="relative mt-1" style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map((item) => {
        const row = rows[item.index]
        if (!row) return null
        return (
          <li
            key={row.task.task_id}
            className="absolute inset-x-0 flex items-center"
            style={{
              height: ROW_HEIGHT,
              transform: `translateY(${item.start - virtual.options.scrollMargin}px)`,
            }}
          >
            <button
              type="button"
              onClick={() => onOpen(row.task)}
              className="flex h-7 w-[8.5rem] shrink-0 items-center gap-2 rounded-md pr-3 text-left text-sm hover:bg-hover md:w-64"
            >
              <span className="tabular w-8 shrink-0 text-right text-xs text-soft">
                #{row.task.task_number}
              </span>
              <span dir="auto" className="truncate">
                {row.task.name}
              </span>
            </button>
            <div className="relative h-full min-w-0 flex-1 border-l border-hairline">
              {row.bars.map((bar) => (
                <BarView key={bar.span.number} bar={bar} />
              ))}
            </div>
          </li>
        )
      })}
    </ul>
  )
}

function BarView({ bar }: { bar: Bar }) {
  const { span } = bar
  const look = TASK_LOOKS[span.status]
  const Icon = look.icon
  const took = duration(secondsBetween(span.started_at, span.finished_at))
  return (
    <span
      role="img"
      aria-label={`Attempt ${span.number}: ${look.label}, ${took}`}
      title={`Attempt ${span.number}: ${look.label}, ${took}`}
      style={{
        ...toneOf(look),
        left: `${bar.left * 100}%`,
        width: `max(${bar.width * 100}%, 5px)`,
      }}
      className={classes(
        'absolute inset-y-1.5 flex items-center overflow-hidden rounded-md border border-(--tone) bg-[color-mix(in_srgb,var(--tone)_22%,transparent)] text-(--tone)',
        // Too narrow for an icon, a bar that came to nothing is still not told by its colour alone.
        (span.status === 'failed' || span.status === 'cancelled') && 'hatched',
      )}
    >
      {bar.width > ROOM_FOR_ICON && <Icon aria-hidden className="ml-1 size-3 shrink-0" />}
    </span>
  )
}
