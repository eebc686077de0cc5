import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import { commentsQuery, revisionDiffQuery, revisionsQuery } from '@/api/queries'
import type { Comment, Plan, PlanDiff, Revision } from '@/api/types'
import { RevisePanel } from '@/features/review/RevisePanel'
import { RevisionDiff } from '@/features/review/RevisionDiff'
import RevisionsPanel from '@/features/review/RevisionsPanel'
import { comparable, lastFailure, pairFor, shownValue } from '@/features/review/revisions'
import { markedParts, markedWords } from '@/features/review/wordDiff'
import { isEditable } from '@/lib/status'
import { plan, task } from './plans'

const revision = (number: number, fields: Partial<Revision> = {}): Revision => ({
  number,
  status: 'ready',
  author: 'ada',
  author_kind: 'person',
  asked_by: 'ada',
  reason: null,
  feedback: null,
  plan_hash: `sha256:${number}`,
  error: null,
  created_at: '2025-11-03T09:00:00Z',
  ...fields,
})
const failed = revision(2, { status: 'failed', error: 'There is no task q.', plan_hash: null })
const comment = (text: string, fields: Partial<Comment> = {}): Comment => ({
  comment_id: text,
  task_key: null,
  text,
  author: 'ada',
  revision: 1,
  sent_in: null,
  created_at: '2025-11-03T09:00:00Z',
  ...fields,
})
const diff: PlanDiff = {
  fields: [{ field: 'title', old: 'One', new: 'Two' }],
  tasks: [
    {
      key: 'a',
      name: 'Storage',
      kind: 'changed',
      fields: [{ field: 'checks', old: ['true'], new: ['pytest', 'mypy'] }],
      old_place: null,
      new_place: null,
    },
    {
      key: 'b',
      name: 'Report',
      kind: 'moved',
      fields: [],
      old_place: { phase: 'P', milestone: 'M1', number: 2 },
      new_place: { phase: 'P', milestone: 'M2', number: 5 },
    },
  ],
}

test('a failed revision is not compared, and the one before the chosen is', () => {
  const revisions = [revision(3), failed, revision(1)]
  expect(comparable(revisions).map((one) => one.number)).toEqual([3, 1])
  expect(pairFor(revisions, 3)).toEqual({ old: 1, to: 3 })
  expect(pairFor(revisions, 1)).toBeUndefined()
})

test('values are read line by line', () => {
  expect(shownValue(['a', 'b'])).toBe('a\nb')
  expect(shownValue(null)).toBe('')
  expect(shownValue(3)).toBe('3')
})

test('a difference names each task, its fields before and after, and its places', () => {
  render(<RevisionDiff diff={diff} />)
  const changed = within(screen.getByLabelText('Changed: Storage'))
  expect(changed.getByText('checks')).toBeVisible()
  expect(changed.getByText('true')).toBeVisible()
  expect(changed.getByText('pytest')).toBeVisible()
  expect(changed.getByText('mypy')).toBeVisible()
  const moved = within(screen.getByLabelText('Moved: Report'))
  expect(moved.getByText('M1, #2')).toBeVisible()
  expect(moved.getByText('M2, #5')).toBeVisible()
})

test('words that differ are marked, and what is new has no value before', () => {
  const text = 'Write the names of all guests into one file.'
  render(
    <RevisionDiff
      diff={{
        fields: [],
        tasks: [
          {
            key: 'a',
            name: 'Guests',
            kind: 'changed',
            fields: [{ field: 'description', old: text, new: text.replace('one', 'two') }],
            old_place: null,
            new_place: null,
          },
          {
            key: 'b',
            name: 'Report',
            kind: 'added',
            fields: [{ field: 'target_files', old: null, new: ['b.txt'] }],
            old_place: null,
            new_place: null,
          },
        ],
      }}
    />,
  )
  const changed = within(screen.getByLabelText('Changed: Guests'))
  expect(changed.getByText('one')).toHaveProperty('tagName', 'DEL')
  expect(changed.getByText('two')).toHaveProperty('tagName', 'INS')
  const added = within(screen.getByLabelText('Added: Report'))
  expect(added.getByText('files')).toBeVisible()
  expect(added.queryByText('—')).toBeNull()
})

test('texts that have little in common are not marked', () => {
  expect(markedWords('Write a file.', 'Nothing like it at all, really.')).toBeUndefined()
  expect(markedWords('', 'New.')).toBeUndefined()
})

test('of lists whole lines are marked', () => {
  expect(markedParts(['a', 'b'], ['a', 'c'])).toEqual({
    before: [
      { text: 'a\n', changed: false },
      { text: 'b', changed: true },
    ],
    after: [
      { text: 'a\n', changed: false },
      { text: 'c', changed: true },
    ],
  })
})

test('of very many tasks the first are shown, and the others when asked for', async () => {
  const one = diff.tasks[0] as PlanDiff['tasks'][number]
  const tasks = Array.from({ length: 120 }, (_, n) => ({ ...one, key: `t${n}`, name: `T${n}` }))
  render(<RevisionDiff diff={{ fields: [], tasks }} />)
  expect(screen.queryByLabelText('Changed: T50')).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Show 50 more of 70 tasks' }))
  await userEvent.click(screen.getByRole('button', { name: 'Show 20 more of 20 tasks' }))
  expect(screen.getByLabelText('Changed: T119')).toBeVisible()
  expect(screen.queryByRole('button')).toBeNull()
})

