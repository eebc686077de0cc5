/** Which revisions there are to compare, and how a field's value is shown. */
import type { PlanSummary, Revision } from '@/api/types'

/** A value of a plan document as a person reads it: lists line by line, nothing as nothing. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(shownValue).join('\n')
  if (typeof value === 'object') return JSON.stringify(value, null, 2)
  return String(value)
}

/** Those that have a document, the newest first. */
export const comparable = (revisions: readonly Revision[]): Revision[] =>
  revisions.filter((one) => one.status === 'ready')

/** What came to nothing since the plan is as it is, and has not been settled by an approval. */
export function lastFailure(
  revisions: readonly Revision[],
  plan: Pick<PlanSummary, 'revision' | 'approved_at'>,
): Revision | undefined {
  const [newest] = revisions
  const settled = plan.approved_at !== null && plan.approved_at > (newest?.created_at ?? '')
  return newest?.status === 'failed' && newest.number > plan.revision && !settled
    ? newest
    : undefined
}

const WORDS: Record<string, string> = {
  target_files: 'files',
  depends_on: 'waits for',
  max_retries: 'retries',
  budget_usd: 'budget in USD',
  budget_tokens: 'budget in tokens',
  max_parallel: 'tasks at a time',
}

/** A field of a plan document as the forms call it. */
export const fieldName = (field: string): string => {
  const last = field.replace(/^settings\./, '')
  return WORDS[last] ?? last.replaceAll('_', ' ')
}

/** What to compare at first: a revision with the one before it, if there is one. */
export function pairFor(
  revisions: readonly Revision[],
  number: number,
): { old: number; to: number } | undefined {
  const ready = comparable(revisions)
  const before = ready.find((one) => one.number < number)
  return before && { old: before.number, to: number }
}
