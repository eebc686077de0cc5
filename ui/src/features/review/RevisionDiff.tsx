import { ArrowRight, type LucideIcon, Minus, MoveVertical, Pencil, Plus } from 'lucide-react'
import type { FieldChange, PlanDiff, TaskChange } from '@/api/types'
import { shownValue } from './revisions'

const KINDS: Record<TaskChange['kind'], { label: string; icon: LucideIcon; tone: string }> = {
  added: { label: 'Added', icon: Plus, tone: 'text-completed' },
  removed: { label: 'Removed', icon: Minus, tone: 'text-failed' },
  changed: { label: 'Changed', icon: Pencil, tone: 'text-running' },
  moved: { label: 'Moved', icon: MoveVertical, tone: 'text-soft' },
}

/** What differs between two revisions: per task, and per field before and after. */
export function RevisionDiff({ diff }: { diff: PlanDiff }) {
  if (diff.tasks.length === 0 && diff.fields.length === 0) {
    return <p className="text-soft">They say the same.</p>
  }
  return (
    <div className="space-y-4">
      {diff.fields.length > 0 && (
        <section aria-label="The plan" className="rounded-lg border border-hairline p-3">
          <h3 className="mb-2 font-medium">The plan</h3>
          <Fields fields={diff.fields} />
        </section>
      )}
      {diff.tasks.map((task) => (
        <TaskDiff key={task.key} task={task} />
      ))}
    </div>
  )
}

function TaskDiff({ task }: { task: TaskChange }) {
  const { label, icon: Icon, tone } = KINDS[task.kind]
  const { old_place: from, new_place: to } = task
  return (
    <section
      aria-label={`${label}: ${task.name}`}
      className="rounded-lg border border-hairline p-3"
    >
      <h3 className="flex flex-wrap items-center gap-2">
        <span className={`flex items-center gap-1.5 text-sm font-medium ${tone}`}>
          <Icon aria-hidden className="size-4" />
          {label}
        </span>
        <bdi className="font-medium">{task.name}</bdi>
        <span className="font-mono text-xs text-soft">{task.key}</span>
      </h3>
      {from && to && (
        <p className="mt-1.5 flex flex-wrap items-center gap-1.5 text-sm text-soft">
          <bdi>
            {from.milestone}, #{from.number}
          </bdi>
          <ArrowRight aria-hidden className="size-3.5" />
          <span className="sr-only">to</span>
          <bdi>
            {to.milestone}, #{to.number}
          </bdi>
        </p>
      )}
      {task.fields.length > 0 && (
        <div className="mt-2">
          <Fields fields={task.fields} />
        </div>
      )}
    </section>
  )
}

function Fields({ fields }: { fields: FieldChange[] }) {
  return (
    <dl className="space-y-2 text-sm">
      {fields.map(({ field, old, new: now }) => (
        <div key={field}>
          <dt className="text-soft">{field.replaceAll('_', ' ')}</dt>
          <dd className="mt-0.5 grid gap-1.5 md:grid-cols-2">
            <Value word="before" value={old} tone="border-failed" />
            <Value word="after" value={now} tone="border-completed" />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Value({ word, value, tone }: { word: string; value: unknown; tone: string }) {
  const text = shownValue(value)
  return (
    <p dir="auto" className={`min-w-0 rounded border-l-2 bg-sunken px-2.5 py-1.5 ${tone}`}>
      <span className="sr-only">{word}: </span>
      <span className="break-words whitespace-pre-wrap">{text || '—'}</span>
    </p>
  )
}
