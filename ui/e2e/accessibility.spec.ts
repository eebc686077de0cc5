/** Axe over every page and everything that opens above one, wide and narrow. */
import type { Page } from '@playwright/test'
import { expectNoViolations } from './axe'
import { planOf, scripted, TODO } from './plans'
import { expect, type Server, test } from './server'

const NARROW = { width: 390, height: 844 }

test('before and after signing in, with nothing planned', async ({ page, server }) => {
  await page.goto(server.url)
  await expectNoViolations(page)
  await server.signIn(page)
  await expect(page.getByRole('heading', { name: 'Nothing planned yet' })).toBeVisible()
  await expectNoViolations(page)
})

/** A plan with every status that a task may have, and a draft beside it. */
async function furnish(page: Page, server: Server): Promise<{ running: string; draft: string }> {
  const draft = await server.create(planOf('A draft', scripted('one')))
  const running = await server.run(TODO)
  await server.signIn(page)
  await page.goto(`${server.url}/plans/${running}`)
  await expect(page.locator('[data-status="failed"]')).toHaveCount(1)
  await expect(page.locator('[data-status="in_progress"]').first()).toBeVisible()
  return { running, draft }
}

test('a plan and every view of it', async ({ page, shared: server }) => {
  const { running, draft } = await furnish(page, server)
  await expectNoViolations(page)
  await page.goto(`${server.url}/plans/${running}?task=4`)
  await expect(page.getByText(/Why attempt 2 failed/)).toBeVisible()
  await expectNoViolations(page)
  await page.goto(`${server.url}/plans/${running}?task=1`)
  await expect(page.getByText('Changes: 1 file')).toBeVisible()
  await expectNoViolations(page)
  await page.goto(`${server.url}/plans/${running}?tab=files`)
  await expect(page.getByRole('button', { name: 'todo/task.py' })).toBeVisible()
  await expectNoViolations(page)
  await page.goto(`${server.url}/plans/${running}?tab=timeline`)
  await expect(page.getByLabel(/Attempt 2: Failed/)).toBeVisible()
  await expectNoViolations(page)
  await page.goto(`${server.url}/plans/${running}?tab=graph`)
  await expect(page.getByText('2 / 2')).toBeVisible()
  await expectNoViolations(page, { layered: true })
  await page.goto(`${server.url}/plans/${draft}`)
  await expect(page.getByRole('button', { name: 'Approve' })).toBeVisible()
  await expectNoViolations(page)
})

/** The pages that are of no plan, each with what says that it is there. */
const PAGES: [path: string, shown: (page: Page) => ReturnType<Page['locator']>][] = [
  ['/', (page) => page.getByRole('heading', { name: 'A draft' }).first()],
  ['/review', (page) => page.getByRole('link', { name: 'A draft', exact: true }).first()],
  ['/new', (page) => page.getByLabel('What do you want to have?')],
  ['/chat', (page) => page.getByRole('heading', { name: 'Chat', level: 1 })],
  ['/system', (page) => page.getByText('What works here')],
  ['/nowhere', (page) => page.getByRole('heading').first()],
]

test('the other pages', async ({ page, shared: server }) => {
  await server.create(planOf('A draft', scripted('one')))
  await server.signIn(page)
  for (const [path, shown] of PAGES) {
    await page.goto(`${server.url}${path}`)
    await expect(shown(page)).toBeVisible()
    await expectNoViolations(page)
  }
  await page.goto(`${server.url}/new`)
  await page.getByRole('button', { name: 'From a plan file' }).click()
  await page.getByLabel(/Paste a plan/).fill('title: Nothing else')
  await page.getByRole('button', { name: 'Store as draft' }).click()
  await expect(page.getByText('cannot be taken yet')).toBeVisible()
  await expectNoViolations(page)
})

test('a narrow window', async ({ page, shared: server }) => {
  await page.setViewportSize(NARROW)
  const { running, draft } = await furnish(page, server)
  await expectNoViolations(page)
  await page.goto(`${server.url}/plans/${running}?task=4`)
  await expect(page.getByText(/Why attempt 2 failed/)).toBeVisible()
  await expectNoViolations(page)
  await page.goto(`${server.url}/plans/${draft}`)
  await page.getByRole('button', { name: 'Reject' }).click()
  await expectInDialog(page, 'Reject this plan')
  for (const [path, shown] of PAGES) {
    await page.goto(`${server.url}${path}`)
    await expect(shown(page)).toBeVisible()
    await expectNoViolations(page)
    const over = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(over, `${path} is wider than the window`).toBe(0)
  }
})

/** What is asked above a page; the page itself is hidden from readers meanwhile. */
async function expectInDialog(page: Page, name: string): Promise<void> {
  await expect(page.getByRole('dialog', { name })).toBeVisible()
  await expectNoViolations(page)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name })).toHaveCount(0)
}

test('dialogs and the palette', async ({ page, shared: server }) => {
  const { running, draft } = await furnish(page, server)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expectInDialog(page, 'Cancel this plan?')
  await page.getByRole('button', { name: /^Retry with guidance: #4/ }).click()
  await expectInDialog(page, 'Retry with guidance')
  await page.goto(`${server.url}/plans/${running}?task=4`)
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('button', { name: 'Retry with guidance', exact: true }).click()
  await expect(page.getByLabel('What should the agent do differently?')).toBeVisible()
  await expectNoViolations(page)

  await page.goto(`${server.url}/plans/${draft}`)
  await page.getByRole('button', { name: 'Reject' }).click()
  await expectInDialog(page, 'Reject this plan')
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Save' })).toBeVisible()
  await page.getByText('Settings of the plan').click()
  await expect(page.getByLabel('Budget in USD')).toBeVisible()
  await expectNoViolations(page)
  await page.getByRole('button', { name: 'Edit as text' }).click()
  await expect(page.getByLabel('Plan file')).not.toBeEmpty()
  await expectInDialog(page, 'Edit the plan')
  await page.goto(`${server.url}/plans/${draft}`)
  await expect(page.getByRole('button', { name: 'Approve' })).toBeVisible()
  await page.keyboard.press('?')
  await expectInDialog(page, 'Help')
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('option', { name: /A draft/ }).first()).toBeVisible()
  await expectNoViolations(page)
})
