/** The link is cut, the server dies: the page ends up true, and says what happened. */
import { Link } from './link'
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
  const id = await server.create(SLOW)
  await server.signIn(page)
  await page.goto(`${server.url}/plans/${id}`)
  await expect(page.getByRole('button', { name: 'Approve' })).toBeVisible()
  // Begun before the page's eyes, however long it took to open.
  await server.execute(id)
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

test('what is clicked while the server is away is told, and works once it is back', async ({
  page,
  server,
}) => {
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

test('a session that ended while a plan was open is told, with what to do', async ({
  page,
  server,
}) => {
  const id = await server.create(SLOW)
  await server.signIn(page)
  await page.goto(`${server.url}/plans/${id}`)
  await expect(page.locator('[data-state]')).toHaveText('Live')

  await page.context().clearCookies()
  await server.kill()
  await server.start()
  await expect(page.getByRole('heading', { name: 'This browser is not signed in' })).toBeVisible()
})

/** Hundreds of events within seconds: each task is begun, checked and completed. */
const MANY = planOf(
  'While asleep',
  ...Array.from({ length: 60 }, (_, index) => scripted(`t${index}`)),
)

test('a lid that was closed for an hour: the page is true again, and says so', async ({
  page,
  shared: server,
}) => {
  const link = await Link.to(server.url)
  const id = await server.create(MANY)
  await server.post(`/${id}/approve`, {})
  await page.clock.install()
  await server.signIn(page)
  await page.goto(`${link.url}/plans/${id}`)
  await expect(page.getByRole('button', { name: 'Execute' })).toBeVisible()
  const connection = page.locator('[data-state]')
  await expect(connection).toHaveText('Live')

  const client = await page.context().newCDPSession(page)
  await client.send('Page.setWebLifecycleState', { state: 'frozen' })
  link.goDead()
  await server.post(`/${id}/execute`, {})
  await server.completed(id)

  link.comeBack()
  await client.send('Page.setWebLifecycleState', { state: 'active' })
  await page.clock.fastForward('01:00:00')
  await expect(connection).toHaveText('Caught up')
  await expect(page.getByText('60 of 60 tasks completed', { exact: true })).toBeVisible()
  await expect(
    page.getByRole('heading', { name: 'Everything was built and proven.' }),
  ).toBeVisible()
  link.close()
})

test('a link that died while the page slept for a moment is noticed when it wakes', async ({
  page,
  shared: server,
}) => {
  const link = await Link.to(server.url)
  const id = await server.create(planOf('A nap', scripted('one')))
  await server.signIn(page)
  await page.goto(`${link.url}/plans/${id}`)
  await expect(page.getByRole('button', { name: 'Approve' })).toBeVisible()
  const connection = page.locator('[data-state]')
  await expect(connection).toHaveText('Live')

  const client = await page.context().newCDPSession(page)
  await client.send('Page.setWebLifecycleState', { state: 'frozen' })
  link.goDead()
  await server.post(`/${id}/approve`, {})
  link.comeBack()
  await client.send('Page.setWebLifecycleState', { state: 'active' })
  // Long before a ping that did not come would tell.
  await expect(connection).toHaveText('Caught up', { timeout: 15_000 })
  await expect(page.getByRole('button', { name: 'Execute' })).toBeVisible()
  link.close()
})

test('a browser that believes itself offline goes on with a server that it reaches', async ({
  page,
  shared: server,
}) => {
  const id = await server.create(planOf('Without the world', scripted('one')))
  await server.signIn(page)
  await page.evaluate(() => window.dispatchEvent(new Event('offline')))
  await page.getByRole('link', { name: 'Without the world' }).first().click()
  await expect(page.getByRole('button', { name: 'Approve' })).toBeVisible()
  await server.post(`/${id}/approve`, {})
  await expect(page.getByRole('button', { name: 'Execute' })).toBeVisible()
})
