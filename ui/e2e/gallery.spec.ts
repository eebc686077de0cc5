/** Takes pictures of every page in both themes, wide and narrow: GALLERY=folder npm run e2e. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { planOf, scripted, TODO } from './plans'
import { expect, type Server, test } from './server'

const FOLDER = process.env.GALLERY ?? ''
const SHAPES = [
  { name: 'dark', theme: 'dark', width: 1280, height: 860 },
  { name: 'light', theme: 'light', width: 1280, height: 860 },
  { name: 'narrow-dark', theme: 'dark', width: 390, height: 844 },
  { name: 'narrow-light', theme: 'light', width: 390, height: 844 },
] as const

async function shoot(page: Page, name: string): Promise<void> {
  for (const shape of SHAPES) {
    await page.setViewportSize({ width: shape.width, height: shape.height })
    await page.emulateMedia({ colorScheme: shape.theme, reducedMotion: 'reduce' })
    await page.waitForTimeout(250)
    await page.screenshot({ path: join(FOLDER, `${name}-${shape.name}.png`) })
  }
  await page.setViewportSize({ width: 1280, height: 860 })
}

async function furnish(server: Server): Promise<{ running: string; finished: string }> {
  const finished = await server.run(
    planOf(
      'Greeting in three languages',
      scripted('greet'),
      scripted('translate', { depends_on: ['greet'] }),
    ),
  )
  await server.create({
    ...planOf(
      'Feed reader for the terminal',
      ...Array.from({ length: 14 }, (_, i) => scripted(`part${i}`)),
    ),
    description: 'Reads RSS and Atom, keeps what was read, and opens articles in the browser.',
  })
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
  await mkdir(FOLDER, { recursive: true })
  await page.goto(server.url)
  await shoot(page, 'signed-out')
  await server.signIn(page)
  await expect(page.getByText('Nothing planned yet')).toBeVisible()
  await shoot(page, 'list-empty')
  const { running, finished } = await furnish(server)
  await page.goto(`${server.url}/plans/${running}`)
  await expect(page.locator('[data-status="failed"]')).toHaveCount(1)
  await page.waitForTimeout(2500)
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
  await expect(page.getByText('2 / 2')).toBeVisible()
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
  await page.keyboard.press('Control+k')
  await expect(page.getByPlaceholder('Search plans and commands')).toBeVisible()
  await page.waitForTimeout(500)
  await shoot(page, 'palette')
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible()
  await shoot(page, 'help')
  await page.goto(`${server.url}/plans/nothing`)
  await expect(page.getByText('There is no such plan')).toBeVisible()
  await shoot(page, 'no-plan')
})
