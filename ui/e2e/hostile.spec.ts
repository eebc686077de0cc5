/** Every page of a plan whose words have no end; the chat's are in chat.spec.ts. */
import type { Page } from '@playwright/test'
import { scripted } from './plans'
import { expect, type Server, test } from './server'
import { fits, SENTENCE, WORD } from './words'

const HOSTILE = {
  title: WORD,
  description: SENTENCE,
  goal: SENTENCE,
  phases: [
    {
      name: WORD,
      description: SENTENCE,
      milestones: [
        {
          name: WORD,
          description: SENTENCE,
          tasks: [
            scripted('one', {
              name: WORD,
              description: SENTENCE,
              target_files: [`${WORD}.txt`],
              checks: [`test -s ${WORD}.txt`],
              max_retries: 0,
              script: { fail_attempts: 1, message: SENTENCE },
            }),
            scripted('two', {
              name: `${WORD}B`,
              target_files: [`${WORD}.txt`],
              checks: ['true'],
            }),
          ],
        },
      ],
    },
  ],
}

async function walk(page: Page, server: Server, drafted: string, failed: string): Promise<void> {
  const title = page.getByRole('heading', { name: WORD }).first()
  for (const path of ['/', '/review', '/review?filter=rejected']) {
    await page.goto(server.url + path)
    await expect(title).toBeVisible()
    await fits(page, path)
  }
  await page.goto(`${server.url}/plans/${drafted}`)
  await expect(page.getByText(/before you approve/)).toBeVisible()
  await fits(page, 'the draft')
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await page.getByRole('button', { name: WORD, expanded: false }).first().click()
  await expect(page.getByLabel('Files')).toBeVisible()
  await fits(page, 'the editor')
  await page.goto(`${server.url}/plans/${drafted}?tab=revisions`)
  await expect(page.getByText('Revision 1')).toBeVisible()
  await fits(page, 'the revisions')
  for (const tab of ['', '?tab=files', '?tab=graph', '?tab=timeline', '?task=1']) {
    await page.goto(`${server.url}/plans/${failed}${tab}`)
    await expect(title).toBeAttached()
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
    await fits(page, `the failed plan ${tab}`)
  }
  await expect(page.getByRole('dialog').getByText(SENTENCE).first()).toBeVisible()
  const drawer = page.getByRole('dialog')
  const [wanted, given] = await drawer.evaluate((it) => [it.scrollWidth, it.clientWidth])
  expect(wanted, 'the drawer is too wide').toBeLessThanOrEqual(given ?? 0)
}

for (const width of [390, 1440]) {
  test(`long words break at ${width} px`, async ({ page, server }) => {
    const drafted = await server.create(HOSTILE)
    const rejected = await server.create(HOSTILE)
    await server.post(`/${rejected}/reject`, { rejection_reason: SENTENCE })
    const failed = await server.run(HOSTILE)
    await server.completed(failed)
    await page.setViewportSize({ width, height: 860 })
    await server.signIn(page)
    await walk(page, server, drafted, failed)
  })
}
