/** Under which terms a plan is built: what an approval agrees to beside the tasks. */
import type { Plan } from '@/api/types'
import { compact, counted, money } from '@/lib/format'

type Terms = Pick<Plan, 'settings' | 'budget_usd' | 'budget_tokens'>

/** What the plan leaves open is said too: then the operator's setting holds. */
export function policyOf({ settings, budget_usd, budget_tokens }: Terms): string[] {
  const { agent = 'llm', model, network, max_parallel } = settings
  const budgets = [
    budget_usd && money(budget_usd),
    budget_tokens && `${compact(budget_tokens)} tokens`,
  ].filter(Boolean)
  return [
    `agent ${agent}, ${model ?? 'default model'}`,
    network ? 'network allowed' : 'no network',
    max_parallel ? `${counted(max_parallel, 'task')} at a time` : 'default parallelism',
    budgets.length > 0 ? `budget ${budgets.join(' and ')}` : 'no budget',
  ]
}
