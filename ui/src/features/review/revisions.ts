/** Which revisions there are to compare, and how a field's value is shown. */
import type { Revision } from '@/api/types'

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

/** What to compare at first: a revision with the one before it, if there is one. */
export function pairFor(
  revisions: readonly Revision[],
  number: number,
): { old: number; to: number } | undefined {
  const ready = comparable(revisions)
  const before = ready.find((one) => one.number < number)
  return before && { old: before.number, to: number }
}
