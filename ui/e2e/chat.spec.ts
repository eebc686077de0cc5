/** A conversation becomes a plan, whatever happens to the server meanwhile. */
import type { Page } from '@playwright/test'
import { expectNoViolations } from './axe'
import { GOAL, RecordedModel } from './model'
import { test as base, expect, type Server, withServer } from './server'
import { TalkingModel } from './talking'
import { fits, SENTENCE, WORD } from './words'

interface Fixtures {
  planner: RecordedModel
  model: TalkingModel
  /** A server whose embedded model is the one that talks. */
  talking: Server
}

const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names out of the pattern
  planner: async ({}, use) => {
    const model = await RecordedModel.start()
    await use(model)
    await model.stop()
  },
  model: async ({ planner }, use) => {
    await use(new TalkingModel(planner))
  },
  talking: async ({ model }, use) => {
    const url = await model.start()
    await withServer(use, { MASTERPLAN_MODEL: 'local', MASTERPLAN_LOCAL_MODEL_URL: url })
    await model.stop()
  },
})

async function openChat(page: Page, server: Server): Promise<void> {
  await server.signIn(page)
  await page.getByRole('link', { name: 'Chat' }).click()
  await expect(page.getByRole('heading', { name: 'Chat', level: 1 })).toBeVisible()
}

async function say(page: Page, words: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(words)
  await page.keyboard.press('Enter')
}

const messages = (page: Page) => page.getByRole('list', { name: 'Messages' })

test('a conversation survives the server and becomes a plan', async ({ page, talking, model }) => {
  model.next(
    { beginning: 'Which way rou' },
    { turn: { reply: 'Which way round?', questions: ['What does it print for 2024?'] } },
    { turn: { reply: 'It is clear now.', goal: GOAL, ready: true } },
  )
  await openChat(page, talking)
  await expectNoViolations(page)
  await say(page, 'A converter of Roman numerals')
  await expect(messages(page)).toContainText('Which way rou')
  await talking.kill()
  await expect(page.locator('[data-state]')).toHaveText('Reconnecting')
  await talking.start()
  await expect(messages(page)).toContainText('Which way round?')
  await expect(messages(page)).toContainText('What does it print for 2024?')

  await say(page, 'Both; `python main.py 2024` prints MMXXIV')
  await expect(page.getByRole('region', { name: 'Proposed goal' })).toContainText('MMXXIV')
  await expectNoViolations(page)
  await page.getByRole('button', { name: 'Make the plan' }).click()
  await page.getByRole('link', { name: 'Review the plan' }).click()
  await expect(page.getByRole('button', { name: 'Approve' })).toBeVisible()
  await page.getByRole('link', { name: 'A converter of Roman numerals' }).click()
  await expect(page.getByRole('link', { name: 'Review the plan' })).toBeVisible()
})

test('an answer is stopped, fails and is tried again', async ({ page, talking, model }) => {
  model.next(
    { beginning: 'Which wo' },
    { status: 401 },
    { turn: { reply: '<b>Which</b> words?', goal: 'A greeting.' } },
  )
  await openChat(page, talking)
  await say(page, 'A greeting')
  await expect(messages(page)).toContainText('Which wo')
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(page.getByText('Stopped', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('alert')).toContainText('refused the key: check it')
  await page.getByRole('button', { name: 'Try again' }).click()
  // What a model writes is text, whatever it looks like.
  await expect(messages(page)).toContainText('<b>Which</b> words?')
  await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0)

  await page.getByRole('button', { name: 'Rename' }).click()
  await page.getByLabel('Title', { exact: true }).fill('Greetings')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Greetings', level: 1 })).toBeVisible()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByRole('heading', { name: 'Chat', level: 1 })).toBeVisible()
  await expect(page.getByText('Conversations are kept here.')).toBeVisible()
})

test('long words break in a conversation, which a narrow window holds', async ({
  page,
  talking,
  model,
}) => {
  model.next(
    { turn: { reply: WORD, questions: [`${WORD}?`], goal: SENTENCE, ready: true } },
    { status: 401 },
  )
  await openChat(page, talking)
  await say(page, WORD)
  await expect(page.getByRole('region', { name: 'Proposed goal' })).toContainText(WORD)
  await fits(page, 'the conversation')
  await say(page, 'And now?')
  await expect(page.getByRole('alert')).toContainText('refused the key')
  await page.setViewportSize({ width: 390, height: 844 })
  await expect(page.getByRole('link', { name: 'All conversations' })).toBeVisible()
  await fits(page, 'the narrow conversation')
  await expectNoViolations(page)
})
