import type { ReactNode } from 'react'
import type { Attempt, Task } from '@/api/types'
import { DrawerSection } from '@/components/ui/Drawer'
import { compact, duration, money, secondsBetween, spentMoney } from '@/lib/format'

interface Props {
  task: Task
  tasks: ReadonlyMap<string, Task>
  attempt: Attempt | undefined
  onOpen(task: Task): void
}

/** What was asked, of whom, and what it took. */
export function TaskFacts({ task, tasks, attempt, onOpen }: Props) {
  const needs = task.depends_on_tasks.flatMap((id) => tasks.get(id) ?? [])
  const tokens = task.tokens_input + task.tokens_output
  return (
    <DrawerSection title="The task">
      {task.description && (
        <p dir="auto" className="mb-4 whitespace-pre-wrap break-words">
          {task.description}
        </p>
      )}
      <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-4 gap-y-2 text-sm">
        <Fact name="Files">
          {task.target_files.map((path) => (
            <code key={path} className="block font-mono text-xs break-all">
              {path}
            </code>
          ))}
        </Fact>
        {task.command && (
          <Fact name="Command">
            <pre className="font-mono text-xs whitespace-pre-wrap break-words">{task.command}</pre>
          </Fact>
        )}
        {task.checks.length > 0 && (
          <Fact name="Checks">
            {task.checks.map((check) => (
              <code key={check} className="block font-mono text-xs break-all">
                {check}
              </code>
            ))}
          </Fact>
        )}
        {needs.length > 0 && (
          <Fact name="Needs">
            {needs.map((other) => (
              <button
                key={other.task_id}
                type="button"
                onClick={() => onOpen(other)}
                className="mr-3 min-h-6 underline decoration-dotted underline-offset-4"
              >
                #{other.task_number} <bdi>{other.name}</bdi>
              </button>
            ))}
          </Fact>
        )}
        <Fact name="Agent">
          {task.agent}
          {attempt?.model && `, ${attempt.model}`}
        </Fact>
        <Fact name="Complexity">{task.complexity}</Fact>
        <Fact name="Retries">
          {task.retry_count} of {task.max_retries}
        </Fact>
        {tokens > 0 && (
          <Fact name="Spent">
            {spentMoney(task)}
            {task.budget_usd && ` of ${money(task.budget_usd)}`} · {compact(task.tokens_input)}{' '}
            tokens read, {compact(task.tokens_output)} written
          </Fact>
        )}
        {attempt?.finished_at && (
          <Fact name="Took">
            {duration(secondsBetween(attempt.started_at, attempt.finished_at))}
          </Fact>
        )}
        {task.commit && (
          <Fact name="Commit">
            <code className="font-mono text-xs">{task.commit.slice(0, 12)}</code>
          </Fact>
        )}
      </dl>
    </DrawerSection>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-soft">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  )
}
