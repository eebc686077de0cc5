import { expect, test } from 'vitest'
import { ApiError } from '@/api/client'
import type { PlanEnd, PlanSummary } from '@/api/types'
import { EndWatch } from '@/features/plan/usePlanEnds'
import { plan } from './plans'

const summary = (id: string, last_seq = 10): PlanSummary =>
  plan([], { masterplan_id: id, last_seq })
const end = (id: string): PlanEnd => ({
  masterplan_id: id,
  seq: 12,
  occurred_at: '2025-11-03T09:01:00Z',
  outcome: 'succeeded',
  completed_tasks: 1,
  failed_tasks: 0,
  skipped_tasks: 0,
  total_tasks: 1,
  workspace_path: null,
  duration_s: 3,
})

/** A watch over a server that answers with what `ended` holds, and what the watch has told. */
function watching(ended: Map<string, PlanEnd | ApiError>) {
  const asked: [string, number][] = []
  const told: string[] = []
  const watch = new EndWatch(async (one) => {
    asked.push([one.masterplan_id, one.last_seq])
    const found = ended.get(one.masterplan_id)
    if (found instanceof ApiError) throw found
    return found
  })
  const see = (...plans: PlanSummary[]) => watch.see(plans, (one) => told.push(one.masterplan_id))
  return { see, asked, told }
}

test('a plan that is no longer under way is asked about from where it was seen last', async () => {
  const { see, asked, told } = watching(new Map([['a', end('a')]]))
  await see(summary('a', 5), summary('b'))
  await see(summary('a', 9), summary('b'))
  expect(asked).toEqual([])
  await see(summary('b'))
  expect(asked).toEqual([['a', 9]])
  expect(told).toEqual(['a'])
  await see(summary('b'))
  expect(told).toEqual(['a'])
})

test('what was cancelled has no end that is told', async () => {
  const { see, asked, told } = watching(new Map())
  await see(summary('a'))
  await see()
  expect(asked).toHaveLength(1)
  expect(told).toEqual([])
})

test('an end that could not be read is asked for again', async () => {
  const ended = new Map<string, PlanEnd | ApiError>([['a', new ApiError('Away', 0, 'unreachable')]])
  const { see, told } = watching(ended)
  await see(summary('a'))
  await see()
  expect(told).toEqual([])
  ended.set('a', end('a'))
  await see()
  expect(told).toEqual(['a'])
})
