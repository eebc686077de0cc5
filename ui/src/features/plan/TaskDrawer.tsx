import { useQuery } from '@tanstack/react-query'
import { MessageSquarePlus, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { attemptsQuery } from '@/api/queries'
import type { Attempt, Plan, Task } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { StatusBadge } from '@/components/StatusBadge'
import { Drawer, DrawerSection } from '@/components/ui/Drawer'
import { Failed, Loading } from '@/components/ui/States'
import { DiffView } from '@/features/diff/DiffView'
import { LogView } from '@/features/logs/LogView'
import { TaskComments } from '@/features/review/TaskComments'
import { clock } from '@/lib/format'
import { isRunning, mayRetry, TASK_LOOKS } from '@/lib/status'
import { AttemptPicker } from './AttemptPicker'
import { CheckList } from './CheckList'
import { FailureSection } from './FailureSection'
import { PromptList } from './PromptList'
import { TaskFacts } from './TaskFacts'
import { statusDetail } from './TaskRowView'

interface Props {
  plan: Plan
  task: Task
  tasks: ReadonlyMap<string, Task>
  busy: boolean
  onOpen(task: Task): void
  onClose(): void
  onRetry(): void
  onGuide(): void
}

/** One task in full: why it failed first, then what was tried, how it was proven, what it changed. */
export default function TaskDrawer(props: Props) {
  const { plan, task, tasks, onOpen, onClose } = props
  const attempts = useQuery(attemptsQuery(plan.masterplan_id, task.task_id))
  const [picked, setPicked] = useState<number>()
  const list = attempts.data ?? []
  const attempt = list.find((one) => one.number === picked) ?? list.at(-1)
  const blocker = tasks.get(task.blocked_by ?? '')

  return (
    <Drawer
      title={task.name}
      onClose={onClose}
      eyebrow={
        <>
          <span className="tabular text-sm text-soft">#{task.task_number}</span>
          <StatusBadge
            look={TASK_LOOKS[task.status]}
            detail={statusDetail(task, { blocker: blocker?.task_number, waitsFor: undefined })}
          />
        </>
      }
    >
      {task.status === 'failed' && mayRetry(plan) && <RetryBar {...props} />}
      {blocker && task.status === 'skipped' && (
        <p>
          This task needs the result of{' '}
          <button
            type="button"
            className="font-medium underline underline-offset-4"
            onClick={() => onOpen(blocker)}
          >
            #{blocker.task_number} <bdi>{blocker.name}</bdi>
          </button>
          , which did not succeed. Retrying that one takes this one along.
        </p>
      )}
      {task.waiting_reason && task.waiting_since && (
        <p role="status" className="rounded-xl border border-running bg-sunken p-4">
          Waiting since {clock(task.waiting_since)}: <bdi>{task.waiting_reason}</bdi>
        </p>
      )}
      {attempts.isPending && <Loading rows={2} />}
      {attempts.error && <Failed error={attempts.error} retry={() => void attempts.refetch()} />}
      {attempt?.error && <FailureSection attempt={attempt} />}
      {list.length > 1 && attempt && (
        <AttemptPicker attempts={list} chosen={attempt.number} onChoose={setPicked} />
      )}
      {attempt && <AttemptSections plan={plan} task={task} attempt={attempt} />}
      <TaskComments plan={plan} task={task} />
      <TaskFacts task={task} tasks={tasks} attempt={attempt} onOpen={onOpen} />
    </Drawer>
  )
}

function RetryBar({ task, busy, onRetry, onGuide }: Props) {
  const left = task.retry_count < task.max_retries
  return (
    <div className="flex flex-wrap gap-2">
      {left && (
        <GlassButton icon={RotateCcw} busy={busy} onClick={onRetry}>
          Retry
        </GlassButton>
      )}
      <GlassButton
        tone={left ? 'plain' : 'primary'}
        icon={MessageSquarePlus}
        busy={busy && !left}
        onClick={onGuide}
      >
        Retry with guidance
      </GlassButton>
    </div>
  )
}

function AttemptSections(props: { plan: Plan; task: Task; attempt: Attempt }) {
  const { plan, task, attempt } = props
  const current = attempt.number === task.attempt && isRunning(task)
  return (
    <>
      {attempt.guidance && (
        <DrawerSection title="Guidance that was given">
          <p dir="auto" className="rounded-lg bg-sunken p-3 whitespace-pre-wrap">
            {attempt.guidance}
          </p>
        </DrawerSection>
      )}
      {attempt.check_results.length > 0 && (
        <DrawerSection title="Evidence">
          <CheckList checks={attempt.check_results} />
        </DrawerSection>
      )}
      {!current && (
        <DiffView
          planId={plan.masterplan_id}
          taskId={task.task_id}
          number={attempt.number}
          open={attempt.status === 'failed' || attempt.commit !== null}
        />
      )}
      <PromptList
        key={`prompts-${attempt.number}`}
        planId={plan.masterplan_id}
        taskId={task.task_id}
        number={attempt.number}
      />
      <LogView
        key={attempt.number}
        planId={plan.masterplan_id}
        taskId={task.task_id}
        number={attempt.number}
        live={current}
      />
    </>
  )
}
