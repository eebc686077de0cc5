/** A goal becomes a plan before the person's eyes, and the plan becomes checked code. */
import type { Page } from '@playwright/test'
import { GOAL, RecordedModel } from './model'
import { test as base, expect, type Server, withServer } from './server'

interface Fixtures {
  model: RecordedModel
  /** A server whose embedded model is the recorded one. */
  planning: Server
}

const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names out of the pattern
  model: async ({}, use) => {
    const model = await RecordedModel.start()
    await use(model)
    await model.stop()
  },
  planning: async ({ model }, use) => {
    const environment = { MASTERPLAN_MODEL: 'local', MASTERPLAN_LOCAL_MODEL_URL: model.url }
    await withServer(use, environment)
  },
})

async function ask(page: Page, server: Server): Promise<void> {
  await server.signIn(page)
  await page.getByRole('link', { name: 'New plan' }).first().click()
  await page.getByLabel('What do you want to have?').fill(GOAL)
  await page.getByRole('button', { name: 'Make a plan' }).click()
  await expect(page.getByRole('heading', { name: 'The plan is being made' })).toBeVisible()
}

const steps = (page: Page) => page.getByLabel('Steps of planning').getByRole('listitem')
const percent = async (page: Page) =>
  Number(
    await page
      .getByRole('progressbar', { name: 'Progress of planning' })
      .getAttribute('aria-valuenow'),
  )

test('a goal becomes a plan, and the plan becomes checked code', async ({
  page,
  planning,
  model,
}) => {
  await model.open(0)
  await ask(page, planning)
  await expect(steps(page)).toHaveText([/Finding out what is asked for/])
  const first = await percent(page)

  await model.open(1)
  await expect(steps(page)).toHaveCount(2)
  await expect(steps(page).nth(1)).toContainText('designing it')
  expect(await percent(page)).toBeGreaterThan(first)

  await model.open(1)
  await expect(steps(page).nth(2)).toContainText('finding examples')
  await expect(page.getByText(/\d tasks? so far/)).toBeVisible()

  await model.open(null)
  await expect(page.getByRole('button', { name: 'Approve' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'The plan is being made' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.getByRole('button', { name: 'Execute' }).click()
  await expect(page.getByRole('heading', { name: 'Everything was built and proven.' })).toBeVisible(
    { timeout: 60_000 },
  )
})

test('a reload in the middle shows what has been found so far', async ({
  page,
  planning,
  model,
}) => {
  await model.open(2)
  await ask(page, planning)
  await expect(steps(page)).toHaveCount(3)
  const before = await steps(page).allTextContents()
  await page.reload()
  await expect(steps(page)).toHaveText(before)

  await model.open(null)
  await expect(page.getByRole('button', { name: 'Approve' })).toBeVisible()
})

test('a server that is killed while it plans goes on from what was answered', async ({
  page,
  planning,
  model,
}) => {
  // The server is started twice.
  test.slow()
  await model.open(2)
  await ask(page, planning)
  await expect(steps(page)).toHaveCount(3)

  await planning.kill()
  await expect(page.locator('[data-state]')).toHaveText('Reconnecting')
  await model.open(0)
  await planning.start()
  await expect(page.locator('[data-state]')).toHaveText(/Caught up|Live/)
  await expect(steps(page)).toHaveCount(3)

  await model.open(null)
  await expect(page.getByRole('button', { name: 'Approve' })).toBeVisible()
})

test('a plan that is being made is cancelled', async ({ page, planning, model }) => {
  await model.open(1)
  await ask(page, planning)
  await expect(steps(page)).toHaveCount(2)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Cancel plan' }).click()
  await expect(page.getByText('Cancelled', { exact: true })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'The plan is being made' })).toHaveCount(0)

  // What the model still answers changes nothing.
  await model.open(null)
  await page.reload()
  await expect(page.getByText('Cancelled', { exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Plan it again' })).toBeVisible()
})

test('a model that cannot be reached: what to do is said, and trying again works', async ({
  page,
  planning,
  model,
}) => {
  // The model ends in the middle of a question, as a server that crashes does.
  await model.open(0)
  await ask(page, planning)
  await expect(steps(page)).toHaveCount(1)
  await model.stop()
  await expect(page.getByText('Failed', { exact: true })).toBeVisible()
  await expect(page.getByText(/could not be reached/)).toBeVisible()
  const failed = page.url()

  const again = await RecordedModel.start(new URL(model.url).port)
  await page.getByRole('button', { name: 'Plan it again' }).click()
  await expect(page.getByRole('button', { name: 'Approve' })).toBeVisible()
  expect(page.url()).not.toBe(failed)
  await again.stop()
})
