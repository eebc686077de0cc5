/** The whole journey against the real server, database and engine. */
import { HOLD, planOf, scripted } from './plans'
import { expect, test } from './server'

const PLAN_FILE = `title: Greeting program
description: Says hello.
phases:
- name: Core
  milestones:
  - name: Program
    tasks:
    - {key: words, name: Choose the words, target_files: [words.txt], agent: command,
       checks: ["test -s words.txt"], command: "${HOLD}; echo Hello > words.txt"}
    - {key: voice, name: Find the voice, target_files: [voice.txt], agent: scripted,
       checks: ["test -s voice.txt"], max_retries: 1,
       script: {fail_attempts: 2, message: The voice is gone.}}
- name: Delivery
  milestones:
  - name: Release
    tasks:
    - {key: release, name: Release it, target_files: [release.txt], agent: scripted,
       depends_on: [words, voice], checks: ["test -s release.txt"]}
`

test('a plan file becomes checked code, with a failure mended on the way', async ({
  page,
  server,
}) => {
  await page.goto(server.url)
  await expect(page.getByRole('heading', { name: 'This browser is not signed in' })).toBeVisible()
  await server.signIn(page)
  await expect(page.getByRole('heading', { name: 'Nothing planned yet' })).toBeVisible()

  await page.getByRole('link', { name: 'Make the first plan' }).click()
  await page.getByRole('button', { name: 'From a plan file' }).click()
  await page.getByLabel(/Paste a plan/).fill(PLAN_FILE)
  await page.getByRole('button', { name: 'Store as draft' }).click()

  await expect(page.getByRole('heading', { name: 'Greeting program' })).toBeVisible()
  await page.getByRole('button', { name: 'Approve' }).click()
  await expect(page.getByText('Plan approved')).toBeVisible()
  await page.getByRole('button', { name: 'Execute' }).click()
  await expect(page.getByText('Execution started')).toBeVisible()

  const words = page.getByRole('treeitem', { name: /Choose the words/ })
  const voice = page.getByRole('treeitem', { name: /Find the voice/ })
  const release = page.getByRole('treeitem', { name: /Release it/ })
  await expect(words.locator('[data-status="in_progress"]')).toBeVisible()
  await expect(page).toHaveTitle(/^\d+%.* · Greeting program$/)
  await expect(voice.getByText('Failed')).toBeVisible()
  await server.release(new URL(page.url()).pathname.split('/').at(-1) ?? '', 'words')
  await expect(words.getByText('Completed')).toBeVisible()
  await expect(release.getByText('blocked by #2')).toBeVisible()
  await expect(page.getByText('1 of 3 tasks completed', { exact: true })).toBeVisible()
  await expect(page.getByText(/1 of 3 tasks completed in .* Workspace: /)).toBeVisible()

  await voice.click()
  const drawer = page.getByRole('dialog')
  await expect(drawer.getByText('The voice is gone.').first()).toBeVisible()
  await expect(drawer.getByRole('button', { name: /Attempt 1: failed/ })).toBeVisible()
  await drawer.getByRole('button', { name: 'Retry with guidance' }).click()
  await page.getByLabel('What should the agent do differently?').fill('Drink some tea first.')
  await page.getByRole('button', { name: 'Retry task' }).click()

  await expect(drawer.getByRole('button', { name: /Attempt 3: completed/ })).toBeVisible()
  await expect(drawer.getByText('Drink some tea first.')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByText('3 of 3 tasks completed', { exact: true })).toBeVisible()
  await expect(
    page.getByRole('heading', { name: 'Everything was built and proven.' }),
  ).toBeVisible()

  await page.getByRole('navigation', { name: 'Views' }).getByText('Files').click()
  await page.getByRole('button', { name: 'voice.txt' }).click()
  await expect(page.locator('pre')).toContainText('voice: Find the voice')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'ZIP' }).click()
  expect((await download).suggestedFilename()).toMatch(/^masterplan-.*\.zip$/)
})

test('a plan is rejected with a reason, by keys alone', async ({ page, shared: server }) => {
  await server.create(planOf('First plan', scripted('one')))
  await server.create(planOf('Second plan', scripted('two')))
  await server.signIn(page)
  await page.getByRole('link', { name: /^Review/ }).click()
  // The list that was left shows the plan's name too.
  await expect(page.getByRole('heading', { name: 'Review', level: 1 })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'First plan' })).toBeVisible()
  // The newest is the first of the queue.
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await expect(page.getByRole('link', { name: 'First plan', exact: true })).toBeFocused()
  await page.keyboard.press('r')
  await expect(page.getByLabel('Why is it rejected?')).toBeFocused()
  await page.keyboard.type('Begin with the storage: jar.')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('Plan rejected')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'First plan' })).toHaveCount(0)
  await page.getByRole('button', { name: /^Rejected/ }).click()
  await expect(page.getByText('Begin with the storage: jar.').first()).toBeVisible()
})

