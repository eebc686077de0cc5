import { expect, test } from 'vitest'
import { moveFor, rowsOf } from '@/features/plan/rows'
import { plan, task } from './plans'

const done = (number: number) => task(number, { status: 'completed' })
const ids = (rows: ReturnType<typeof rowsOf>) => rows.map((row) => row.id)

test('phases, milestones and tasks follow each other', () => {
  expect(ids(rowsOf(plan([[task(1)], [task(2)]]), {}, 'all'))).toEqual([
    'phase-1',
    'milestone-1',
    'task-1',
    'phase-2',
    'milestone-2',
    'task-2',
  ])
})

test('in a large plan a finished phase folds by itself, until a person opens it', () => {
  const large = plan([[done(1)], [task(2)]], { total_tasks: 100 })
  expect(ids(rowsOf(large, {}, 'all'))).toEqual(['phase-1', 'phase-2', 'milestone-2', 'task-2'])
  expect(ids(rowsOf(large, { 'phase-1': true }, 'all'))).toContain('task-1')
})

test('a filter shows the tasks that pass it, and what holds them', () => {
  const rows = rowsOf(plan([[task(1)], [task(2, { status: 'failed' }), task(3)]]), {}, 'failed')
  expect(ids(rows)).toEqual(['phase-2', 'milestone-2', 'task-2'])
})

test('a row knows its place among its siblings', () => {
  const rows = rowsOf(plan([[task(1), task(2)]]), {}, 'all')
  expect(rows.at(-1)).toMatchObject({ id: 'task-2', position: 2, siblings: 2 })
})

test('keys move, fold and open as in a tree', () => {
  const rows = rowsOf(plan([[task(1), task(2)]]), {}, 'all')
  expect(moveFor('ArrowDown', rows, 0)).toEqual({ to: 1 })
  expect(moveFor('ArrowUp', rows, 0)).toEqual({ to: 0 })
  expect(moveFor('End', rows, 0)).toEqual({ to: 3 })
  expect(moveFor('ArrowLeft', rows, 3)).toEqual({ to: 1 })
  expect(moveFor('ArrowLeft', rows, 0)).toEqual({ fold: rows[0], open: false })
  expect(moveFor('ArrowRight', rows, 0)).toEqual({ to: 1 })
  expect(moveFor('Enter', rows, 2)).toEqual({ enter: rows[2] })
  expect(moveFor('x', rows, 2)).toBeUndefined()
})
