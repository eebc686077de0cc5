import { fireEvent, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { FileUp } from 'lucide-react'
import { expect, test, vi } from 'vitest'
import { ExportMenu } from '@/features/plan/ExportMenu'
import { PlanFileForm } from '@/features/plan/PlanFileForm'
import { SourceNotes } from '@/features/plan/SourceNotes'
import { plan, task } from './plans'

const imported = plan([[task(1)]], {
  status: 'draft',
  source: {
    format: 'kiro',
    name: 'tasks.md',
    notices: ['line 3: task 1 names no file'],
    sync_path: null,
    synced_tasks: 0,
    sync_notices: [],
  },
})

test('export offers each format, the one it came in first and under its own name', async () => {
  render(<ExportMenu plan={imported} />)

  await userEvent.click(screen.getByText('Export'))

  const links = screen.getAllByRole('link')
  expect(links.map((link) => link.textContent)).toEqual([
    'Kiro, cc-sdd (as it came)',
    'Masterplan',
    'Agent OS',
    'Spec Kit',
    'Task Master',
    'beads',
  ])
  expect(links[0]).toHaveAttribute('download', 'tasks.md')
  expect(links[0]).toHaveAttribute(
    'href',
    `/api/v1/masterplans/${imported.masterplan_id}/export?format=kiro`,
  )
  expect(links[5]?.getAttribute('download')).toMatch(/^masterplan-.*\.jsonl$/)
})

test('escape closes the export menu and gives the focus back', async () => {
  const { container } = render(<ExportMenu plan={imported} />)
  await userEvent.click(screen.getByText('Export'))
  await userEvent.tab()

  await userEvent.keyboard('{Escape}')

  expect(container.querySelector('details')).not.toHaveAttribute('open')
  expect(container.querySelector('summary')).toHaveFocus()
})

test('what the import decided is shown with its lines until the plan is approved', () => {
  const { rerender, container } = render(<SourceNotes plan={imported} />)
  expect(screen.getByText('1 note from reading tasks.md as Kiro, cc-sdd')).toBeVisible()
  expect(screen.getByText('line 3: task 1 names no file')).toBeInTheDocument()

  rerender(<SourceNotes plan={{ ...imported, status: 'approved' }} />)
  expect(container).toBeEmptyDOMElement()
})

test('a chosen file is sent as it is, and as text once it was edited', async () => {
  const send = vi.fn()
  render(
    <PlanFileForm
      icon={FileUp}
      label="Plan"
      submit="Store"
      busy={false}
      problems={[]}
      onSubmit={send}
    />,
  )
  const file = new File(['- [ ] 1. Work\r\n'], 'tasks.md')

  await userEvent.upload(screen.getByLabelText('Choose a file…'), file)
  await screen.findByDisplayValue(/1\. Work/)
  await userEvent.click(screen.getByRole('button', { name: 'Store' }))
  expect(send).toHaveBeenLastCalledWith(expect.stringContaining('1. Work'), file)

  await userEvent.type(screen.getByLabelText('Plan'), '- [[ ] 2. More')
  await userEvent.click(screen.getByRole('button', { name: 'Store' }))
  expect(send).toHaveBeenLastCalledWith(expect.stringContaining('2. More'), undefined)
})

function shownForm() {
  const { container } = render(
    <PlanFileForm
      icon={FileUp}
      label="Plan"
      submit="Store"
      busy={false}
      problems={[]}
      onSubmit={() => undefined}
    />,
  )
  return container.querySelector('form') as HTMLFormElement
}

test('the same file can be chosen again after it was mended', async () => {
  shownForm()
  const choose = screen.getByLabelText<HTMLInputElement>('Choose a file…')

  await userEvent.upload(choose, new File(['title: One'], 'plan.yaml'))
  await screen.findByDisplayValue('title: One')

  expect(choose.value).toBe('')
  expect(choose.files).toHaveLength(0)
})

test('a file may be dropped anywhere on the form', async () => {
  const form = shownForm()
  const dropped = new File(['title: Dropped'], 'plan.yaml')
  fireEvent.drop(form, { dataTransfer: { files: [dropped] } })
  expect(await screen.findByDisplayValue('title: Dropped')).toBeVisible()
})

test('a file that is no text, or huge, is refused with a sentence and what stands there stays', async () => {
  const form = shownForm()
  await userEvent.type(screen.getByLabelText('Plan'), 'title: Kept')

  const picture = new File([new Uint8Array([0x89, 0x50, 0, 1])], 'plan.json')
  fireEvent.drop(form, { dataTransfer: { files: [picture] } })
  expect(await screen.findByText(/plan\.json is not text/)).toBeVisible()

  const huge = new File([new Uint8Array(10 * 1024 * 1024 + 1).fill(0x20)], 'huge.yaml')
  fireEvent.drop(form, { dataTransfer: { files: [huge] } })
  expect(await screen.findByText(/huge\.yaml has 10\.5 MB/)).toBeVisible()
  expect(screen.getByLabelText('Plan')).toHaveValue('title: Kept')
})
