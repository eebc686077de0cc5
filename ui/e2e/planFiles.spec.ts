/** A task list of another tool, taken as it is and given back as it was. */
import { readFile } from 'node:fs/promises'
import { expect, test } from './server'

const TASKS = '\ufeff# Tasks: Two\r\n\r\n- [x] T001 One in one.txt\r\n- [ ] T002 Two\r\n'

test('a task list is imported with its notes and exported byte for byte', async ({
  page,
  server,
}) => {
  await server.signIn(page)
  await page.goto(`${server.url}/new`)
  await page.getByRole('button', { name: 'From a plan file' }).click()
  await page
    .getByLabel('Choose a file…')
    .setInputFiles({ name: 'tasks.md', mimeType: 'text/markdown', buffer: Buffer.from(TASKS) })
  await page.getByRole('button', { name: 'Store as draft' }).click()

  await expect(page.getByRole('heading', { name: 'Two', exact: true })).toBeVisible()
  await page.getByText('1 note from reading tasks.md as Spec Kit').click()
  await expect(page.getByText('line 4: task T002 names no file')).toBeVisible()

  await page.getByText('Export', { exact: true }).click()
  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: /Spec Kit/ }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toBe('tasks.md')
  expect((await readFile(await download.path())).toString()).toBe(TASKS)
})
