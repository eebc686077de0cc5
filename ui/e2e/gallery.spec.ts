/** Takes pictures of every page in both themes, wide and narrow: GALLERY=folder npm run e2e. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { GOAL, RecordedModel } from './model'
import { FEEDS, planOf, scripted, TODO } from './plans'
import { expect, type Server, test, withServer } from './server'
import { TalkingModel } from './talking'

const FOLDER = process.env.GALLERY ?? ''
const SHAPES = [
  { name: 'dark', theme: 'dark', width: 1440, height: 900 },
  { name: 'light', theme: 'light', width: 1440, height: 900 },
  { name: 'narrow-dark', theme: 'dark', width: 390, height: 844 },
  { name: 'narrow-light', theme: 'light', width: 390, height: 844 },
] as const

test.beforeAll(() => mkdir(FOLDER, { recursive: true }))

async function shoot(page: Page, name: string): Promise<void> {
  for (const shape of SHAPES) {
    await page.setViewportSize({ width: shape.width, height: shape.height })
    await page.emulateMedia({ colorScheme: shape.theme, reducedMotion: 'reduce' })
    await expect(page.getByText('Loading…')).toHaveCount(0)
    await writeFile(join(FOLDER, `${name}-${shape.name}.png`), await atRest(page))
  }
  await page.setViewportSize({ width: 1440, height: 900 })
}

/** A picture of a page that has come to rest: it looks the same twice. */
async function atRest(page: Page): Promise<Buffer> {
  let picture = await page.screenshot()
  await expect(async () => {
    const before = picture
    picture = await page.screenshot()
    expect(picture.equals(before)).toBe(true)
  }).toPass()
  return picture
}

async function furnish(server: Server): Promise<{ running: string; finished: string }> {
  const finished = await server.run(
    planOf(
      'Greeting in three languages',
      scripted('greet'),
      scripted('translate', { depends_on: ['greet'] }),
    ),
  )
  await server.create(FEEDS)
  await server.create({
    ...planOf('Photo backup', scripted('copy')),
    description: 'Copies new photos to a second disk and checks every byte.',
  })
  const rejected = await server.create(planOf('Rewrite everything', scripted('all')))
  await server.post(`/${rejected}/reject`, {
    rejection_reason: 'Too large: begin with the storage.',
  })
  const running = await server.run(TODO)
  return { running, finished }
}

test('pictures', async ({ page, server }) => {
  test.setTimeout(300_000)
  await page.goto(server.url)
  await shoot(page, 'signed-out')
  await server.signIn(page)
  await expect(page.getByText('Nothing planned yet')).toBeVisible()
  await shoot(page, 'list-empty')
  const { running, finished } = await furnish(server)
  await page.goto(`${server.url}/plans/${running}`)
  await expect(page.locator('[data-status="failed"]')).toHaveCount(1)
  await expect(page.locator('[data-status="completed"]')).toHaveCount(4)
  await expect(page.locator('[data-status="in_progress"]')).toHaveCount(2)
  await shoot(page, 'detail-running')
  await page.goto(server.url)
  await expect(page.getByRole('heading', { name: 'Photo backup' })).toBeVisible()
  await shoot(page, 'list')
  await page.goto(`${server.url}/plans/${running}?task=4`)
  await expect(page.getByText('The lock file is never removed').first()).toBeVisible()
  await shoot(page, 'drawer-failed')
  await page.goto(`${server.url}/plans/${running}?task=1`)
  await expect(page.getByText('Changes: 1 file')).toBeVisible()
  await shoot(page, 'drawer-completed')
  await page.goto(`${server.url}/plans/${finished}`)
  await expect(page.getByText('Everything was built and proven.')).toBeVisible()
  await shoot(page, 'detail-finished')
  await page.goto(`${server.url}/plans/${running}?tab=files`)
  await expect(page.getByRole('button', { name: 'todo/task.py' })).toBeVisible()
  await shoot(page, 'files')
  await page.goto(`${server.url}/plans/${running}?tab=timeline`)
  await expect(page.getByLabel(/Attempt 2: Failed/)).toBeVisible()
  await shoot(page, 'timeline')
  await page.goto(`${server.url}/plans/${running}?tab=graph`)
  await expect(page.getByText('2 / 2').first()).toBeVisible()
  await expect(page.locator('.graph-controls')).toBeInViewport({ ratio: 1 })
  await shoot(page, 'graph')
  await page.getByRole('button', { name: 'Tasks' }).last().click()
  await expect(page.getByText('#10 Readme')).toBeVisible()
  await shoot(page, 'graph-tasks')
  await page.goto(`${server.url}/review`)
  await expect(page.getByRole('heading', { name: 'Photo backup' })).toBeVisible()
  await shoot(page, 'review')
  await page.keyboard.press('j')
  await page.keyboard.press('r')
  await expect(page.getByRole('dialog')).toBeVisible()
  await shoot(page, 'reject')
  await page.goto(`${server.url}/new`)
  await page.getByText('Options', { exact: true }).click()
  await expect(page.getByLabel('Budget in USD')).toBeVisible()
  await shoot(page, 'new-goal')
  await page.getByRole('button', { name: 'From a plan file' }).click()
  await page
    .getByLabel(/Paste a plan/)
    .fill(
      'title: Broken\nphases:\n- name: Core\n  milestones:\n  - name: One\n    tasks:\n    - {key: a, name: A, target_files: [../out.txt], depends_on: [nobody]}',
    )
  await page.getByRole('button', { name: 'Store as draft' }).click()
  await expect(page.getByText('cannot be taken yet')).toBeVisible()
  await shoot(page, 'new-file')
  await page.goto(`${server.url}/system`)
  await expect(page.getByText('What works here')).toBeVisible()
  await shoot(page, 'system')
  await page.goto(server.url)
  await expect(page.getByRole('heading', { name: 'Photo backup' })).toBeVisible()
  await page.keyboard.press('Control+k')
  await expect(page.getByPlaceholder('Search plans and commands')).toBeVisible()
  await expect(page.getByRole('option', { name: /Photo backup/ })).toBeVisible()
  await shoot(page, 'palette')
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible()
  await shoot(page, 'help')
  await page.goto(`${server.url}/plans/nothing`)
  await expect(page.getByText('There is no such plan')).toBeVisible()
  await shoot(page, 'no-plan')
})

