import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import type { PlanStatus } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { ProgressBar, phaseGradient } from '@/components/ProgressBar'
import { StatusBadge } from '@/components/StatusBadge'
import { PlanActionButtons } from '@/features/plan/PlanActionButtons'
import { ReasonDialog } from '@/features/plan/ReasonDialog'
import { hasFailedTasks, RetryFailedButton } from '@/features/plan/RetryFailedButton'
import { retryLabel, TaskRowView, whatIsAhead } from '@/features/plan/TaskRowView'
import { usePlanActions } from '@/features/plan/usePlanActions'
import { ringIcon, tabTitle } from '@/features/plan/useTabState'
import { mayRetry, PLAN_LOOKS, planLook, TASK_LOOKS } from '@/lib/status'
import { plan, task } from './plans'

test('each status is told by a word, an icon and a tone of its own', () => {
  for (const look of Object.values(TASK_LOOKS)) {
    const { container, unmount } = render(<StatusBadge look={look} />)
    expect(screen.getByText(look.label)).toBeVisible()
    expect(container.querySelector('svg')).toHaveAttribute('aria-hidden')
    unmount()
  }
  expect(TASK_LOOKS.skipped.hatched).toBe(true)
  expect(new Set(Object.values(TASK_LOOKS).map((look) => look.icon)).size).toBe(8)
})

test('a completed plan with failures does not look like success', () => {
  expect(planLook({ status: 'completed', outcome: 'partial' }).label).toBe('Partly completed')
  expect(planLook({ status: 'completed', outcome: 'succeeded' }).label).toBe('Completed')
})

test('progress is told in words to those who do not see it', () => {
  render(<ProgressBar completed={5} failed={2} total={42} />)
  const bar = screen.getByRole('progressbar')
  expect(bar).toHaveAttribute('aria-valuenow', '11')
  expect(bar).toHaveAttribute('aria-valuetext', '5 of 42 tasks completed, 2 failed')
})

test('the hues of the phases are as wide as their shares', () => {
  expect(phaseGradient([1, 3])).toBe(
    'linear-gradient(90deg, var(--phase-1) 12.5%, var(--phase-2) 62.5%)',
  )
})

test('a busy button takes no click and keeps the focus', async () => {
  let clicks = 0
  const count = () => {
    clicks += 1
  }
  const { rerender } = render(<GlassButton onClick={count}>Approve</GlassButton>)
  await userEvent.click(screen.getByRole('button'))
  rerender(
    <GlassButton busy onClick={count}>
      Approve
    </GlassButton>,
  )
  await userEvent.click(screen.getByRole('button'))
  expect(clicks).toBe(1)
  expect(screen.getByRole('button')).toHaveFocus()
  expect(screen.getByRole('button')).toHaveAttribute('aria-busy', 'true')
})

test('a rejection needs a reason', async () => {
  const given: string[] = []
  render(
    <ReasonDialog
      open
      onClose={() => undefined}
      title="Reject"
      description="Plan"
      label="Why?"
      submit="Reject plan"
      tone="danger"
      onSubmit={(reason) => given.push(reason)}
    />,
  )
  await userEvent.click(screen.getByRole('button', { name: 'Reject plan' }))
  expect(screen.getByRole('alert')).toHaveTextContent('at least one word')
  await userEvent.type(screen.getByLabelText('Why?'), '  too large ')
  await userEvent.click(screen.getByRole('button', { name: 'Reject plan' }))
  expect(given).toEqual(['too large'])
})

test('a failed task offers a retry, and guidance where its retries are used up', async () => {
  const failed = task(4, { status: 'failed', retry_count: 2, max_retries: 2 })
  expect(retryLabel({ ...failed, retry_count: 1 })).toBe('Retry')
  const did: string[] = []
  render(
    <TaskRowView
      task={failed}
      phase={0}
      blocker={undefined}
      waitsFor={undefined}
      ahead={undefined}
      onOpen={() => did.push('open')}
      onRetry={() => did.push('retry')}
    />,
  )
  await userEvent.click(screen.getByRole('button', { name: /Retry with guidance/ }))
  expect(did).toEqual(['retry'])
})

