/** What people write from right to left is read from right to left, wherever it is shown. */
import type { Page } from '@playwright/test'
import { scripted } from './plans'
import { expect, type Server, test } from './server'

const TITLE = 'רשימת מטלות (CLI).'
const SENTENCE = 'שומר מטלות בקובץ JSON, עם הודעות ברורות.'
const PLAN = {
  title: TITLE,
  description: SENTENCE,
  goal: SENTENCE,
  phases: [
    {
      name: 'ליבה',
      milestones: [
        {
          name: 'אחסון',
          tasks: [
            scripted('one', {
              name: 'שמירה בקובץ (JSON)',
              description: SENTENCE,
              max_retries: 0,
              script: { fail_attempts: 1, message: SENTENCE },
            }),
            scripted('two', { name: 'טעינה מהקובץ', depends_on: ['one'] }),
          ],
        },
      ],
    },
  ],
}

/** Text from right to left that takes its direction from what is around it. */
const undirected = (page: Page) =>
  page.evaluate(() => {
    const found: string[] = []
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const text = texts.currentNode.nodeValue ?? ''
      const parent = texts.currentNode.parentElement
      if (!/[\u0590-\u05ff]/.test(text) || !parent) continue
      const own = parent.closest('[dir="auto"], bdi, [data-title], [data-description]')
      if (!own || getComputedStyle(own).unicodeBidi === 'normal') found.push(text)
    }
    return found
  })

async function expectDirected(page: Page, shown: ReturnType<Page['locator']>): Promise<void> {
  await expect(shown).toBeVisible()
  expect(await undirected(page), page.url()).toEqual([])
}

async function show(page: Page, server: Server, path: string): Promise<Page> {
  await page.goto(server.url + path)
  return page
}

test('words run in their own direction', async ({ page, shared: server }) => {
  const draft = await server.create(PLAN)
  const failed = await server.run(PLAN)
  await server.completed(failed)
  await server.signIn(page)
  const title = page.getByRole('heading', { name: TITLE }).first()
  await expectDirected(page, title)
  await expect(title).toHaveCSS('direction', 'rtl')
  await expectDirected(await show(page, server, '/review'), title)
  for (const tab of ['', '?tab=timeline', '?tab=graph']) {
    await expectDirected(await show(page, server, `/plans/${failed}${tab}`), title)
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
  }
  await show(page, server, `/plans/${failed}?task=1`)
  await expectDirected(page, page.getByRole('dialog').getByText(SENTENCE).first())
  await page.getByRole('button', { name: 'Retry with guidance', exact: true }).click()
  const guidance = page.getByLabel('What should the agent do differently?')
  await guidance.fill('השתמש ב-JSON.')
  await expect(guidance).toHaveCSS('direction', 'rtl')
  expect(await undirected(page)).toEqual([])

  await show(page, server, `/plans/${draft}`)
  await page.getByRole('button', { name: 'Approve' }).click()
  await expectDirected(page, page.getByText('Plan approved'))
  await page.keyboard.press('Control+k')
  await expectDirected(page, page.getByRole('option', { name: TITLE }).first())
})
