/** The whole journey by keyboard alone: no test in this file touches a mouse. */
import type { Page } from '@playwright/test'
import { planOf, scripted } from './plans'
import { expect, test } from './server'

/** The second task fails until it is told what to do. */
const JOURNEY = planOf(
  'By keys',
  scripted('words'),
  scripted('voice', {
    depends_on: ['words'],
    max_retries: 0,
    script: { fail_attempts: 1, message: 'The voice is gone.' },
  }),
)

test('from the queue through a failure to the end', async ({ page, shared: server }) => {
  await server.create(JOURNEY)
  await server.create(planOf('Not wanted', scripted('one')))
  await server.signIn(page)
  await openByName(page, 'Review queue')
  await expect(page.getByRole('heading', { name: 'Review', exact: true })).toBeVisible()
  // The newest is the first of the queue.
  const unwanted = page.getByRole('link', { name: 'Not wanted', exact: true })
  const wanted = page.getByRole('link', { name: 'By keys', exact: true })
  await expect(unwanted).toBeVisible()
  await page.keyboard.press('j')
  await expect(unwanted).toBeFocused()
  await page.keyboard.press('j')
  await expect(wanted).toBeFocused()
  await page.keyboard.press('k')
  await expect(unwanted).toBeFocused()
  await page.keyboard.press('r')
  await expect(page.getByLabel('Why is it rejected?')).toBeFocused()
  await page.keyboard.type('Nobody asked for it.')
  await page.keyboard.press('Control+Enter')
  await expect(unwanted).toHaveCount(0)
  await expect(wanted).toBeFocused()
  await page.keyboard.press('Enter')
  const title = page.getByRole('heading', { name: 'By keys', level: 1 })
  await expect(title).toBeVisible()
  await openByName(page, 'Review queue')
  await expect(page.getByRole('heading', { name: 'Review', exact: true })).toBeVisible()
  await expect(wanted).toBeVisible()
  await page.keyboard.press('j')
  await expect(wanted).toBeFocused()
  await page.keyboard.press('a')
  await expect(wanted).toHaveCount(0)

  await openByName(page, 'By keys')
  await expect(title).toBeVisible()
  await expect(page.getByRole('button', { name: 'Execute' })).toBeVisible()
  await tabTo(page, 'Execute')
  await page.keyboard.press('Enter')
  await expect(page.getByText('1 of 2 tasks completed', { exact: true })).toBeVisible()
  const voice = page.getByRole('treeitem', { name: /Build voice/ })
  await expect(voice.getByText('Failed', { exact: true })).toBeVisible()

  await tabTo(page, 'Core')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('treeitem', { name: /Build words/ })).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(voice).toBeFocused()
  await page.keyboard.press('Enter')
  const drawer = page.getByRole('dialog', { name: 'Build voice' })
  await expect(drawer.getByText('The voice is gone.').first()).toBeVisible()
  await tabTo(page, 'Retry with guidance')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('What should the agent do differently?')).toBeFocused()
  await page.keyboard.type('Drink some tea first.')
  await page.keyboard.press('Control+Enter')
  await expect(drawer.getByText('Drink some tea first.')).toBeVisible()
  await expect(drawer.getByRole('button', { name: /Attempt 2: completed/ })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(drawer).toHaveCount(0)
  await expect(voice).toBeFocused()
  await expect(page.getByText('2 of 2 tasks completed', { exact: true })).toBeVisible()
})

test('a key decides on no plan that was not shown as chosen', async ({ page, server }) => {
  for (const title of ['Oldest', 'Older', 'Newest']) {
    await server.create(planOf(title, scripted('one')))
  }
  await server.signIn(page)
  await openByName(page, 'Review queue')
  await expect(page.getByRole('heading', { name: 'Review', exact: true })).toBeVisible()
  const link = (title: string) => page.getByRole('link', { name: title, exact: true })
  await expect(link('Newest')).toBeVisible()
  await page.keyboard.press('a')
  await expect(link('Newest')).toBeFocused()
  await page.keyboard.press('j')
  // A key that is held down is one decision, not one for each plan of the queue.
  await page.keyboard.down('a')
  await expect(link('Older')).toHaveCount(0)
  await expect(link('Oldest')).toBeFocused()
  await page.keyboard.down('a')
  await page.keyboard.down('a')
  await page.keyboard.up('a')
  await page.getByRole('button', { name: /^Approved, not started/ }).click()
  await expect(link('Older')).toBeVisible()
  await expect(page.getByRole('heading', { level: 2 })).toHaveText(['Older'])
})

test('help and the palette open, close and give the focus back', async ({
  page,
  shared: server,
}) => {
  await server.signIn(page)
  await tabTo(page, 'New plan')
  const link = page.getByRole('link', { name: 'New plan' }).first()
  await expect(link).toBeFocused()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(link).toBeFocused()
  await page.keyboard.press('Control+k')
  await expect(page.getByPlaceholder('Search plans and commands')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(link).toBeFocused()
})

test('single keys do nothing while somebody types, or where they are switched off', async ({
  page,
  shared: server,
}) => {
  await server.signIn(page)
  await page.keyboard.press('/')
  await page.keyboard.type('n?')
  await expect(page).toHaveURL(/q=n/)
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await openByName(page, 'System and settings')
  await expect(page.getByRole('heading', { name: 'System', level: 1 })).toBeVisible()
  const box = page.getByLabel(/Single keys are shortcuts/)
  await box.focus()
  await page.keyboard.press('Space')
  await expect(box).not.toBeChecked()
  await box.blur()
  await page.keyboard.press('n')
  await page.keyboard.press('?')
  await expect(page).toHaveURL(/system/)
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

/** Go to a plan or a page through the palette. */
async function openByName(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await expect(page.getByPlaceholder('Search plans and commands')).toBeFocused()
  await page.keyboard.type(name)
  const option = page.getByRole('option', { name }).first()
  await expect(option).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toHaveCount(0)
}

/** Press Tab until something of this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const element = document.activeElement
      return element?.getAttribute('aria-label') ?? element?.textContent ?? ''
    })
    if (focused.trim() === name) return
  }
  throw new Error(`Tab never came to ${name}`)
}
