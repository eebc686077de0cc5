/** The list keeps itself true without disturbing who reads it, and rests where nobody looks. */
import { planOf, scripted } from './plans'
import { expect, test } from './server'

test('the list follows a plan while focus and rows stay where they are', async ({
  page,
  server,
}) => {
  await server.create(planOf('Waiting for its turn', scripted('later')))
  const other = await server.create(
    planOf('On its way', scripted('one'), scripted('two', { depends_on: ['one'] })),
  )
  await server.signIn(page)
  const link = page.getByRole('link', { name: 'Waiting for its turn' })
  const row = page.getByRole('listitem').filter({ has: link })
  await link.focus()
  // Letters of another width may move what stands below them.
  await page.evaluate(() => document.fonts.ready)
  const before = await row.boundingBox()

  await server.post(`/${other}/approve`, {})
  await server.post(`/${other}/execute`, {})
  await expect(page.getByText('2 of 2')).toBeVisible()
  await expect(link).toBeFocused()
  expect(await row.boundingBox()).toEqual(before)
})

test('a hidden tab asks for nothing, and catches up when it is shown', async ({ page, server }) => {
  await page.clock.install()
  await server.create(planOf('Known before', scripted('one')))
  await server.signIn(page)
  await expect(page.getByRole('link', { name: 'Known before' })).toBeVisible()
  const show = (state: 'visible' | 'hidden') =>
    page.evaluate((next) => {
      Object.defineProperty(document, 'visibilityState', { value: next, configurable: true })
      window.dispatchEvent(new Event('visibilitychange'))
      document.dispatchEvent(new Event('visibilitychange'))
    }, state)

  await show('hidden')
  await page.waitForLoadState('networkidle')
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/api/v1/masterplans')) asked.push(request.url())
  })
  await page.clock.runFor(60_000)
  expect(asked).toEqual([])

  await server.create(planOf('Made meanwhile', scripted('two')))
  await show('visible')
  await page.clock.runFor(10_000)
  await expect(page.getByRole('link', { name: 'Made meanwhile' })).toBeVisible()
})

test('a search is left by its own link and by Back', async ({ page, server }) => {
  await server.create(planOf('Known plan', scripted('one')))
  await server.signIn(page)
  const known = page.getByRole('link', { name: 'Known plan' })
  await page.getByRole('link', { name: 'System' }).click()
  await expect(page.getByRole('heading', { name: 'System', level: 1 })).toBeVisible()
  await page.getByRole('link', { name: 'Plans', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Plans', level: 1 })).toBeVisible()
  const search = page.getByLabel('Search plans')
  await search.fill('nothing of the kind')
  await page.getByRole('link', { name: 'Show all plans' }).click()
  await expect(known).toBeVisible()
  await expect(search).toHaveValue('')
  await page.goBack()
  await expect(search).toHaveValue('nothing of the kind')
  await expect(page.getByRole('link', { name: 'Show all plans' })).toBeVisible()
  await page.goForward()
  await expect(search).toHaveValue('')
  await expect(known).toBeVisible()
})
