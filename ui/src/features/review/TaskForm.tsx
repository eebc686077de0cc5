import { Plus, X } from 'lucide-react'
import { useId, useState } from 'react'
import type { Complexity, PlanDocument, TaskDocument } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { Field, ProblemLines } from '@/components/ui/Field'
import { classes } from '@/lib/classes'
import { linesOf, type TaskPatch, tasksIn } from './planDraft'
import type { FieldProblem } from './problems'

interface Props {
  document: PlanDocument
  task: TaskDocument
  agents: string[]
  problems: FieldProblem[]
  onChange(patch: TaskPatch): void
}

const COMPLEXITIES: Complexity[] = ['low', 'medium', 'high', 'critical']

/** Everything of one task that a person may change, each problem beside the field it is about. */
export function TaskForm({ document, task, agents, problems, onChange }: Props) {
  const of = (field: string) => problems.filter((one) => one.field === field)
  const standard = document.settings?.agent ?? 'llm'
  const chosen = task.agent ?? standard
  return (
    <div className="grid gap-x-5 gap-y-4 px-4 pt-1 pb-5 md:grid-cols-2 md:px-12">
      <Field label="Name" problems={of('name')} wide>
        {(given) => (
          <input
            {...given}
            dir="auto"
            value={task.name}
            onChange={(event) => onChange({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label="Description" hint="What to build, in full." problems={of('description')} wide>
        {(given) => (
          <textarea
            {...given}
            rows={5}
            dir="auto"
            value={task.description}
            onChange={(event) => onChange({ description: event.target.value })}
          />
        )}
      </Field>
      <FilesField task={task} problems={of('target_files')} onChange={onChange} />
      <DependsOn document={document} task={task} problems={of('depends_on')} onChange={onChange} />
      <Checks task={task} problems={of('checks')} onChange={onChange} />
      <Field label="Complexity" problems={of('complexity')}>
        {(given) => (
          <select
            {...given}
            value={task.complexity}
            onChange={(event) => onChange({ complexity: event.target.value as Complexity })}
          >
            {COMPLEXITIES.map((complexity) => (
              <option key={complexity}>{complexity}</option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Retries" hint="Further attempts after a failure." problems={of('max_retries')}>
        {(given) => (
          <input
            {...given}
            type="number"
            min={0}
            max={20}
            value={task.max_retries}
            onChange={(event) => onChange({ max_retries: Number(event.target.value) })}
          />
        )}
      </Field>
      <Field label="Agent" problems={of('agent')}>
        {(given) => (
          <select
            {...given}
            value={task.agent ?? ''}
            onChange={(event) => onChange({ agent: event.target.value || null })}
          >
            <option value="">as the plan says: {standard}</option>
            {[...new Set([...agents, chosen])].map((agent) => (
              <option key={agent} value={agent}>
                {agent}
              </option>
            ))}
          </select>
        )}
      </Field>
      {chosen === 'command' && (
        <Field label="Command" hint="Run by sh." problems={of('command')} wide>
          {(given) => (
            <textarea
              {...given}
              rows={3}
              spellCheck={false}
              className={classes(given.className, 'font-mono text-sm')}
              value={task.command ?? ''}
              onChange={(event) => onChange({ command: event.target.value })}
            />
          )}
        </Field>
      )}
    </div>
  )
}

interface PartProps {
  task: TaskDocument
  problems: FieldProblem[]
  onChange(patch: TaskPatch): void
}

/** Keeps what is being typed; the entries are its lines. */
function FilesField({ task, problems, onChange }: PartProps) {
  const [text, setText] = useState(task.target_files.join('\n'))
  return (
    <Field label="Files" hint="One per line: all that it may create or change." problems={problems}>
      {(given) => (
        <textarea
          {...given}
          rows={4}
          spellCheck={false}
          className={classes(given.className, 'font-mono text-sm')}
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            onChange({ target_files: linesOf(event.target.value) })
          }}
        />
      )}
    </Field>
  )
}

function DependsOn({ document, task, problems, onChange }: PartProps & { document: PlanDocument }) {
  const chosen = task.depends_on ?? []
  const others = tasksIn(document).filter((other) => other.key !== task.key)
  const names = new Map(others.map((other) => [other.key, other.name || other.key]))
  return (
    <div className="min-w-0">
      <Field label="Waits for" problems={problems}>
        {(given) => (
          <select
            {...given}
            value=""
            onChange={(event) => onChange({ depends_on: [...chosen, event.target.value] })}
          >
            <option value="">Add a task…</option>
            {others
              .filter((other) => !chosen.includes(other.key))
              .map((other) => (
                <option key={other.key} dir="auto" value={other.key}>
                  {other.name || other.key}
                </option>
              ))}
          </select>
        )}
      </Field>
      <ul className="mt-2 flex flex-wrap gap-1.5">
        {chosen.map((key) => (
          <li
            key={key}
            className="flex min-w-0 items-center rounded-full border border-boundary bg-raised pl-3 text-sm"
          >
            <span dir="auto" className="truncate">
              {names.get(key) ?? key}
            </span>
            <button
              type="button"
              aria-label={`No longer wait for ${names.get(key) ?? key}`}
              onClick={() => onChange({ depends_on: chosen.filter((other) => other !== key) })}
              className="grid size-7 shrink-0 place-items-center rounded-full text-soft hover:bg-hover hover:text-ink"
            >
              <X aria-hidden className="size-3.5" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Checks({ task, problems, onChange }: PartProps) {
  const id = useId()
  const checks = task.checks ?? []
  const put = (at: number, check: string) =>
    onChange({ checks: checks.map((old, index) => (index === at ? check : old)) })
  return (
    <fieldset
      className="min-w-0 md:col-span-2"
      aria-describedby={problems.length > 0 ? id : undefined}
    >
      <legend className="mb-1 text-sm font-medium">Checks</legend>
      <p className="mb-2 text-xs text-soft">
        Commands that all succeed when the task is done, and fail without it.
      </p>
      <ul className="space-y-2">
        {checks.map((check, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a check is known by its place alone
          <li key={at} className="flex items-start gap-2">
            <textarea
              rows={check.split('\n').length}
              spellCheck={false}
              aria-label={`Check ${at + 1}`}
              aria-invalid={problems.length > 0}
              value={check}
              onChange={(event) => put(at, event.target.value)}
              className="field w-full resize-y font-mono text-sm"
            />
            <GlassButton
              tone="quiet"
              size="icon"
              icon={X}
              aria-label={`Remove check ${at + 1}`}
              onClick={() => onChange({ checks: checks.filter((_, index) => index !== at) })}
            />
          </li>
        ))}
      </ul>
      <ProblemLines id={id} problems={problems} />
      <GlassButton
        size="sm"
        icon={Plus}
        className="mt-2"
        onClick={() => onChange({ checks: [...checks, ''] })}
      >
        Add a check
      </GlassButton>
    </fieldset>
  )
}
