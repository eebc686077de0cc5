/** A plan is changed after it was read: by a model that is asked to, and by hand. */
import { planOf, scripted } from './plans'
import { test as base, expect, type Server, withServer } from './server'
import { TalkingModel } from './talking'

interface Fixtures {
  model: TalkingModel
  /** A server whose embedded model answers as the test tells it to. */
  asking: Server
}

const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names out of the pattern
  model: async ({}, use) => {
    await use(new TalkingModel())
  },
  asking: async ({ model }, use) => {
    const url = await model.start()
    await withServer(use, { MASTERPLAN_MODEL: 'local', MASTERPLAN_LOCAL_MODEL_URL: url })
    await model.stop()
  },
})

test('comments are sent together, again where nothing came of it, and what differs is shown', async ({
  page,
  asking,
  model,
}) => {
  const task = { description: 'Write a greeting for one guest.' }
  const id = await asking.create(planOf('Greetings', scripted('hello', task), scripted('bye')))
  await asking.signIn(page)
  await page.goto(`${asking.url}/plans/${id}?task=1`)
  await page.getByLabel('A comment on this task').fill('For all guests, please.')
  await page.getByRole('button', { name: 'Comment', exact: true }).click()
  await expect(page.getByRole('dialog').getByText('For all guests, please.')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByText('1 comment to be sent')).toBeVisible()

  model.next({ status: 401 })
  await page.getByRole('button', { name: 'Ask for a revision' }).click()
  await expect(page.getByRole('alert')).toContainText('Revision 2 came to nothing')
  await expect(page.getByRole('alert')).toContainText('refused the key')
  await expect(page.getByText('1 comment to be sent')).toBeVisible()

  model.next({
    answer: {
      name: 'Build hello',
      description: 'Write a greeting for all guests.',
      target_files: ['hello.txt'],
      checks: ['test -s hello.txt'],
    },
  })
  await page.getByRole('button', { name: 'Ask for a revision' }).click()
  await expect(page.getByText('revision 3', { exact: true })).toBeVisible()
  await expect(page.getByText(/to be sent/)).toHaveCount(0)

  await page.getByRole('button', { name: 'Revisions' }).click()
  await expect(page.getByText('came to nothing')).toBeVisible()
  const changed = page.getByRole('region', { name: 'Changed: Build hello' })
  await expect(changed.locator('del')).toHaveText(['one', 'guest'])
  await expect(changed.locator('ins')).toHaveText(['all', 'guests'])
  await page.getByLabel('with revision').selectOption('1')
  await expect(page.getByText('They say the same.')).toBeVisible()
})

test('a task is split in two, and a wrong setting is said at its field', async ({
  page,
  shared,
}) => {
  const both = scripted('both', {
    target_files: ['one.txt', 'two.txt'],
    checks: ['test -s one.txt'],
  })
  const id = await shared.create(planOf('Halved', both, scripted('last', { depends_on: ['both'] })))
  await shared.signIn(page)
  await page.goto(`${shared.url}/plans/${id}`)
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await page.getByRole('button', { name: 'Split Build both in two' }).click()
  await page.getByText('Settings of the plan').click()
  await page.getByLabel('Budget in USD').fill('-1')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByLabel('Budget in USD')).toHaveAccessibleDescription(/must be more than 0/)
  await page.getByLabel('Budget in USD').fill('')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved as revision 2')).toBeVisible()

  await page.getByRole('button', { name: 'Revisions' }).click()
  const part = page.getByRole('region', { name: 'Added: Build both (part 2)' })
  await expect(part).toContainText('two.txt')
  await expect(page.getByRole('region', { name: 'Changed: Build both' }).locator('del')).toHaveText(
    ['two.txt'],
  )
  await expect(
    page.getByRole('region', { name: 'Changed: Build last' }).locator('ins'),
  ).toHaveCount(1)

  await page.getByRole('button', { name: 'Restore revision 1' }).click()
  await expect(page.getByText('Revision 3 says what revision 1 said')).toBeVisible()
  await expect(page.getByText('Restored revision 1')).toBeVisible()
  await page.getByLabel('Compare revision').selectOption('1')
  await expect(page.getByText('They say the same.')).toBeVisible()
})
