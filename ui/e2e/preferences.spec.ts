/** What a person asks of the whole system is heeded: less motion, less glass, more contrast. */
import type { Page } from '@playwright/test'
import { planOf, scripted } from './plans'
import { expect, type Server, test } from './server'

/** One task that runs, one that failed, one that is skipped because of it. */
const MIXED = planOf(
  'Of every kind',
  scripted('runs', { script: { duration_s: 600 } }),
  scripted('fails', { max_retries: 0, script: { fail_attempts: 9, message: 'No.' } }),
  scripted('waits', { depends_on: ['fails'] }),
)

async function openMixed(page: Page, server: Server): Promise<void> {
  const id = await server.run(MIXED)
  await server.signIn(page)
  await page.goto(`${server.url}/plans/${id}`)
  await expect(page.locator('[data-status="skipped"]')).toBeVisible()
  await expect(page.locator('[data-status="in_progress"]')).toBeVisible()
}

declare global {
  interface Window {
    motions: string[]
  }
}

/** Note every animation and every transition that begins, from the first moment of each page. */
function noteMotion(): void {
  window.motions = []
  for (const type of ['animationstart', 'transitionstart'] as const) {
    document.addEventListener(type, ({ target }) => {
      const { tagName, className } = target as Element
      window.motions.push(`${type} ${tagName} ${className}`)
    })
  }
}

/** Let the page be drawn: what is to move has begun by then. */
const drawn = (page: Page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(resolve))
      }),
  )

/** Open all that slides, fades or turns elsewhere; tell what moved. */
async function motionOf(page: Page, server: Server): Promise<string[]> {
  await page.addInitScript(noteMotion)
  await openMixed(page, server)
  await page.getByRole('button', { name: 'Pause' }).hover()
  await page.getByRole('treeitem', { name: /Build fails/ }).click()
  await expect(page.getByRole('dialog', { name: 'Build fails' })).toBeVisible()
  await drawn(page)
  await page.keyboard.press('Escape')
  // As long as the drawer is there its keys are its own.
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible()
  await drawn(page)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(page.getByText('Paused', { exact: true })).toBeVisible()
  return page.evaluate(() => window.motions)
}

test('nothing moves where less motion is asked for', async ({ page, shared: server }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  expect(await motionOf(page, server)).toEqual([])
})

test('elsewhere the progress moves, and dialogs appear', async ({ page, shared: server }) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  const motions = (await motionOf(page, server)).join('\n')
  for (const name of ['moving', 'appearing']) expect(motions).toContain(name)
})

const SOLID = [
  { name: 'prefers-reduced-transparency', value: 'reduce' },
  { name: 'prefers-contrast', value: 'more' },
  { name: 'forced-colors', value: 'active' },
]
for (const theme of ['light', 'dark']) {
  test(`every panel is solid where somebody asks for that, ${theme}`, async ({
    page,
    shared: server,
  }) => {
    const client = await page.context().newCDPSession(page)
    const features = [{ name: 'prefers-color-scheme', value: theme }]
    await client.send('Emulation.setEmulatedMedia', { features })
    await openMixed(page, server)
    await page.getByRole('treeitem', { name: /Build fails/ }).click()
    await expect(page.getByRole('dialog', { name: 'Build fails' })).toBeVisible()
    // So that the test is known to see glass where there is some.
    expect(await glassOf(page)).not.toEqual([])
    for (const feature of SOLID) {
      await client.send('Emulation.setEmulatedMedia', { features: [...features, feature] })
      expect(await glassOf(page), feature.name).toEqual([])
    }
  })
}

/** The panels that let through what lies behind them. */
const glassOf = (page: Page) =>
  page.evaluate(() => {
    const alphaOf = (colour: string) => {
      const [, alpha] = /rgba\(.*, ([\d.]+)\)|.*\/ ([\d.]+)\)/.exec(colour)?.filter(Boolean) ?? []
      return alpha === undefined ? 1 : Number(alpha)
    }
    return [...document.querySelectorAll('*')].flatMap((element) => {
      const { backdropFilter, backgroundColor } = getComputedStyle(element)
      if (backdropFilter === 'none') return []
      const blurred = /blur\((?!0px)/.test(backdropFilter)
      const clear = alphaOf(backgroundColor) < 1
      return blurred || clear ? [`${element.className}: ${backdropFilter} ${backgroundColor}`] : []
    })
  })

test('a skipped task is hatched, with more contrast too', async ({ page, shared: server }) => {
  await openMixed(page, server)
  const skipped = page.locator('[data-status="skipped"]')
  for (const contrast of ['no-preference', 'more'] as const) {
    await page.emulateMedia({ contrast })
    await expect(skipped).toHaveCSS('background-image', /repeating-linear-gradient/)
    await expect(page.locator('[data-status="failed"]')).toHaveCSS('background-image', 'none')
    await expect(skipped.getByText('blocked by #2')).toBeVisible()
  }
})
