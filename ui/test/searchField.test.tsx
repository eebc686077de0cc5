import { act, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SearchField, TYPING_PAUSE_MS } from '@/components/SearchField'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const rest = () => act(() => vi.advanceTimersByTime(TYPING_PAUSE_MS))
const field = () => screen.getByLabelText('Search plans')
const type = (words: string) => fireEvent.change(field(), { target: { value: words } })

function searching(value: string) {
  const asked: string[] = []
  const shown = (now: string) => <SearchField value={now} onSearch={(words) => asked.push(words)} />
  const { rerender } = render(shown(value))
  return { asked, become: (now: string) => rerender(shown(now)) }
}

test('the words follow an address that changes by itself, and ask for nothing', () => {
  const { asked, become } = searching('storage')
  become('')
  rest()
  expect(field()).toHaveValue('')
  expect(asked).toEqual([])
  become('storage')
  rest()
  expect(field()).toHaveValue('storage')
  expect(asked).toEqual([])
})

test('what is typed while a search is on its way is kept', () => {
  const { asked, become } = searching('')
  type('sto')
  rest()
  type('storage')
  become('sto')
  expect(field()).toHaveValue('storage')
  rest()
  expect(asked).toEqual(['sto', 'storage'])
})

test('who leaves the field has searched, and is not called back later', () => {
  const { asked } = searching('')
  type('storage')
  fireEvent.blur(field())
  expect(asked).toEqual(['storage'])
  rest()
  expect(asked).toEqual(['storage'])
})

test('words that wait to be searched for are dropped where the address changes', () => {
  const { asked, become } = searching('old')
  type('older')
  become('')
  rest()
  expect(field()).toHaveValue('')
  expect(asked).toEqual([])
})
