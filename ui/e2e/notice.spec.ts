/** Who looks elsewhere is told that a plan has ended. */
import { held, planOf } from './plans'
import { expect, test } from './server'

test('the end of a plan is told on another page, with a link to it', async ({
  page,
  shared: server,
}) => {
  const id = await server.run(planOf('Built meanwhile', held('one')))
  await server.signIn(page)
  await expect(page.getByRole('link', { name: 'Built meanwhile' }).first()).toBeVisible()
  await page.getByRole('link', { name: 'System' }).click()
  await expect(page.getByRole('heading', { name: 'System', level: 1 })).toBeVisible()

  await server.release(id, 'one')
  await expect(page.getByText('Plan completed: Built meanwhile')).toBeVisible()
  await page.getByRole('button', { name: 'Open' }).click()
  await expect(page.getByRole('heading', { name: 'Built meanwhile', level: 1 })).toBeVisible()
})
