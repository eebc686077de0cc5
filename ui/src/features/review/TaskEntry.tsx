import { ArrowDown, ArrowUp, ChevronRight, Split, Trash2, TriangleAlert } from 'lucide-react'
import { memo } from 'react'
import type { PlanDocument, TaskDocument } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { ProblemLines } from '@/components/ui/Field'
import { classes } from '@/lib/classes'
import type { Change } from './planDraft'
import type { FieldProblem } from './problems'
import { TaskForm } from './TaskForm'

interface Props {
  /** Given while the form is open; a line alone is not drawn anew with each change of the plan. */
  document: PlanDocument | undefined
  task: TaskDocument
  /** Whether there is a place above it, and below. */
  up: boolean
  down: boolean
  agents: string[] | undefined
  problems: FieldProblem[] | undefined
  onOpen(key: string, open: boolean): void
  onEdit(change: Change): void
}

/** One task of a plan that is edited: a line to be moved, removed or opened into its form. */
export const TaskEntry = memo(function TaskEntry(props: Props) {
  const { document, task, up, down, agents = [], problems = [], onOpen, onEdit } = props
  const open = document !== undefined
  const name = task.name || task.key
  const homeless = problems.filter((one) => one.field === null)
  const move = (step: -1 | 1, may: boolean, icon: typeof ArrowUp, word: string) => (
    <GlassButton
      tone="quiet"
      size="icon"
      icon={icon}
      aria-label={`Move ${name} ${word}`}
      disabled={!may}
      onClick={() => onEdit({ kind: 'move', key: task.key, step })}
    />
  )
  return (
    <li className={classes('rounded-lg', open && 'bg-sunken')} data-task={task.key}>
      <div className="flex items-center gap-1 pr-1">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => onOpen(task.key, !open)}
          className="flex min-h-11 min-w-0 flex-1 items-center gap-2.5 rounded-lg px-3 text-left hover:bg-hover"
        >
          <ChevronRight
            aria-hidden
            className={classes('size-4 shrink-0 text-soft', open && 'rotate-90')}
          />
          <span dir="auto" className={classes('truncate', !task.name && 'text-soft italic')}>
            {task.name || 'A new task'}
          </span>
          <span className="hidden min-w-0 truncate font-mono text-xs text-soft lg:inline">
            {task.target_files.join('  ')}
          </span>
          {problems.length > 0 && (
            <span className="ml-auto flex shrink-0 items-center gap-1.5 text-sm text-failed">
              <TriangleAlert aria-hidden className="size-4" />
              {problems.length}
              <span className="sr-only">problems</span>
            </span>
          )}
        </button>
        {move(-1, up, ArrowUp, 'up')}
        {move(1, down, ArrowDown, 'down')}
        <GlassButton
          tone="quiet"
          size="icon"
          icon={Split}
          aria-label={`Split ${name} in two`}
          onClick={() => onEdit({ kind: 'split', key: task.key })}
        />
        <GlassButton
          tone="quiet"
          size="icon"
          icon={Trash2}
          aria-label={`Remove ${name}`}
          onClick={() => onEdit({ kind: 'remove', key: task.key })}
        />
      </div>
      {document && (
        <>
          <div className="px-4 md:px-12">
            <ProblemLines problems={homeless} />
          </div>
          <TaskForm
            document={document}
            task={task}
            agents={agents}
            problems={problems}
            onChange={(patch) => onEdit({ kind: 'change', key: task.key, patch })}
          />
        </>
      )}
    </li>
  )
})