test('two browsers: both pages end up true, and the later one says so', async ({
  browser,
  page,
  shared: server,
}) => {
  const id = await server.create(planOf('Contested', scripted('one')))
  const address = `${server.url}/plans/${id}`
  await server.signIn(page)
  await page.goto(address)
  await expect(page.getByRole('button', { name: 'Approve' })).toBeVisible()

  const state = await page.context().storageState()
  const other = await (await browser.newContext({ storageState: state })).newPage()
  // This browser hears nothing, so that it acts upon what is no longer so.
  await other.routeWebSocket(/socket\.io/, () => undefined)
  await other.goto(address)
  await expect(other.getByRole('button', { name: 'Approve' })).toBeVisible()

  await page.getByRole('button', { name: 'Approve' }).click()
  await expect(page.getByRole('button', { name: 'Execute' })).toBeVisible()
  await other.getByRole('button', { name: 'Approve' }).click()
  await expect(other.getByText('Not approved')).toBeVisible()
  await expect(other.getByRole('button', { name: 'Execute' })).toBeVisible()
  await other.context().close()
})

test('what another browser does appears by itself', async ({ page, shared: server }) => {
  const id = await server.create(planOf('Watched', scripted('one')))
  await server.signIn(page)
  await page.goto(`${server.url}/plans/${id}`)
  await expect(page.getByRole('button', { name: 'Approve' })).toBeVisible()
  await server.post(`/${id}/approve`, {})
  await expect(page.getByRole('button', { name: 'Execute' })).toBeVisible()
  await server.post(`/${id}/execute`, {})
  await expect(page.getByText('1 of 1 task completed', { exact: true })).toBeVisible()
})

test('a draft is edited into its next revision', async ({ page, shared: server }) => {
  const id = await server.create(planOf('Misspelt', scripted('one')))
  await server.signIn(page)
  await page.goto(`${server.url}/plans/${id}`)
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await page.getByRole('button', { name: 'Edit as text' }).click()
  const file = page.getByLabel('Plan file')
  const text = await file.inputValue()
  await file.fill(text.replace('one.txt', '../one.txt'))
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText(/leads to another directory/)).toBeVisible()
  await file.fill(text.replace('Misspelt', 'Well spelt'))
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { name: 'Well spelt' })).toBeVisible()
  await expect(page.getByText('revision 2', { exact: true })).toBeVisible()
})

test('a generation that fails says why', async ({ page, shared: server }) => {
  await server.signIn(page)
  await page.getByRole('link', { name: 'New plan' }).first().click()
  await page.getByLabel('What do you want to have?').fill('A small calculator')
  // A model whose provider has no key here.
  await page.route('**/generate', async (route) => {
    const body = route.request().postDataJSON()
    await route.continue({
      postData: { ...body, settings: { ...body.settings, model: 'mistral:codestral-latest' } },
    })
  })
  await page.getByRole('button', { name: 'Make a plan' }).click()
  await expect(page.getByRole('heading', { name: 'A small calculator' })).toBeVisible()
  await expect(page.getByText('Failed', { exact: true })).toBeVisible()
  await expect(page.getByText(/MISTRAL_API_KEY/)).toBeVisible()
})

test("a running task's log is followed, and searched", async ({ page, shared: server }) => {
  const id = await server.create(
    planOf('Talkative', {
      key: 'talk',
      name: 'Talk',
      target_files: ['said.txt'],
      agent: 'command',
      command:
        'for i in 1 2 3 4 5 6 7 8; do echo "line number $i"; sleep 0.5; done; echo x > said.txt',
      checks: ['test -s said.txt'],
    }),
  )
  await server.signIn(page)
  await page.goto(`${server.url}/plans/${id}?task=1`)
  await expect(page.getByRole('dialog', { name: 'Talk' })).toBeVisible()
  // Begun before the page's eyes, however long it took to open.
  await server.execute(id)
  const log = page.getByRole('log')
  await expect(log.getByText('line number 2')).toBeVisible()
  await expect(page.getByRole('dialog').getByText('In progress')).toBeVisible()
  await expect(log.getByText('line number 8')).toBeVisible()
  await expect(log.getByText('check passed')).toBeVisible()
  await page.getByLabel('Search the log').fill('number 3')
  await expect(log.getByText('line number 3')).toBeVisible()
  await expect(log.getByText('line number 4')).toHaveCount(0)
  await expect(page.getByText('1 line found')).toBeVisible()
})

test('a plan is paused, resumed and cancelled', async ({ page, shared: server }) => {
  const id = await server.run(
    planOf(
      'Steered',
      scripted('one', { script: { duration_s: 2 } }),
      scripted('two', { depends_on: ['one'], script: { duration_s: 600 } }),
    ),
  )
  await server.signIn(page)
  await page.goto(`${server.url}/plans/${id}`)
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(page.getByText('Paused', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(page.getByText('1 of 2 tasks completed', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Cancel plan' }).click()
  await expect(
    page.getByRole('treeitem', { name: /Build two/ }).getByText('Cancelled'),
  ).toBeVisible()
  await expect(page.getByRole('button', { name: 'Pause' })).toHaveCount(0)
})
