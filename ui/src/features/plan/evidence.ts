/** What an attempt's checks say about its work: pure. */
import type { CheckResult } from '@/api/types'
import { counted } from '@/lib/format'

/**
 * A check proves the work where it fails without and passes with it. One that passes without the
 * work too proves nothing; where nobody tried it without, that is open.
 */
export type Verdict = 'failed' | 'proves' | 'idle' | 'untried'

export function verdictOf(check: Pick<CheckResult, 'passed' | 'passed_on_base'>): Verdict {
  if (!check.passed) return 'failed'
  if (check.passed_on_base === false) return 'proves'
  return check.passed_on_base ? 'idle' : 'untried'
}

/** How many of the checks prove the work, in words. */
export function evidenceText(checks: readonly CheckResult[]): string {
  const proving = checks.filter((check) => verdictOf(check) === 'proves').length
  if (proving === 0) return 'No check fails without the work and passes with it.'
  const one = proving === 1
  const which = `${proving} of ${counted(checks.length, 'check')}`
  return `${which} ${one ? 'fails' : 'fail'} without the work and ${one ? 'passes' : 'pass'} with it.`
}
