import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import { useState } from 'react'
import { expect, test } from 'vitest'
import { systemQuery } from '@/api/queries'
import type { PlanSettings, SystemState } from '@/api/types'
import { DEFAULT_SETTINGS, Disclosure, SettingsFields } from '@/features/plan/SettingsFields'

function shown(first: PlanSettings) {
  const held: { settings: PlanSettings } = { settings: first }
  const cache = new QueryClient()
  cache.setQueryData(systemQuery().queryKey, { max_parallel: 4 } as SystemState)
  function Form() {
    const [settings, set] = useState(first)
    held.settings = settings
    return (
      <form>
        <Disclosure title="Options">
          <SettingsFields
            settings={settings}
            onChange={(patch) => set({ ...settings, ...patch })}
          />
        </Disclosure>
        <button type="submit">Send</button>
      </form>
    )
  }
  render(
    <QueryClientProvider client={cache}>
      <Form />
    </QueryClientProvider>,
  )
  return held
}

const put = (name: string, value: string) =>
  fireEvent.change(screen.getByLabelText(name), { target: { value } })

test('what is typed is what the plan asks for, money as it was written', () => {
  const held = shown(DEFAULT_SETTINGS)
  put('Budget in USD', '5.00')
  put('Budget in tokens', '2000')
  put('Tasks at a time', '2')
  fireEvent.click(screen.getByLabelText(/may reach the network/))
  expect(held.settings).toEqual({
    agent: 'llm',
    network: true,
    budget_usd: '5.00',
    budget_tokens: 2000,
    max_parallel: 2,
  })
})

test('a field that is emptied asks for no limit, and says what holds then', () => {
  const held = shown({ ...DEFAULT_SETTINGS, budget_usd: '5', budget_tokens: 9, max_parallel: 2 })
  for (const name of ['Budget in USD', 'Budget in tokens', 'Tasks at a time']) {
    put(name, '')
  }
  expect(held.settings).toMatchObject({ budget_usd: null, budget_tokens: null, max_parallel: null })
  expect(screen.getByLabelText('Tasks at a time')).toHaveAttribute('placeholder', '4 (default)')
})

test('options that were folded open over what cannot be sent', () => {
  shown({ ...DEFAULT_SETTINGS, max_parallel: 999 })
  expect(screen.getByRole('group')).not.toHaveAttribute('open')
  fireEvent.click(screen.getByRole('button', { name: 'Send' }))
  expect(screen.getByRole('group')).toHaveAttribute('open')
})