/** Shoots the page of a plan once it says what it is there to show. */
const visitor =
  (page: Page, server: Server) => async (name: string, id: string, seen: string | RegExp) => {
    await page.goto(`${server.url}/plans/${id}`)
    await expect(page.getByText(seen).first()).toBeVisible()
    await shoot(page, name)
  }

test('pictures of what comes before a run', async ({ page, server }) => {
  test.setTimeout(300_000)
  await server.signIn(page)
  await page.goto(`${server.url}/review`)
  await expect(page.getByRole('heading', { level: 2 })).toBeVisible()
  await shoot(page, 'review-empty')
  const see = visitor(page, server)

  const doubtful = await server.create(FEEDS)
  await see('detail-warnings', doubtful, 'before you approve')
  await page.goto(`${server.url}/review`)
  await expect(page.getByText(/\d warnings?/).first()).toBeVisible()
  await shoot(page, 'review-warnings')
  await page.goto(`${server.url}/plans/${doubtful}`)
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await page.getByRole('button', { name: /^Open an article/, expanded: false }).click()
  await page.getByRole('textbox', { name: 'Check 1' }).fill('test -s reader/open.py')
  await expect(page.getByText('Not saved yet')).toBeVisible()
  await page.getByText('Settings of the plan').click()
  await expect(page.getByLabel('Budget in USD')).toBeVisible()
  await shoot(page, 'editor')

  const draft = await server.create(TODO)
  await see('detail-draft', draft, '#1')
  await server.post(`/${draft}/approve`, {})
  await see('detail-approved', draft, 'Approved')
  const rejected = await server.create(TODO)
  await server.post(`/${rejected}/reject`, {
    rejection_reason: 'Too large: begin with the storage, and show me that it survives a crash.',
  })
  await see('detail-rejected', rejected, 'Too large')

  const large = await server.create({
    title: 'A thousand tasks',
    phases: Array.from({ length: 10 }, (_, phase) => ({
      name: `Phase ${phase + 1}`,
      milestones: Array.from({ length: 10 }, (_, milestone) => ({
        name: `Milestone ${phase + 1}.${milestone + 1}`,
        tasks: Array.from({ length: 10 }, (_, n) =>
          scripted(`t${phase * 100 + milestone * 10 + n}`),
        ),
      })),
    })),
  })
  await see('detail-large', large, 'A thousand tasks')
  await page.goto(`${server.url}/plans/${large}?tab=graph`)
  await expect(page.getByText(/^Milestone \d+\.\d+$/).first()).toBeVisible()
  await shoot(page, 'graph-large')
})

test('pictures of what a run comes to', async ({ page, server }) => {
  test.setTimeout(300_000)
  await server.signIn(page)
  const see = visitor(page, server)

  const slowCheck = { checks: ['sleep 120', 'true'] }
  const validating = await server.run(
    planOf('Slow proof', scripted('proof', slowCheck), scripted('use', { depends_on: ['proof'] })),
  )
  await see('detail-validating', validating, 'Validating')
  await server.post(`/${validating}/cancel`, {})
  await see('detail-cancelled', validating, 'Cancelled')

  const fails = { max_retries: 0, script: { fail_attempts: 9, message: 'The disk is full.' } }
  const partial = await server.run(
    planOf('Half of it', scripted('one'), scripted('two', fails), {
      ...scripted('three'),
      depends_on: ['two'],
    }),
  )
  await see('detail-partial', partial, 'Part of it was built')
  const failed = await server.run(planOf('None of it', scripted('one', fails)))
  await see('detail-failed', failed, 'No task succeeded')

  const paused = await server.run(
    planOf(
      'Steered by hand',
      scripted('one', { script: { duration_s: 1 } }),
      scripted('two', { depends_on: ['one'] }),
      scripted('three', { depends_on: ['two'] }),
    ),
  )
  await server.post(`/${paused}/pause`, {})
  await see('detail-paused', paused, 'Paused')

  await page.goto(server.url)
  await expect(page.getByText('Steered by hand')).toBeVisible()
  await shoot(page, 'list-states')
  await page.getByLabel('Search plans').fill('nothing like this')
  await expect(page.getByText('No plan matches')).toBeVisible()
  await shoot(page, 'list-no-match')

  await page.goto(`${server.url}/plans/${partial}`)
  await expect(page.getByText('Part of it was built')).toBeVisible()
  await server.kill()
  await expect(page.locator('[data-state]')).toHaveText('Reconnecting')
  await shoot(page, 'server-gone')
})