test('what was asked for in vain is told and can be asked for again', () => {
  const cache = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } })
  const shown = { ...plan([[task(1)]]), revision: 1, approved_at: null }
  const vain = { ...failed, feedback: 'Smaller, please.', created_at: '2025-11-03T10:00:00Z' }
  cache.setQueryData(commentsQuery(shown.masterplan_id).queryKey, [])
  cache.setQueryData(revisionsQuery(shown).queryKey, { current: 1, revisions: [vain, revision(1)] })
  render(
    <QueryClientProvider client={cache}>
      <RevisePanel plan={shown} tasks={new Map()} />
    </QueryClientProvider>,
  )
  expect(screen.getByRole('alert')).toHaveTextContent('There is no task q.')
  expect(screen.getByLabelText('What should be different?')).toHaveValue('Smaller, please.')
  expect(screen.getByText('Ask for a revision')).not.toHaveAttribute('aria-disabled', 'true')
  const later = { ...shown, approved_at: '2025-11-03T11:00:00Z' }
  expect(lastFailure([vain], shown)).toBe(vain)
  expect(lastFailure([vain], later)).toBeUndefined()
  expect(lastFailure([vain], { ...shown, revision: 3 })).toBeUndefined()
})

test('revisions tell their author and reason, and what came to nothing says why', () => {
  const cache = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } })
  const shown = { ...plan([[task(1)]]), revision: 3 }
  const model = revision(3, { author: 'openai:x', author_kind: 'model', reason: 'Smaller.' })
  cache.setQueryData(revisionsQuery(shown).queryKey, {
    current: 3,
    revisions: [model, failed, revision(1)],
  })
  cache.setQueryData(revisionDiffQuery(shown.masterplan_id, 1, 3).queryKey, diff)
  render(
    <QueryClientProvider client={cache}>
      <RevisionsPanel plan={shown} />
    </QueryClientProvider>,
  )
  expect(screen.getByText('Smaller.')).toBeVisible()
  expect(screen.getByText('openai:x')).toBeVisible()
  expect(screen.getByText('There is no task q.')).toBeVisible()
  expect(screen.getByLabelText('Compare revision')).toHaveValue('1')
  expect(screen.getByLabelText('with revision')).toHaveValue('3')
  expect(screen.getByLabelText('Changed: Storage')).toBeVisible()
})

test('only revisions that the plan can go back to are offered', () => {
  const cache = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } })
  const offered = (shown: Plan) => {
    cache.setQueryData(revisionsQuery(shown).queryKey, {
      current: 3,
      revisions: [revision(3), failed, revision(1)],
    })
    cache.setQueryData(revisionDiffQuery(shown.masterplan_id, 1, 3).queryKey, diff)
    const { unmount } = render(
      <QueryClientProvider client={cache}>
        <RevisionsPanel plan={shown} />
      </QueryClientProvider>,
    )
    const names = screen.queryAllByText('Restore').map((one) => one.getAttribute('aria-label'))
    unmount()
    return names
  }
  const draft = { ...plan([[task(1)]]), revision: 3, status: 'draft' as const }
  expect(offered(draft)).toEqual(['Restore revision 1'])
  expect(offered({ ...draft, status: 'in_progress' })).toEqual([])
})

test('pending comments are sent together, with the task each is about', async () => {
  const cache = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } })
  const first = task(1)
  const shown = plan([[first]])
  cache.setQueryData(commentsQuery(shown.masterplan_id).queryKey, [
    comment('Too large.', { task_key: first.key }),
    comment('Done already.', { sent_in: 1 }),
  ])
  render(
    <QueryClientProvider client={cache}>
      <RevisePanel plan={shown} tasks={new Map([[first.task_id, first]])} />
    </QueryClientProvider>,
  )
  expect(screen.getByText('1 comment to be sent')).toBeVisible()
  expect(screen.getByText('Too large.')).toBeVisible()
  expect(screen.getByText(first.name)).toBeVisible()
  expect(screen.queryByText('Done already.')).toBeNull()
  expect(screen.getByText('Ask for a revision')).not.toHaveAttribute('aria-disabled', 'true')
})

test('without a comment or words nothing is asked for', async () => {
  const cache = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } })
  const shown = plan([[task(1)]])
  cache.setQueryData(commentsQuery(shown.masterplan_id).queryKey, [])
  render(
    <QueryClientProvider client={cache}>
      <RevisePanel plan={shown} tasks={new Map()} />
    </QueryClientProvider>,
  )
  await userEvent.click(screen.getByText('Ask for changes'))
  const ask = screen.getByText('Ask for a revision')
  expect(ask).toHaveAttribute('aria-disabled', 'true')
  await userEvent.type(screen.getByLabelText('What should be different?'), 'Smaller.')
  expect(ask).not.toHaveAttribute('aria-disabled', 'true')
})

test('a plan is edited while nothing of it is planned or run', () => {
  const statuses = ['draft', 'rejected', 'approved', 'paused', 'completed', 'cancelled'] as const
  expect(statuses.every((status) => isEditable({ status }))).toBe(true)
  expect(isEditable({ status: 'in_progress' })).toBe(false)
  expect(isEditable({ status: 'generating' })).toBe(false)
})
