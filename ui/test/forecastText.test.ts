import { expect, test } from 'vitest'
import type { Forecast } from '@/api/types'
import { atBest, figuresOf, restsOn } from '@/features/review/forecastText'

const always = <T>(amount: T) => ({ low: amount, likely: amount, high: amount })

const FORECAST: Forecast = {
  max_parallel: 4,
  tasks: 3,
  critical_path: ['a', 'b'],
  critical_path_s: always(60),
  parallel_width: 2,
  duration_s: { low: 90, likely: 120, high: 300 },
  tokens_input: always(0),
  tokens_output: always(0),
  cost_usd: always('0.0000'),
  unpriced_tasks: 0,
  within_budget: null,
  tasks_from_history: 0,
  past_tasks: 0,
}

test('without a model there is nothing to say of tokens and cost', () => {
  expect(figuresOf(FORECAST)).toEqual([
    { name: 'Time', likely: '2 min 0 s', range: '1 min 30 s to 5 min 0 s' },
    { name: 'Could run at a time', likely: '2 tasks' },
  ])
})

test('tokens, cost and the budget are told where a model is asked', () => {
  const asked: Forecast = {
    ...FORECAST,
    tokens_input: { low: 1_000, likely: 2_000, high: 4_000 },
    tokens_output: { low: 500, likely: 500, high: 1_000 },
    cost_usd: { low: '0.10', likely: '0.25', high: '0.40' },
    unpriced_tasks: 1,
    within_budget: 0.984,
  }
  expect(figuresOf(asked).slice(1, 4)).toEqual([
    { name: 'Tokens', likely: '2.5K', range: '1.5K to 5K' },
    { name: 'Cost', likely: '$0.25', range: '$0.10 to $0.40, and 1 task of unknown price' },
    { name: 'Budget suffices', likely: '98%', range: 'of simulated runs' },
  ])
})

test('a price that nobody knows is not nothing', () => {
  const unknown = { ...FORECAST, tokens_output: always(10), cost_usd: null, unpriced_tasks: 3 }
  expect(figuresOf(unknown).find(({ name }) => name === 'Cost')?.likely).toBe('unknown')
})

test('the critical path is a range, too', () => {
  expect(atBest(FORECAST)).toBe('1 min 0 s')
  const unsure = { ...FORECAST, critical_path_s: FORECAST.duration_s }
  expect(atBest(unsure)).toBe('2 min 0 s (1 min 30 s to 5 min 0 s)')
})

test('it says what the figures rest on', () => {
  expect(restsOn(FORECAST)).toMatch(/^Too few tasks like these/)
  expect(restsOn({ ...FORECAST, tasks_from_history: 3, past_tasks: 40 })).toMatch(/^From 40 tasks/)
  expect(restsOn({ ...FORECAST, tasks_from_history: 2 })).toMatch(/for 2, assumed for 1\./)
})
