/** Before approval: what a person is warned of, and a plan that is edited where it stands. */
import type { Page } from '@playwright/test'
import { planOf, scripted } from './plans'
import { expect, type Server, test } from './server'

const DOUBTFUL = planOf(
  'Doubtful',
  scripted('one', { target_files: ['shared.txt'], checks: ['test -s shared.txt'] }),
  scripted('two', { target_files: ['shared.txt'], checks: ['true'] }),
)

async function open(page: Page, server: Server, plan: object): Promise<string> {
  const id = await server.create(plan)
  await server.signIn(page)
  await page.goto(`${server.url}/plans/${id}`)
  return id
}

const entry = (page: Page, name: string) => page.getByRole('button', { name, expanded: false })

test('warnings stand beside the decision, and lead to their tasks', async ({ page, server }) => {
  await open(page, server, DOUBTFUL)
  await expect(page.getByRole('heading', { name: '2 warnings before you approve' })).toBeVisible()
  await expect(page.getByText('Let one depend on the other.')).toBeVisible()
  await page.getByRole('button', { name: '#2 Build two' }).last().click()
  await expect(page.getByRole('dialog', { name: 'Build two' })).toBeVisible()
  await page.keyboard.press('Escape')

  await page.getByRole('link', { name: /^Review/ }).click()
  await expect(page.getByText('2 warnings', { exact: true })).toBeVisible()
})

test('a forecast says what more tasks at a time would change', async ({ page, server }) => {
  const slow = { script: { duration_s: 60 } }
  await open(page, server, planOf('Foreseen', scripted('one', slow), scripted('two', slow)))
  const forecast = page.getByRole('region', { name: 'Forecast' })
  await expect(forecast.getByText('1 min 0 s').first()).toBeVisible()
  await expect(forecast.getByText('2 tasks', { exact: true })).toBeVisible()
  await forecast.getByLabel('Tasks at a time').fill('1')
  await expect(forecast.getByText('2 min 0 s', { exact: true })).toBeVisible()
})

test('a rejected plan is edited in place, then approved', async ({ page, server }) => {
  const id = await open(page, server, DOUBTFUL)
  await server.post(`/${id}/reject`, { rejection_reason: 'Both write one file.' })
  await expect(page.getByText('Both write one file.')).toBeVisible()
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled()

  await entry(page, 'Build two').click()
  await page.getByLabel('Files').fill('../two.txt')
  await page.getByLabel('Waits for').selectOption('one')
  await page.getByRole('textbox', { name: 'Check 1' }).fill('test -s two.txt')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('alert')).toContainText('The plan cannot be saved yet')
  await expect(page.getByLabel('Files')).toHaveAccessibleDescription(/leads to another directory/)

  await page.getByLabel('Files').fill('two.txt')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved as revision 2')).toBeVisible()
  await expect(page.getByText('Both write one file.')).toHaveCount(0)
  await expect(page.getByText(/before you approve/)).toHaveCount(0)
  await page.getByRole('button', { name: 'Approve' }).click()
  await expect(page.getByRole('button', { name: 'Execute' })).toBeVisible()
})

test('tasks are added, moved and removed by keys alone', async ({ page, server }) => {
  await open(page, server, planOf('Ordered', scripted('one'), scripted('two')))
  await page.getByRole('button', { name: 'Edit', exact: true }).press('Enter')
  await page.getByRole('button', { name: 'Move Build two up' }).press('Enter')
  await page.getByRole('button', { name: 'Remove Build one' }).press('Enter')
  await page.getByRole('button', { name: 'Add a task to Program' }).press('Enter')
  await page.getByLabel('Name').fill('Build three')
  await page.getByLabel('Files').fill('three.txt')
  await page.getByLabel('Agent').selectOption('command')
  await page.getByRole('textbox', { name: 'Command' }).fill('echo three > three.txt')
  await page.getByRole('button', { name: 'Save' }).press('Enter')
  await expect(page.getByText('Saved as revision 2')).toBeVisible()
  await expect(page.getByRole('treeitem', { name: /Build two/ })).toBeVisible()
  await expect(page.getByRole('treeitem', { name: /Build three/ })).toBeVisible()
  await expect(page.getByRole('treeitem', { name: /Build one/ })).toHaveCount(0)
})

test('unsaved changes are asked about before they are left', async ({ page, server }) => {
  await open(page, server, planOf('Guarded', scripted('one')))
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await entry(page, 'Build one').click()
  await page.getByLabel('Name').fill('Something else')
  await page.getByRole('link', { name: /^Review/ }).click()
  await page.getByRole('button', { name: 'Keep editing' }).click()
  await expect(page.getByLabel('Name')).toHaveValue('Something else')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Discard changes' }).click()
  await expect(page.getByRole('treeitem', { name: /Build one/ })).toBeVisible()
})

test('an edit that loses a race says so and overwrites nothing', async ({ page, server }) => {
  const id = await open(page, server, planOf('Raced', scripted('one')))
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await entry(page, 'Build one').click()
  await page.getByLabel('Name').fill('Mine')
  await server.put(`/${id}`, planOf('Raced and won', scripted('theirs', { name: 'Theirs' })))
  await expect(page.getByRole('alert')).toContainText('Somebody else has saved revision 2')
  await expect(page.getByLabel('Name')).toHaveValue('Mine')
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled()
  await page.getByRole('button', { name: /edit revision 2/ }).click()
  await expect(entry(page, 'Theirs')).toBeVisible()
})

test('nothing is decided while the plan is edited, and an approval ends the editing', async ({
  page,
  server,
}) => {
  const id = await open(page, server, planOf('Half written', scripted('one')))
  await expect(page.getByRole('button', { name: 'Approve' })).toBeVisible()
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await entry(page, 'Build one').click()
  await page.getByLabel('Name').fill('Better')
  await expect(page.getByRole('button', { name: 'Approve' })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Reject' })).toHaveCount(0)

  await server.post(`/${id}/approve`, {})
  await expect(page.getByRole('alert')).toContainText('The plan is approved meanwhile')
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled()
  await expect(page.getByRole('button', { name: 'Execute' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Drop my changes' }).click()
  await expect(page.getByRole('button', { name: 'Execute' })).toBeVisible()
})

test('an approval is not undone by a text that was read before it', async ({ page, server }) => {
  const id = await open(page, server, planOf('In words', scripted('one')))
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await page.getByRole('button', { name: 'Edit as text' }).click()
  const text = page.getByLabel('Plan file')
  await text.fill((await text.inputValue()).replace('In words', 'In other words'))

  await server.post(`/${id}/approve`, {})
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('dialog')).toContainText('its status is approved')
  await expect(text).toHaveValue(/In other words/)
})

test('every draft can be reached, however many wait', async ({ page, server }) => {
  const drafts = Array.from({ length: 51 }, (_, index) => planOf(`Plan ${index}`, scripted('one')))
  for (const draft of drafts) await server.create(draft)
  await server.signIn(page)
  await page.getByRole('link', { name: /^Review/ }).click()
  await page.getByRole('button', { name: 'Older' }).click()
  await page.getByRole('link', { name: 'Plan 0', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Plan 0', level: 1 })).toBeVisible()
  await page.goBack()
  await page.getByRole('button', { name: 'Approve Plan 0' }).click()
  // The last page is gone with its only plan.
  await expect(page.getByRole('link', { name: 'Plan 50', exact: true })).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Pages' })).toHaveCount(0)
})
