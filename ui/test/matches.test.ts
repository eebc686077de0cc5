import { expect, test } from 'vitest'
import { found, named } from '@/features/command/matches'

const plans = [{ title: 'To-do list' }, { title: 'Feed reader' }]

test('while the answer is on its way only plans of that name are offered', () => {
  expect(found(plans, ' feed', false)).toEqual([{ title: 'Feed reader' }])
  expect(found(plans, 'review queue', false)).toEqual([])
})

test('what the server found may bear the words in its goal alone', () => {
  expect(found(plans, 'terminal', true)).toEqual(plans)
})

test('a command is found by a part of its name', () => {
  expect(named('Review queue', 'QUEUE ')).toBe(true)
  expect(named('Review queue', 'plan')).toBe(false)
})
