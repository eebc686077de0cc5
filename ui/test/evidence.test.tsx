import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import type { CheckResult } from '@/api/types'
import { CheckList } from '@/features/plan/CheckList'
import { evidenceText } from '@/features/plan/evidence'

const check = (fields: Partial<CheckResult>): CheckResult => ({
  command: 'python -m unittest',
  passed: true,
  exit_code: 0,
  timed_out: false,
  output_truncated: false,
  duration_s: 0.2,
  output_tail: '',
  passed_on_base: false,
  ...fields,
})
const RED = check({ passed: false, exit_code: 1, passed_on_base: null })
const IDLE = check({ passed_on_base: true })

test('a check is shown without the work and with it', () => {
  render(<CheckList checks={[check({})]} />)
  expect(screen.getByText('Without the work').nextSibling).toHaveTextContent('failed')
  expect(screen.getByText('With it').nextSibling).toHaveTextContent('passed')
  expect(screen.queryByText(/proves nothing/)).toBeNull()
})

test('a check that passes either way is said to prove nothing', () => {
  render(<CheckList checks={[IDLE]} />)
  expect(screen.getByText(/proves nothing/)).toBeVisible()
})

test('a check that failed was not tried without the work, and says only that it failed', () => {
  render(<CheckList checks={[RED]} />)
  expect(screen.queryByText('Without the work')).toBeNull()
  expect(screen.getByText('With it').nextSibling).toHaveTextContent('failed')
  expect(screen.getByText(/exit code 1/)).toBeVisible()
})

test('what proves the work is counted in words', () => {
  expect(evidenceText([check({}), check({})])).toBe(
    '2 of 2 checks fail without the work and pass with it.',
  )
  expect(evidenceText([check({}), IDLE, RED])).toBe(
    '1 of 3 checks fails without the work and passes with it.',
  )
  expect(evidenceText([IDLE])).toBe('No check fails without the work and passes with it.')
})
