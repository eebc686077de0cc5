import { expect, test } from 'vitest'
import { policyOf } from '@/features/plan/policy'
import { plan } from './plans'

test('what an approval agrees to is said in full', () => {
  const terms = plan([], {
    settings: { agent: 'llm', model: 'openai:gpt', network: true, max_parallel: 1 },
    budget_usd: '5',
    budget_tokens: 2_000_000,
  })
  expect(policyOf(terms)).toEqual([
    'agent llm, openai:gpt',
    'network allowed',
    '1 task at a time',
    'budget $5.00 and 2M tokens',
  ])
})

test('what a plan leaves open is said to be open', () => {
  expect(policyOf(plan([]))).toEqual([
    'agent llm, default model',
    'no network',
    'default parallelism',
    'no budget',
  ])
})
