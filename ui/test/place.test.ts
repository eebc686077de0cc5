import { expect, test } from 'vitest'
import { follow, moved } from '@/pages/review/place'

const at = (chosen: string | undefined) => ({ order: ['a', 'b', 'c'], chosen })

test('a queue that stays the same keeps its place', () => {
  const place = at('b')
  expect(follow(place, ['a', 'b', 'c'])).toBe(place)
})

test('what is chosen stays chosen wherever it moves', () => {
  expect(follow(at('b'), ['new', 'c', 'b'])).toEqual({ order: ['new', 'c', 'b'], chosen: 'b' })
})

test.each([
  ['the next one takes the place', 'b', ['a', 'c'], 'c'],
  ['also when others went with it', 'a', ['c'], 'c'],
  ['a new one above does not', 'a', ['new', 'b', 'c'], 'b'],
  ['at the end, the last one', 'c', ['a', 'b'], 'b'],
  ['where none is left, nothing is chosen', 'b', ['new'], undefined],
  ['where nothing was chosen, nothing is', undefined, ['b', 'c'], undefined],
])('%s', (_name, chosen, now, expected) => {
  expect(follow(at(chosen), now).chosen).toBe(expected)
})

test('moving begins at the first and ends at the ends', () => {
  expect(moved(at(undefined), 1)).toBe('a')
  expect(moved(at('a'), 1)).toBe('b')
  expect(moved(at('a'), -1)).toBe('a')
  expect(moved(at('c'), 1)).toBe('c')
  expect(moved({ order: [], chosen: undefined }, 1)).toBeUndefined()
})
