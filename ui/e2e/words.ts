/** Words without an end, as models and people do write them, never make a page wider than its window. */
import type { Page } from '@playwright/test'
import { expect } from './server'

/** Of 196 letters: a title may have 200. */
export const WORD = 'Donaudampfschiff'.repeat(12) + 'fahrt'.slice(0, 4)
export const SENTENCE = `Because ${WORD.repeat(4)} is one word.`

export async function fits(page: Page, what: string): Promise<void> {
  const [wanted, given] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    window.innerWidth,
  ])
  expect(wanted, `${what} is too wide`).toBeLessThanOrEqual(given ?? 0)
}
