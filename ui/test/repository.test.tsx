import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { discoveryQuery } from '@/api/queries'
import type { RepositoryFacts } from '@/api/types'
import { RepositoryPanel } from '@/features/plan/RepositoryPanel'
import { plan } from './plans'

const facts: RepositoryFacts = {
  commit: '0123456789abcdef',
  files: 41,
  complete: true,
  languages: [{ name: 'Python', percent: 82, files: 30 }],
  commands: [{ purpose: 'test', command: 'python -m pytest', source: 'pyproject.toml' }],
  conventions: { indentation: '4 spaces', line_length: 88, tools: ['ruff'], tests: null },
  paths: ['shop/prices.py'],
  interfaces: [{ path: 'shop/prices.py', text: 'def total(): ...' }],
  documents: [],
  left_out: { secret: 2, binary: 0, generated: 1, large: 0, unread: 0 },
  summary: 'Python 82%, 41 files, tests: pytest',
}

function show(found: RepositoryFacts | null, repository: string | null) {
  const cache = new QueryClient()
  const shown = plan([], { repository })
  cache.setQueryData(discoveryQuery(shown.masterplan_id, shown.revision).queryKey, found)
  return render(
    <QueryClientProvider client={cache}>
      <RepositoryPanel plan={shown} />
    </QueryClientProvider>,
  )
}

test('the draft says what the planner saw of the repository, in a line and in detail', () => {
  show(facts, '/shop')
  expect(screen.getByText('Python 82%, 41 files, tests: pytest', { exact: false })).toBeVisible()
  const detail = screen.getAllByRole('definition', { hidden: true }).map((each) => each.textContent)
  expect(detail).toEqual([
    '0123456789ab',
    'Python (30 files)',
    'python -m pytest',
    '4 spaces',
    'ruff',
    'shop/prices.py',
    '2 with secrets, 1 generated',
  ])
})

test('a plan whose repository nobody has looked at says nothing of it', () => {
  expect(show(null, '/shop').container).toBeEmptyDOMElement()
})
