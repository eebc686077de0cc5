import { expect, test } from 'vitest'
import { append, EMPTY_LOG, MAX_LINES } from '@/features/logs/logBuffer'

test('a line that came in two parts is one line', () => {
  const log = append(append(EMPTY_LOG, 'first\nsec', 9), 'ond\nthird\n', 19)
  expect(log).toEqual({ lines: ['first', 'second', 'third'], dropped: 0, offset: 19, open: false })
})

test('empty lines stay', () => {
  expect(append(EMPTY_LOG, 'a\n\nb', 4).lines).toEqual(['a', '', 'b'])
})

test('the oldest lines are let go, and counted', () => {
  const many = Array.from({ length: MAX_LINES + 5 }, (_, line) => `${line}`).join('\n')
  const log = append(EMPTY_LOG, many, many.length)
  expect(log.lines).toHaveLength(MAX_LINES)
  expect(log.lines[0]).toBe('5')
  expect(log.dropped).toBe(5)
})
