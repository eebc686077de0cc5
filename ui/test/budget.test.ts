import { describe, expect, it } from 'vitest'
import { spentBudget } from '@/features/plan/spentBudget'
import { spentMoney } from '@/lib/format'
import { applyEvents } from '@/realtime/applyEvents'
import { plan, progressed, task } from './plans'

const waiting = {
  waiting_reason: 'The provider asks to wait.',
  waiting_since: '2025-11-03T09:00:05Z',
}

describe('a wait', () => {
  it('is noted, and over when the task goes on, which has not begun anew', () => {
    const began = '2025-11-03T09:00:00Z'
    const before = plan([[task(1, { status: 'in_progress', attempt: 1, started_at: began })]])

    const waits = applyEvents(before, [progressed(11, 1, 'in_progress', waiting)]).plan
    const goesOn = applyEvents(waits, [progressed(12, 1, 'in_progress')]).plan

    expect(waits.phases[0]?.milestones[0]?.tasks[0]).toMatchObject({
      ...waiting,
      started_at: began,
    })
    expect(goesOn.phases[0]?.milestones[0]?.tasks[0]).toMatchObject({
      waiting_reason: null,
      waiting_since: null,
      started_at: began,
    })
  })
})

describe('a spent budget', () => {
  it("is the plan's, to be raised in its own unit", () => {
    const paused = plan([[task(1)]], {
      status: 'paused',
      budget_tokens: 100,
      tokens_input: 90,
      tokens_output: 10,
    })

    const spent = spentBudget(paused)

    expect(spent).toMatchObject({ whose: 'The plan', unit: 'tokens', budget: 100 })
    expect(spent?.request('200')).toEqual({ budget_tokens: 200 })
  })

  it('is that of the task which waits for it', () => {
    const one = task(3, { ...waiting, budget_usd: '0.50', cost_usd: '0.51' })

    const spent = spentBudget(plan([[task(1), one]], { status: 'paused' }))

    expect(spent?.request('2')).toEqual({ budget_usd: '2', task_id: 'task-3' })
  })

  it('is none where a person paused the plan', () => {
    expect(spentBudget(plan([[task(1)]], { status: 'paused', budget_usd: '1' }))).toBeUndefined()
  })
})

describe('what was spent', () => {
  it('is unknown, not nothing, where no price is', () => {
    expect(spentMoney({ cost_usd: '0', unpriced_requests: 2 })).toBe('cost unknown')
    expect(spentMoney({ cost_usd: '1.5', unpriced_requests: 1 })).toBe('more than $1.50')
    expect(spentMoney({ cost_usd: '1.5', unpriced_requests: 0 })).toBe('$1.50')
  })
})
