/** What the palette offers for words that the server may not have searched for yet: pure. */
import type { PlanSummary } from '@/api/types'

export const named = (name: string, words: string): boolean =>
  name.toLowerCase().includes(words.trim().toLowerCase())

/**
 * Of an answer to other words only what bears the present ones by name: Enter, pressed at once, must
 * not open a plan that happened to stand first before.
 */
export const found = <T extends Pick<PlanSummary, 'title'>>(
  plans: T[],
  words: string,
  answered: boolean,
): T[] => (answered ? plans : plans.filter((plan) => named(plan.title, words)))
