import { expect, test } from 'vitest'
import { ApiError } from '@/api/client'
import type { PlanDocument, TaskDocument } from '@/api/types'
import { differs, edited, endsOf, linesOf, tasksIn, tidied } from '@/features/review/planDraft'
import { allProblems, sortedProblems, wasOvertaken } from '@/features/review/problems'

const task = (key: string, fields: Partial<TaskDocument> = {}): TaskDocument => ({
  key,
  name: `Task ${key}`,
  description: '',
  target_files: [`${key}.txt`],
  depends_on: [],
  complexity: 'medium',
  checks: [],
  max_retries: 2,
  agent: null,
  command: null,
  done: false,
  ...fields,
})

/** A plan with one milestone for each list of tasks. */
const document = (...lists: TaskDocument[][]): PlanDocument => ({
  title: 'Plan',
  description: '',
  goal: '',
  settings: { agent: 'llm', network: false },
  phases: lists.map((tasks, at) => ({
    name: `Phase ${at + 1}`,
    description: '',
    milestones: [{ name: `Milestone ${at + 1}`, description: '', tasks }],
  })),
})

const keys = (plan: PlanDocument) =>
  plan.phases.map((phase) => phase.milestones.flatMap((one) => one.tasks.map(({ key }) => key)))
const find = (plan: PlanDocument, key: string) => tasksIn(plan).find((one) => one.key === key)

test('the settings of a plan are changed apart from its tasks', () => {
  const before = document([task('a')])
  const after = edited(before, { kind: 'settings', patch: { budget_usd: '5.00' } })
  expect(after.settings).toEqual({ agent: 'llm', network: false, budget_usd: '5.00' })
  expect(after.phases).toBe(before.phases)
  expect(differs(after, before)).toBe(true)
})

test('a change touches its task alone', () => {
  const before = document([task('a'), task('b')], [task('c')])
  const after = edited(before, { kind: 'change', key: 'b', patch: { name: 'Better' } })
  expect(find(after, 'b')?.name).toBe('Better')
  expect(find(after, 'a')).toBe(find(before, 'a'))
  expect(after.phases[1]?.milestones[0]).toBe(before.phases[1]?.milestones[0])
})

test('what belongs to one agent goes with it', () => {
  const scripted = task('a', { agent: 'scripted', script: { duration_s: 1 } as never })
  const commanded = edited(document([scripted]), {
    kind: 'change',
    key: 'a',
    patch: { agent: 'command' },
  })
  expect(find(commanded, 'a')).toMatchObject({ command: '', script: null })
  const written = edited(commanded, { kind: 'change', key: 'a', patch: { command: 'make' } })
  const plain = edited(written, { kind: 'change', key: 'a', patch: { agent: null } })
  expect(find(plain, 'a')).toMatchObject({ command: null, script: null })
})

test('a script survives what does not concern the agent', () => {
  const scripted = task('a', { agent: 'scripted', script: { duration_s: 1 } as never })
  const after = edited(document([scripted]), { kind: 'change', key: 'a', patch: { name: 'B' } })
  expect(find(after, 'a')?.script).toEqual({ duration_s: 1 })
})

test('a new task has a key that nobody has', () => {
  const before = document([task('task-2')], [task('x')])
  const after = edited(before, { kind: 'add', phase: 1, milestone: 0 })
  expect(keys(after)).toEqual([['task-2'], ['x', 'task-3']])
})

test('nothing waits for a task that was removed', () => {
  const before = document([task('a'), task('b', { depends_on: ['a', 'c'] })], [task('c')])
  const after = edited(before, { kind: 'remove', key: 'a' })
  expect(keys(after)).toEqual([['b'], ['c']])
  expect(find(after, 'b')?.depends_on).toEqual(['c'])
})

test('a task is split in two: half of the files each, and whoever waited waits for both', () => {
  const long = task('a', { target_files: ['1', '2', '3'], checks: ['pytest'], depends_on: ['c'] })
  const before = document([long, task('b', { depends_on: ['a'] })], [task('c')])
  const after = edited(before, { kind: 'split', key: 'a' })
  expect(keys(after)).toEqual([['a', 'task-4', 'b'], ['c']])
  expect(find(after, 'a')?.target_files).toEqual(['1', '2'])
  expect(find(after, 'task-4')).toMatchObject({
    name: 'Task a (part 2)',
    target_files: ['3'],
    depends_on: ['c', 'a'],
    checks: ['pytest'],
  })
  expect(find(after, 'b')?.depends_on).toEqual(['a', 'task-4'])
})

test('a task moves by one place, and over the edge of its milestone', () => {
  const before = document([task('a'), task('b')], [task('c')])
  const once = edited(before, { kind: 'move', key: 'a', step: 1 })
  expect(keys(once)).toEqual([['b', 'a'], ['c']])
  const twice = edited(once, { kind: 'move', key: 'a', step: 1 })
  expect(keys(twice)).toEqual([['b'], ['a', 'c']])
  expect(keys(edited(twice, { kind: 'move', key: 'a', step: -1 }))).toEqual([['b', 'a'], ['c']])
})

test('at the ends of the plan nothing moves', () => {
  const plan = document([task('a'), task('b')])
  expect(edited(plan, { kind: 'move', key: 'a', step: -1 })).toBe(plan)
  expect([endsOf(plan)[-1]?.key, endsOf(plan)[1]?.key]).toEqual(['a', 'b'])
})

test('blank lines and blank checks are no entries', () => {
  expect(linesOf(' a.py \n\n  b.py')).toEqual(['a.py', 'b.py'])
  const plan = document([task('a', { checks: ['', 'pytest', ' '] })])
  expect(find(tidied(plan), 'a')?.checks).toEqual(['pytest'])
  expect(differs(plan, document([task('a', { checks: ['pytest'] })]))).toBe(false)
  expect(differs(plan, document([task('a', { checks: ['mypy'] })]))).toBe(true)
})

test('problems are sorted to their tasks, each told once', () => {
  const error = new ApiError('no', 422, 'invalid_plan', {
    problems: ['The plan is odd.', 'Task a has no files.'],
    fields: [{ task: 'a', field: 'target_files', message: 'Task a has no files.' }],
  })
  const { fields, others } = sortedProblems(error)
  expect(others).toEqual(['The plan is odd.'])
  expect(fields.get('a')?.map((one) => one.field)).toEqual(['target_files'])
  expect(wasOvertaken(error)).toBe(false)
})

test('a problem of the settings belongs to its field', () => {
  const error = new ApiError('invalid', 422, 'invalid_plan', {
    problems: ['settings.budget_usd: must be more than 0'],
    fields: [
      {
        task: null,
        field: 'settings.budget_usd',
        message: 'settings.budget_usd: must be more than 0',
      },
    ],
  })
  const problems = sortedProblems(error)
  expect([problems.fields.size, problems.others]).toEqual([0, []])
  expect(problems.settings.get('budget_usd')).toHaveLength(1)
  expect(allProblems(problems)).toEqual(['settings.budget_usd: must be more than 0'])
})

test('a lost race is told from a mistake', () => {
  expect(wasOvertaken(new ApiError('late', 400, 'plan_hash_mismatch'))).toBe(true)
  expect(wasOvertaken(new ApiError('late', 400, 'invalid_transition'))).toBe(true)
})