test('a failed task of a plan that is over for good offers nothing', () => {
  render(
    <TaskRowView
      task={task(4, { status: 'failed' })}
      phase={0}
      blocker={undefined}
      waitsFor={undefined}
      ahead={undefined}
      onOpen={() => undefined}
      onRetry={undefined}
    />,
  )
  expect(screen.queryByRole('button')).toBeNull()
})

test('failed tasks are retried while their plan runs, is paused or has ended, not cancelled', () => {
  const statuses = Object.keys(PLAN_LOOKS) as PlanStatus[]
  expect(statuses.filter((status) => mayRetry({ status }))).toEqual([
    'in_progress',
    'paused',
    'completed',
  ])
})

test('a skipped task says what blocks it', () => {
  render(
    <TaskRowView
      task={task(5, { status: 'skipped' })}
      phase={0}
      blocker={12}
      waitsFor={undefined}
      ahead={undefined}
      onOpen={() => undefined}
      onRetry={() => undefined}
    />,
  )
  expect(screen.getByText(/blocked by #12/)).toBeVisible()
  expect(screen.queryByRole('button')).toBeNull()
})

test('before a plan begins a task says what it waits for and what will prove it', () => {
  const tasks = new Map([1, 2, 3, 4].map((number) => [`task-${number}`, task(number)]))
  const after = (...numbers: number[]) => ({
    depends_on_tasks: numbers.map((number) => `task-${number}`),
  })
  expect(whatIsAhead(task(5, { ...after(3), checks: ['a', 'b'] }), tasks)).toBe(
    'after #3 · 2 checks',
  )
  expect(whatIsAhead(task(5, { ...after(1, 2, 3, 4), checks: [] }), tasks)).toBe(
    'after #1, #2, #3, 1 more · no check',
  )
  expect(whatIsAhead(task(5, { ...after(), checks: ['a'] }), tasks)).toBe('1 check')
})

test('the tab says how far the plan is', () => {
  const running = plan([[task(1), task(2)]], {
    completed_tasks: 1,
    failed_tasks: 2,
    total_tasks: 2,
  })
  expect(tabTitle(running)).toBe('50% · 2 failed · Plan')
  expect(tabTitle({ ...running, status: 'draft' })).toBe('Plan · Masterplan')
  expect(ringIcon(running)).toContain('data:image/svg+xml')
})

test('a plan that could not start is executed again, one that was never approved is not', () => {
  function Buttons({ approvedAt }: { approvedAt: string | null }) {
    const actions = usePlanActions('p')
    const failed = plan([], { status: 'failed', approved_at: approvedAt })
    return <PlanActionButtons plan={failed} actions={actions} />
  }
  const shown = (approvedAt: string | null) =>
    render(
      <QueryClientProvider client={new QueryClient()}>
        <Buttons approvedAt={approvedAt} />
      </QueryClientProvider>,
    )
  const { unmount } = shown('2026-01-01T00:00:00Z')
  expect(screen.getByRole('button', { name: 'Execute again' })).toBeEnabled()
  unmount()
  shown(null)
  expect(screen.queryByRole('button')).toBeNull()
})

test('failed tasks are counted on the button that retries them all, and only where it may', () => {
  function Button() {
    const actions = usePlanActions('p')
    const failed = plan([[task(1), task(2)]], { status: 'completed', failed_tasks: 2 })
    return <RetryFailedButton plan={failed} actions={actions} />
  }
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Button />
    </QueryClientProvider>,
  )
  expect(screen.getByRole('button', { name: 'Retry 2 failed tasks' })).toBeEnabled()
  expect(hasFailedTasks(plan([], { status: 'completed', failed_tasks: 1 }))).toBe(true)
  expect(hasFailedTasks(plan([], { status: 'completed', failed_tasks: 0 }))).toBe(false)
  expect(hasFailedTasks(plan([], { status: 'cancelled', failed_tasks: 1 }))).toBe(false)
})
