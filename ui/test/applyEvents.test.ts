import { describe, expect, test } from 'vitest'
import { newerPlan } from '@/api/queries'
import { applyEvents } from '@/realtime/applyEvents'
import { finished, plan, progressed, task } from './plans'

const tasksOf = (held: ReturnType<typeof plan>) =>
  held.phases.flatMap((phase) => phase.milestones.flatMap((milestone) => milestone.tasks))

describe('applying events to a plan', () => {
  test('a task takes the status and the attempt that its event tells', () => {
    const { plan: next, gap } = applyEvents(plan([[task(1), task(2)]]), [
      progressed(11, 1, 'in_progress', { attempt: 2 }),
    ])
    expect(gap).toBe(false)
    expect(next.last_seq).toBe(11)
    expect(tasksOf(next)[0]).toMatchObject({
      status: 'in_progress',
      attempt: 2,
      started_at: '2025-11-03T09:00:01Z',
    })
  })

  test('what was seen already is dropped, and the plan stays the same object', () => {
    const held = plan([[task(1), task(2)]])
    const { plan: next } = applyEvents(held, [
      progressed(9, 1, 'ready'),
      progressed(10, 2, 'ready'),
    ])
    expect(next).toBe(held)
  })

  test('a repeated event changes nothing a second time', () => {
    const once = applyEvents(plan([[task(1)]]), [progressed(11, 1, 'ready')]).plan
    expect(applyEvents(once, [progressed(11, 1, 'validating')]).plan).toBe(once)
  })

  test('only what an event names gets a new identity', () => {
    const held = plan([[task(1), task(2)], [task(3)]])
    const { plan: next } = applyEvents(held, [progressed(11, 1, 'ready')])
    expect(next.phases[1]).toBe(held.phases[1])
    expect(next.phases[0]).not.toBe(held.phases[0])
    expect(tasksOf(next)[1]).toBe(tasksOf(held)[1])
    expect(tasksOf(next)[0]).not.toBe(tasksOf(held)[0])
  })

  test('a missing number stops there and asks for a new reading', () => {
    const { plan: next, gap } = applyEvents(plan([[task(1), task(2)]]), [
      progressed(11, 1, 'ready'),
      progressed(13, 2, 'ready'),
    ])
    expect(gap).toBe(true)
    expect(next.last_seq).toBe(11)
    expect(tasksOf(next).map((one) => one.status)).toEqual(['ready', 'pending'])
  })

  test('counts are those that the server tells', () => {
    const { plan: next } = applyEvents(plan([[task(1), task(2)]]), [
      finished(11, 1, 'failed', { completed_tasks: 17, failed_tasks: 3, total_tasks: 40 }),
    ])
    expect(next).toMatchObject({ completed_tasks: 17, failed_tasks: 3, total_tasks: 40 })
  })

  test('the last of several events of a task holds', () => {
    const { plan: next } = applyEvents(plan([[task(1)]]), [
      progressed(11, 1, 'in_progress'),
      progressed(12, 1, 'validating'),
      finished(13, 1, 'failed', { error: 'check failed' }),
    ])
    expect(tasksOf(next)[0]).toMatchObject({ status: 'failed', last_error: 'check failed' })
  })

  test('a skipped task says what blocks it, until it is retried', () => {
    const skipped = applyEvents(plan([[task(1)]]), [
      finished(11, 1, 'skipped', { blocked_by: 'task-7' }),
    ]).plan
    expect(tasksOf(skipped)[0]?.blocked_by).toBe('task-7')
    const ready = applyEvents(skipped, [progressed(12, 1, 'ready')]).plan
    expect(tasksOf(ready)[0]?.blocked_by).toBeNull()
  })

  test('the end of execution brings outcome and counts', () => {
    const { plan: next } = applyEvents(plan([[task(1)]]), [
      {
        type: 'masterplan_execution_complete',
        masterplan_id: 'plan',
        seq: 11,
        occurred_at: '2025-11-03T09:01:00Z',
        outcome: 'partial',
        completed_tasks: 1,
        failed_tasks: 1,
        skipped_tasks: 2,
        total_tasks: 4,
        workspace_path: '/somewhere',
        duration_s: 3,
      },
    ])
    expect(next).toMatchObject({ outcome: 'partial', skipped_tasks: 2, failed_tasks: 1 })
  })

  test('a rejection brings its reason', () => {
    const { plan: next } = applyEvents(plan([[task(1)]], { status: 'draft' }), [
      {
        type: 'masterplan_status',
        masterplan_id: 'plan',
        seq: 11,
        occurred_at: '2025-11-03T09:01:00Z',
        status: 'rejected',
        previous: 'draft',
        reason: 'too large',
        by: 'Ada',
      },
    ])
    expect(next).toMatchObject({ status: 'rejected', rejection_reason: 'too large' })
  })

  test('what becomes a draft is no draft here before it has been read', () => {
    const held = plan([], { status: 'generating', plan_hash: null })
    const { plan: next, gap } = applyEvents(held, [
      {
        type: 'masterplan_status',
        masterplan_id: 'plan',
        seq: 11,
        occurred_at: '2025-11-03T09:01:00Z',
        status: 'draft',
        previous: 'generating',
        reason: null,
        by: 'engine',
      },
    ])
    expect(gap).toBe(true)
    expect(next).toBe(held)
  })
})

describe('two readings of a plan', () => {
  test('an answer that is older than what events have told is not taken', () => {
    const newer = plan([[task(1)]], { last_seq: 12 })
    expect(newerPlan(newer, plan([[task(1)]], { last_seq: 11 }))).toBe(newer)
  })

  test('a newer answer keeps the identity of what it does not change', () => {
    const held = plan([[task(1), task(2)]])
    const read = plan([[task(1), task(2, { cost_usd: '0.10' })]], { last_seq: 11 })
    const next = newerPlan(held, read)
    expect(next).toEqual(read)
    expect(tasksOf(next)[0]).toBe(tasksOf(held)[0])
  })
})
