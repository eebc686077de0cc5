/** What axe finds on a page, in both themes, plain and with more contrast. */
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect } from './server'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** The rules whose answer a theme or more contrast may change; the others are asked once. */
const OF_COLOUR = ['color-contrast', 'link-in-text-block']
const LOOKS = [
  { colorScheme: 'light', contrast: 'no-preference' },
  { colorScheme: 'light', contrast: 'more' },
  { colorScheme: 'dark', contrast: 'no-preference' },
  { colorScheme: 'dark', contrast: 'more' },
] as const

/**
 * What axe cannot be sure of and need not be: a single character may be a drawing (here it is the
 * number of a phase, or an arrow), and what lies above something else, as dialogs and fixed bars do.
 */
const LET_BE = new Set([
  'shortTextContent',
  'nonBmp',
  'elmPartiallyObscured',
  'elmPartiallyObscuring',
])

/** With `layered`, what axe cannot see through is let be: solid nodes above lines, as in the graph. */
export async function expectNoViolations(page: Page, { layered = false } = {}): Promise<void> {
  for (const [index, look] of LOOKS.entries()) {
    await page.emulateMedia({ ...look, reducedMotion: 'reduce' })
    // There are no frames, so axe need not gather its findings in a page of its own.
    const axe = new AxeBuilder({ page }).setLegacyMode()
    const { violations, incomplete } = await (index === 0
      ? axe.withTags(TAGS)
      : axe.withRules(OF_COLOUR)
    ).analyze()
    const found = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`,
    )
    const where = `${page.url()} ${look.colorScheme} ${look.contrast}`
    expect(found, where).toEqual([])
    // Over glass axe cannot tell; over the solid surfaces of more contrast it can.
    if (look.contrast === 'more' && !layered) {
      const unsure = incomplete
        .filter(({ id }) => id === 'color-contrast')
        .flatMap(({ nodes }) => nodes)
        .map(({ target, any }) => [String(target), String(any[0]?.data?.messageKey)])
        .filter(([, doubt = '']) => !LET_BE.has(doubt))
      expect(await notHatched(page, unsure), where).toEqual([])
    }
  }
}

/** Axe does not read upon a pattern; test/tokens.test.ts computes what lies upon the hatching. */
const notHatched = (page: Page, unsure: string[][]) =>
  page.evaluate(
    (doubts) =>
      doubts.filter(
        ([target = '', doubt]) =>
          doubt !== 'bgGradient' || !document.querySelector(target)?.closest('.hatched'),
      ),
    unsure,
  )