test('pictures of planning', async ({ page }) => {
  test.setTimeout(300_000)
  const model = await RecordedModel.start()
  const environment = { MASTERPLAN_MODEL: 'local', MASTERPLAN_LOCAL_MODEL_URL: model.url }
  await withServer(async (server) => {
    await model.open(3)
    await server.signIn(page)
    await page.goto(`${server.url}/new`)
    await page.getByLabel('What do you want to have?').fill(GOAL)
    await shoot(page, 'new-goal-filled')
    await page.getByRole('button', { name: 'Make a plan' }).click()
    await expect(page.getByLabel('Steps of planning').getByRole('listitem').nth(3)).toBeVisible()
    await shoot(page, 'generating')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await shoot(page, 'generating-cancel')
    await page.keyboard.press('Escape')
    await model.stop()
    await expect(page.getByRole('button', { name: 'Plan it again' })).toBeVisible()
    await shoot(page, 'generation-failed')
  }, environment)
})

test('pictures of a conversation', async ({ page }) => {
  test.setTimeout(300_000)
  const planner = await RecordedModel.start()
  const model = new TalkingModel(planner)
  const url = await model.start()
  const environment = { MASTERPLAN_MODEL: 'local', MASTERPLAN_LOCAL_MODEL_URL: url }
  await withServer(async (server) => {
    model.next(
      { status: 401 },
      { turn: { reply: 'Gladly. Two things first:', questions: ['Which way?', 'How large?'] } },
      { beginning: 'Then it is clear. It takes a number or a numeral and' },
    )
    await server.signIn(page)
    await page.goto(`${server.url}/chat`)
    await expect(page.getByText('Conversations are kept here.')).toBeVisible()
    await shoot(page, 'chat-empty')
    const say = async (words: string) => {
      await page.getByLabel('Message', { exact: true }).fill(words)
      await page.keyboard.press('Enter')
    }
    await say('Something that converts Roman numerals')
    await expect(page.getByRole('alert')).toBeVisible()
    await shoot(page, 'chat-failed')
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(page.getByText('How large?', { exact: true })).toBeVisible()
    await shoot(page, 'chat-questions')
    await say('Both ways, up to 3999; `python main.py 2024` prints MMXXIV')
    await expect(page.getByText(/^Then it is clear/)).toBeVisible()
    await shoot(page, 'chat-writing')
    model.next({ turn: { reply: 'It is clear now.', goal: GOAL, ready: true } })
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(page.getByRole('region', { name: 'Proposed goal' })).toBeVisible()
    await shoot(page, 'chat-goal')
    await page.getByRole('button', { name: 'Make the plan' }).click()
    await expect(page.getByRole('link', { name: 'Review the plan' })).toBeVisible()
    await shoot(page, 'chat-plan')
  }, environment)
  await model.stop()
  await planner.stop()
})

test('pictures of revisions', async ({ page }) => {
  test.setTimeout(300_000)
  const model = new TalkingModel()
  const url = await model.start()
  const environment = { MASTERPLAN_MODEL: 'local', MASTERPLAN_LOCAL_MODEL_URL: url }
  await withServer(async (server) => {
    const id = await server.create(FEEDS)
    await server.put(`/${id}`, {
      ...FEEDS,
      title: `${FEEDS.title}, offline too`,
      phases: [...FEEDS.phases].reverse(),
    })
    await server.post(`/${id}/comments`, { text: 'Show the newest first.', task_key: null })
    await server.signIn(page)
    await page.goto(`${server.url}/plans/${id}?tab=revisions`)
    await expect(page.getByText('What differs')).toBeVisible()
    await page.getByText('What differs').scrollIntoViewIfNeeded()
    await shoot(page, 'revisions')
    await page.getByLabel('What should be different?').fill('Keep articles for a month.')
    await shoot(page, 'revise')
    model.next({ status: 401 })
    await page.getByRole('button', { name: 'Ask for a revision' }).click()
    await expect(page.getByRole('alert')).toContainText('came to nothing')
    await shoot(page, 'revise-failed')
  }, environment)
  await model.stop()
})
