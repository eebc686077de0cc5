/** Which budget of a paused plan is spent, so that the page can offer to raise that one. */
import type { BudgetRequest, Plan, Task } from '@/api/types'

export interface SpentBudget {
  whose: string
  unit: 'USD' | 'tokens'
  budget: number
  request(amount: string): BudgetRequest
}

type Spender = Pick<
  Plan | Task,
  'budget_usd' | 'budget_tokens' | 'cost_usd' | 'tokens_input' | 'tokens_output'
>

export function spentBudget(plan: Plan): SpentBudget | undefined {
  if (plan.status !== 'paused') return undefined
  const ofPlan = spentOf(plan, 'The plan', undefined)
  if (ofPlan) return ofPlan
  for (const phase of plan.phases) {
    for (const milestone of phase.milestones) {
      for (const task of milestone.tasks) {
        if (!task.waiting_reason) continue
        const found = spentOf(task, `Task #${task.task_number}`, task.task_id)
        if (found) return found
      }
    }
  }
  return undefined
}

function spentOf(one: Spender, whose: string, taskId: string | undefined): SpentBudget | undefined {
  const task = taskId === undefined ? {} : { task_id: taskId }
  if (one.budget_usd !== null && Number(one.cost_usd) >= Number(one.budget_usd)) {
    const request = (amount: string) => ({ ...task, budget_usd: amount })
    return { whose, unit: 'USD', budget: Number(one.budget_usd), request }
  }
  const tokens = one.tokens_input + one.tokens_output
  if (one.budget_tokens !== null && tokens >= one.budget_tokens) {
    const request = (amount: string) => ({ ...task, budget_tokens: Number(amount) })
    return { whose, unit: 'tokens', budget: one.budget_tokens, request }
  }
  return undefined
}
