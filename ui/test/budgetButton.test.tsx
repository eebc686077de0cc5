import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import type { BudgetRequest, Plan } from '@/api/types'
import { BudgetButton, mayChangeBudget } from '@/features/plan/BudgetButton'
import { PausePanel } from '@/features/plan/PausePanel'
import { plan, task } from './plans'

function shown(fields: Partial<Plan>): BudgetRequest[] {
  const asked: BudgetRequest[] = []
  const changeBudget = { isPending: false, mutate: (body: BudgetRequest) => asked.push(body) }
  render(<BudgetButton plan={plan([[task(1)]], fields)} actions={{ changeBudget } as never} />)
  return asked
}

test('a running plan gets another budget, and only what was changed is asked for', async () => {
  const asked = shown({ budget_usd: '2.000000', budget_tokens: 5000 })

  await userEvent.click(screen.getByRole('button', { name: 'Budget' }))
  const usd = screen.getByLabelText('US dollars')
  expect(usd).toHaveValue(2)
  expect(screen.getByRole('button', { name: 'Change budget' })).toHaveAttribute(
    'aria-disabled',
    'true',
  )
  await userEvent.clear(usd)
  await userEvent.type(usd, '3.5')
  await userEvent.click(screen.getByRole('button', { name: 'Change budget' }))

  expect(asked).toEqual([{ budget_usd: '3.5' }])
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('a plan without a budget is given one in tokens alone', async () => {
  const asked = shown({ budget_usd: null, budget_tokens: null })

  await userEvent.click(screen.getByRole('button', { name: 'Budget' }))
  await userEvent.type(screen.getByLabelText('Tokens'), '900{Enter}')

  expect(asked).toEqual([{ budget_tokens: 900 }])
})

test('a budget is offered to be changed while a plan runs or is paused', () => {
  const statuses = ['draft', 'approved', 'in_progress', 'paused', 'completed'] as const
  const offered = statuses.filter((status) => mayChangeBudget(plan([[task(1)]], { status })))

  expect(offered).toEqual(['in_progress', 'paused'])
})

test('where a plan is paused over its budget it is raised there, and the plan goes on', async () => {
  const asked: BudgetRequest[] = []
  const extend = { isPending: false, mutate: (body: BudgetRequest) => asked.push(body) }
  const paused = plan([[task(1)]], {
    status: 'paused',
    pause_reason: 'The budget of 100 tokens is spent (100 tokens)',
    budget_tokens: 100,
    tokens_input: 90,
    tokens_output: 10,
  })
  render(<PausePanel plan={paused} actions={{ extend, refresh: async () => undefined } as never} />)

  await userEvent.click(screen.getByRole('button', { name: 'Raise and go on' }))

  expect(asked).toEqual([{ budget_tokens: 200 }])
})
