import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { Plan, Task } from '@/api/types'
import { GlassCard } from '@/components/glass/GlassCard'
import { counted } from '@/lib/format'

interface Props {
  plan: Plan
  tasks: ReadonlyMap<string, Task>
  onOpen(task: Task): void
}

const FIRST = 5

/** What to look at before approving, each remark with its tasks a click away. */
export function WarningList({ plan, tasks, onOpen }: Props) {
  const [all, setAll] = useState(false)
  const { warnings } = plan
  if (warnings.length === 0) return null
  const byKey = new Map([...tasks.values()].map((task) => [task.key, task]))
  const shown = all ? warnings : warnings.slice(0, FIRST)
  return (
    <GlassCard aria-labelledby="warnings" className="px-5 py-4 md:px-6">
      <h2 id="warnings" className="flex items-center gap-2 font-semibold">
        <TriangleAlert aria-hidden className="size-4 text-running" />
        {counted(warnings.length, 'warning')} before you approve
      </h2>
      <ul className="mt-2 divide-y divide-hairline">
        {shown.map((warning) => (
          <li key={warning.message} className="py-2.5 first:pt-1 last:pb-0">
            <p dir="auto" className="max-w-3xl break-words">
              {warning.message}
            </p>
            <TaskLinks
              tasks={warning.task_keys.flatMap((key) => byKey.get(key) ?? [])}
              onOpen={onOpen}
            />
          </li>
        ))}
      </ul>
      {shown.length < warnings.length && (
        <button
          type="button"
          onClick={() => setAll(true)}
          className="mt-2 min-h-6 text-sm text-soft underline underline-offset-4 hover:text-ink"
        >
          Show {warnings.length - shown.length} more
        </button>
      )}
    </GlassCard>
  )
}

const LINKED = 8

export function TaskLinks({ tasks, onOpen }: { tasks: Task[]; onOpen(task: Task): void }) {
  if (tasks.length === 0) return null
  return (
    <p className="mt-0.5 flex flex-wrap gap-x-4 text-sm text-soft">
      {tasks.slice(0, LINKED).map((task) => (
        <button
          key={task.task_id}
          type="button"
          onClick={() => onOpen(task)}
          className="min-h-6 text-left underline decoration-dotted underline-offset-4 hover:text-ink"
        >
          #{task.task_number} <bdi>{task.name}</bdi>
        </button>
      ))}
      {tasks.length > LINKED && <span>and {tasks.length - LINKED} more</span>}
    </p>
  )
}
