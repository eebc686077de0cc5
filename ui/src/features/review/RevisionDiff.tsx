import { ArrowRight, type LucideIcon, Minus, MoveVertical, Pencil, Plus } from 'lucide-react'
import { useState } from 'react'
import type { FieldChange, PlanDiff, TaskChange } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { classes } from '@/lib/classes'
import { counted } from '@/lib/format'
import { fieldName } from './revisions'
import { markedParts, type Piece } from './wordDiff'

const KINDS: Record<TaskChange['kind'], { label: string; icon: LucideIcon; tone: string }> = {
  added: { label: 'Added', icon: Plus, tone: 'text-completed' },
  removed: { label: 'Removed', icon: Minus, tone: 'text-failed' },
  changed: { label: 'Changed', icon: Pencil, tone: 'text-running' },
  moved: { label: 'Moved', icon: MoveVertical, tone: 'text-soft' },
}

/** More tasks than anybody reads at a time make the page slow. */
const STEP = 50

/** What differs between two revisions: per task, and per field before and after. */
export function RevisionDiff({ diff }: { diff: PlanDiff }) {
  const [count, setCount] = useState(STEP)
  if (diff.tasks.length === 0 && diff.fields.length === 0) {
    return <p className="text-soft">They say the same.</p>
  }
  const left = diff.tasks.length - count
  return (
    <div className="space-y-4">
      {diff.fields.length > 0 && (
        <section aria-label="The plan" className="rounded-lg border border-hairline p-3">
          <h3 className="mb-2 font-medium">The plan</h3>
          <Fields fields={diff.fields} kind="changed" />
        </section>
      )}
      {diff.tasks.slice(0, count).map((task) => (
        <TaskDiff key={task.key} task={task} />
      ))}
      {left > 0 && (
        <GlassButton onClick={() => setCount(count + STEP)}>
          Show {Math.min(left, STEP)} more of {counted(left, 'task')}
        </GlassButton>
      )}
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
          <Fields fields={task.fields} kind={task.kind} />
        </div>
      )}
    </section>
  )
}

function Fields({ fields, kind }: { fields: FieldChange[]; kind: TaskChange['kind'] }) {
  return (
    <dl className="space-y-2 text-sm">
      {fields.map((change) => (
        <div key={change.field}>
          <dt className="text-soft">{fieldName(change.field)}</dt>
          <Values change={change} kind={kind} />
        </div>
      ))}
    </dl>
  )
}

/** A task that is new had no value before, and one that is gone has none after. */
function Values({ change, kind }: { change: FieldChange; kind: TaskChange['kind'] }) {
  const marked = markedParts(change.old, change.new)
  const alone = kind === 'added' || kind === 'removed'
  return (
    <dd className={classes('mt-0.5 grid gap-1.5', !alone && 'md:grid-cols-2')}>
      {kind !== 'added' && <Value word="before" pieces={marked.before} />}
      {kind !== 'removed' && <Value word="after" pieces={marked.after} />}
    </dd>
  )
}

const SIDES = {
  before: { Mark: 'del', edge: 'border-failed', mark: 'bg-removed decoration-failed' },
  after: { Mark: 'ins', edge: 'border-completed', mark: 'bg-added decoration-completed' },
} as const

function Value({ word, pieces }: { word: keyof typeof SIDES; pieces: Piece[] }) {
  const { Mark, edge, mark } = SIDES[word]
  return (
    <p dir="auto" className={`min-w-0 rounded border-l-2 bg-sunken px-2.5 py-1.5 ${edge}`}>
      <span className="sr-only">{word}: </span>
      <span className="break-words whitespace-pre-wrap">
        {pieces.length === 0 && '—'}
        {pieces.map(({ text, changed }, at) =>
          changed ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a text have no other name
            <Mark key={at} className={`rounded-sm ${mark}`}>
              {text}
            </Mark>
          ) : (
            text
          ),
        )}
      </span>
    </p>
  )
}
