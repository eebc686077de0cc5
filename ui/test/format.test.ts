import { expect, test } from 'vitest'
import { duration } from '@/lib/format'

test.each([
  [0, '0 ms'],
  [0.9994, '999 ms'],
  [0.9996, '1.0 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [59.4, '59 s'],
  [59.6, '1 min 0 s'],
  [119.7, '2 min 0 s'],
  [3_599.4, '59 min 59 s'],
  [3_599.6, '1 h 0 min'],
  [7_199, '2 h 0 min'],
])('%d seconds are told as %s', (seconds, words) => {
  expect(duration(seconds)).toBe(words)
})
