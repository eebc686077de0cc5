import type { Task } from '@/api/types'
import { FilterChips } from '@/components/FilterChips'
import { passes, type TaskFilter } from './rows'

const LABELS: Record<TaskFilter, string> = {
  all: 'All',
  running: 'Running',
  failed: 'Failed',
  waiting: 'Waiting',
}

interface Props {
  tasks: ReadonlyMap<string, Task>
  filter: TaskFilter
  onFilter(filter: TaskFilter): void
}

export function TaskFilterBar({ tasks, filter, onFilter }: Props) {
  const all = [...tasks.values()]
  const chips = (Object.keys(LABELS) as TaskFilter[]).map((id) => ({
    id,
    label: LABELS[id],
    count: all.filter((task) => passes(task, id)).length,
  }))
  const shown = chips.filter((chip) => chip.id === 'all' || chip.id === filter || chip.count > 0)
  if (shown.length < 2) return null
  return (
    <FilterChips
      label="Show tasks"
      chips={shown}
      chosen={filter}
      onChoose={onFilter}
      className="px-2 pt-1 pb-2"
    />
  )
}
