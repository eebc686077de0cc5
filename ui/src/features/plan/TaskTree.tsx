import { defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Plan, PlanStatus, Task } from '@/api/types'
import { mayRetry } from '@/lib/status'
import { useMediaQuery } from '@/lib/useMediaQuery'
import { HeadingRow } from './HeadingRow'
import { type Folding, LEVELS, moveFor, type Row, rowsOf, type TaskFilter } from './rows'
import { TaskRowView, whatIsAhead } from './TaskRowView'

interface Props {
  plan: Plan
  filter: TaskFilter
  tasks: ReadonlyMap<string, Task>
  onOpen(task: Task): void
  onRetry(task: Task): void
}

const NOT_BEGUN: ReadonlySet<PlanStatus> = new Set(['draft', 'approved', 'rejected'])
const HEIGHTS = { phase: 56, milestone: 38, task: 46 }
const NARROW_HEIGHTS = { ...HEIGHTS, task: 66 }

/** Phases, milestones and tasks; only the rows near the window exist. */
export function TaskTree({ plan, filter, tasks, onOpen, onRetry }: Props) {
  const [folding, setFolding] = useState<Folding>({})
  const [active, setActive] = useState('')
  const rows = useMemo(() => rowsOf(plan, folding, filter), [plan, folding, filter])
  const found = rows.findIndex((row) => row.id === active)
  const activeIndex = Math.max(found, 0)
  const list = useRef<HTMLDivElement>(null)
  const [margin, setMargin] = useState(0)
  const heights = useMediaQuery('(min-width: 46rem)') ? HEIGHTS : NARROW_HEIGHTS
  const focusNext = useRef(false)

  useLayoutEffect(() => {
    const element = list.current
    if (!element) return
    const measure = () => setMargin(element.getBoundingClientRect().top + window.scrollY)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [])

  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => heights[rows[index]?.kind ?? 'task'],
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
    scrollMargin: margin,
    scrollPaddingStart: 120,
    scrollPaddingEnd: 80,
    // The row that has the focus stays in the document however far the page is scrolled.
    rangeExtractor: useCallback(
      (range: Parameters<typeof defaultRangeExtractor>[0]) => {
        const shown = defaultRangeExtractor(range)
        return shown.includes(activeIndex)
          ? shown
          : [...shown, activeIndex].sort((one, other) => one - other)
      },
      [activeIndex],
    ),
  })

  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes follow the kinds of the rows
  useLayoutEffect(() => virtual.measure(), [rows.length, heights])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the row exists once it is drawn
  useLayoutEffect(() => {
    if (!focusNext.current) return
    focusNext.current = false
    list.current?.querySelector<HTMLElement>('[role="treeitem"][tabindex="0"]')?.focus()
  }, [active])

  const fold = useCallback((row: Row, open: boolean) => {
    setFolding((known) => ({ ...known, [row.id]: open }))
    setActive(row.id)
  }, [])

  const press = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLElement && event.target.role !== 'treeitem') return
    const move = moveFor(event.key, rows, activeIndex)
    if (!move) return
    event.preventDefault()
    if ('fold' in move) fold(move.fold, move.open)
    else if ('enter' in move) onOpen(move.enter.item as Task)
    else {
      const next = rows[move.to]
      if (!next || next.id === active) return
      focusNext.current = true
      setActive(next.id)
      virtual.scrollToIndex(move.to)
    }
  }

  return (
    <div
      ref={list}
      role="tree"
      aria-label="Phases, milestones and tasks"
      onKeyDown={press}
      className="relative"
      style={{ height: virtual.getTotalSize() }}
    >
      {virtual.getVirtualItems().map((item) => {
        const row = rows[item.index]
        if (!row) return null
        return (
          <div
            key={item.key}
            role="treeitem"
            tabIndex={item.index === activeIndex ? 0 : -1}
            aria-level={LEVELS[row.kind]}
            aria-setsize={row.siblings}
            aria-posinset={row.position}
            aria-expanded={row.kind === 'task' ? undefined : row.open}
            aria-selected={false}
            aria-label={row.kind === 'task' ? undefined : row.item.name}
            onFocus={() => setActive(row.id)}
            className="absolute inset-x-0 top-0 rounded-lg"
            style={{ height: item.size, transform: `translateY(${item.start - margin}px)` }}
          >
            {row.kind === 'task' ? (
              <TaskRowView
                task={row.item}
                phase={row.phase}
                blocker={tasks.get(row.item.blocked_by ?? '')?.task_number}
                waitsFor={plan.status === 'in_progress' ? waitsFor(row.item, tasks) : undefined}
                ahead={NOT_BEGUN.has(plan.status) ? whatIsAhead(row.item, tasks) : undefined}
                onOpen={onOpen}
                onRetry={mayRetry(plan) ? onRetry : undefined}
              />
            ) : (
              <HeadingRow row={row} onFold={fold} />
            )}
          </div>
        )
      })}
    </div>
  )
}

/** The number of the first task whose result is still missing. */
function waitsFor(task: Task, tasks: ReadonlyMap<string, Task>): number | undefined {
  if (task.status !== 'pending') return undefined
  for (const id of task.depends_on_tasks) {
    const other = tasks.get(id)
    if (other && other.status !== 'completed') return other.task_number
  }
  return undefined
}
