import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { generationQuery } from '@/api/queries'
import type { GenerationProgress } from '@/api/types'
import { GenerationPanel } from '@/features/plan/GenerationPanel'
import { sinceLastStart, withSteps } from '@/features/plan/generationSteps'
import { tickLabel, ticksOf, timelineOf } from '@/features/timeline/timelineRows'
import { task } from './plans'

const step = (
  seq: number,
  phase: string,
  percent: number,
  message: string,
): GenerationProgress => ({
  masterplan_id: 'plan',
  seq,
  occurred_at: '2025-11-03T09:00:00Z',
  phase,
  percent,
  message,
  tasks_so_far: seq,
})

test('planning is shown step by step, with how far it is', () => {
  const cache = new QueryClient()
  cache.setQueryData(generationQuery('plan').queryKey, [
    step(1, 'discovery', 20, 'reading the goal'),
    step(2, 'interfaces', 45, 'agreeing on names'),
  ])
  render(
    <QueryClientProvider client={cache}>
      <GenerationPanel planId="plan" />
    </QueryClientProvider>,
  )
  expect(screen.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '45')
  expect(screen.getByText('2 tasks so far · 45%')).toBeVisible()
  expect(screen.getAllByRole('listitem').map((item) => item.textContent)).toEqual([
    'discovery: reading the goal',
    'interfaces: agreeing on names',
  ])
})

test('a run that was begun again shows its own steps, and nothing comes twice', () => {
  const first = [step(1, 'discovery', 5, 'a'), step(2, 'interfaces', 20, 'b')]
  const again = [step(3, 'discovery', 5, 'c'), step(4, 'interfaces', 20, 'd')]
  expect(sinceLastStart(first)).toEqual(first)
  expect(sinceLastStart([...first, ...again])).toEqual(again)
  expect(sinceLastStart([])).toEqual([])
  expect(withSteps(first, [...first, ...again])).toEqual([...first, ...again])
})

test('attempts lie where they were in time, each task on one row', () => {
  const at = (second: number) => `2025-11-03T09:00:0${second}.000Z`
  const tasks = new Map([1, 2].map((number) => [`task-${number}`, task(number)] as const))
  const span = (number: number, attempt: number, start: number, end: number | null) => ({
    task_id: `task-${number}`,
    number: attempt,
    status: 'completed' as const,
    started_at: at(start),
    finished_at: end === null ? null : at(end),
  })
  const { rows, seconds } = timelineOf(
    [span(1, 1, 0, 2), span(2, 1, 1, 4), span(1, 2, 4, null)],
    tasks,
    Date.parse(at(8)),
  )
  expect(seconds).toBe(8)
  expect(rows.map((row) => row.task.task_number)).toEqual([1, 2])
  expect(rows[0]?.bars.map(({ left, width }) => [left, width])).toEqual([
    [0, 0.25],
    [0.5, 0.5],
  ])
})

test('the axis has round times', () => {
  expect(ticksOf(21)).toEqual([0, 5, 10, 15, 20])
  expect(ticksOf(0.4)).toEqual([0])
  expect(ticksOf(631, 3).map(tickLabel)).toEqual(['0', '5 min', '10 min'])
  expect([30, 90, 3_600].map(tickLabel)).toEqual(['30 s', '1 min 30 s', '1 h'])
})
