/** Axe over every page, plain and with more contrast, and the journey by keyboard alone. */
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { planOf, scripted, TODO } from './plans'
import { expect, test } from './server'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** With `layered`, what axe cannot see through is let be: solid nodes above lines, as in the graph. */
async function expectNoViolations(page: Page, layered = false): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const contrast of ['no-preference', 'more'] as const) {
      await page.emulateMedia({ colorScheme, contrast, reducedMotion: 'reduce' })
      const { violations, incomplete } = await new AxeBuilder({ page }).withTags(TAGS).analyze()
      const found = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`,
      )
      expect(found, `${page.url()} ${colorScheme} ${contrast}`).toEqual([])
      // Over glass axe cannot tell; over the solid surfaces of more contrast it can.
      if (contrast === 'more' && !layered) {
        const unsure = incomplete
          .filter(({ id }) => id === 'color-contrast')
          .flatMap(({ nodes }) => nodes)
          // A single character may be a drawing, says axe; here it is the number of a phase.
          .filter(({ any }) => any.some(({ data }) => data?.messageKey !== 'shortTextContent'))
        expect(unsure.map((node) => node.html)).toEqual([])
      }
    }
  }
}

test('no page has a fault that axe finds', async ({ page, server }) => {
  test.setTimeout(240_000)
  await page.goto(server.url)
  await expectNoViolations(page)
  await server.signIn(page)
  await expect(page.getByRole('heading', { name: 'Nothing planned yet' })).toBeVisible()
  await expectNoViolations(page)

  await server.create(planOf('Draft', scripted('one')))
  const id = await server.run(TODO)
  await page.goto(`${server.url}/plans/${id}`)
  await expect(page.locator('[data-status="failed"]')).toHaveCount(1)
  await expect(page.locator('[data-status="in_progress"]').first()).toBeVisible()
  await expectNoViolations(page)
  await page.goto(`${server.url}/plans/${id}?task=4`)
  await expect(page.getByText(/Why attempt 2 failed/)).toBeVisible()
  await expectNoViolations(page)
  await page.goto(`${server.url}/plans/${id}?task=1`)
  await expect(page.getByText('Changes: 1 file')).toBeVisible()
  await expectNoViolations(page)
  await page.goto(`${server.url}/plans/${id}?tab=files`)
  await expect(page.getByRole('button', { name: 'todo/task.py' })).toBeVisible()
  await expectNoViolations(page)
  await page.goto(`${server.url}/plans/${id}?tab=timeline`)
  await expect(page.getByLabel(/Attempt 2: Failed/)).toBeVisible()
  await expectNoViolations(page)
  await page.goto(`${server.url}/plans/${id}?tab=graph`)
  await expect(page.getByText('2 / 2')).toBeVisible()
  await expectNoViolations(page, true)
  for (const path of ['/', '/review', '/new', '/system', '/nowhere']) {
    await page.goto(`${server.url}${path}`)
    await page.waitForLoadState('networkidle')
    await expectNoViolations(page)
  }
  await page.keyboard.press('Control+k')
  await expect(page.getByPlaceholder('Search plans and commands')).toBeVisible()
  await expectNoViolations(page)
})

test('the journey by keyboard alone', async ({ page, server }) => {
  await server.create(planOf('By keys', scripted('one'), scripted('two')))
  await server.signIn(page)
  await expect(page.getByRole('link', { name: 'By keys' })).toBeVisible()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('By keys')
  await expect(page.getByRole('option', { name: /By keys/ })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'By keys' })).toBeVisible()

  await tabTo(page, 'Approve')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Execute' })).toBeVisible()
  await tabTo(page, 'Execute')
  await page.keyboard.press('Enter')
  await expect(page.getByText('2 of 2 tasks completed', { exact: true })).toBeVisible()

  await tabTo(page, 'Core')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('treeitem', { name: /Build one/ })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Build one' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

test('single keys do nothing while somebody types, or where they are switched off', async ({
  page,
  server,
}) => {
  await server.signIn(page)
  await page.getByRole('searchbox').first().fill('n?')
  await expect(page).toHaveURL(/q=n/)
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.getByRole('link', { name: 'System' }).click()
  await page.getByLabel(/Single keys are shortcuts/).uncheck()
  await page.keyboard.press('n')
  await page.keyboard.press('?')
  await expect(page).toHaveURL(/system/)
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

/** Press Tab until something of this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const element = document.activeElement
      return element?.getAttribute('aria-label') ?? element?.textContent ?? ''
    })
    if (focused.trim() === name) return
  }
  throw new Error(`Tab never came to ${name}`)
}
