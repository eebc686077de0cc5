/** The link is cut, the server dies: the page ends up true, and says what happened. */
import { planOf, scripted } from './plans'
import { expect, test } from './server'

const SLOW = planOf(
  'Long work',
  ...Array.from({ length: 6 }, (_, index) => ({
    ...scripted(`step${index}`, { script: { duration_s: 1 } }),
    depends_on: index === 0 ? [] : [`step${index - 1}`],
  })),
)

test('the server is killed and started again while a plan runs', async ({ page, server }) => {
  const id = await server.run(SLOW)
  await server.signIn(page)
  await page.goto(`${server.url}/plans/${id}`)
  await expect(page.getByText(/^[1-5] of 6 tasks completed$/)).toBeVisible()
  const connection = page.locator('[data-state]')
  await expect(connection).toHaveText('Live')

  await server.kill()
  await expect(connection).toHaveText('Reconnecting')
  await server.start()
  await expect(connection).toHaveText(/Caught up|Live/)
  await expect(page.getByText('6 of 6 tasks completed', { exact: true })).toBeVisible({
    timeout: 60_000,
  })
  await expect(page.locator('[data-status="completed"]')).toHaveCount(6)
})

test('what happened while the lid was closed is there when it opens', async ({ page, server }) => {
  const id = await server.create(SLOW)
  await server.signIn(page)
  await page.goto(`${server.url}/plans/${id}`)
  await expect(page.getByRole('button', { name: 'Approve' })).toBeVisible()
  await server.kill()
  await expect(page.locator('[data-state]')).toHaveText('Reconnecting')
  await page.getByRole('button', { name: 'Approve' }).click()
  await expect(page.getByText('The server cannot be reached')).toBeVisible()

  await server.start()
  await expect(page.locator('[data-state]')).toHaveText(/Caught up|Live/)
  await page.getByRole('button', { name: 'Approve' }).click()
  await expect(page.getByRole('button', { name: 'Execute' })).toBeVisible()
})
