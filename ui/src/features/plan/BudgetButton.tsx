import { Coins } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { BudgetRequest, PlanStatus, PlanSummary } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { Dialog } from '@/components/ui/Dialog'
import type { PlanActions } from './usePlanActions'

type Budgeted = Pick<PlanSummary, 'status' | 'budget_usd' | 'budget_tokens'>

interface Props {
  plan: Budgeted
  actions: Pick<PlanActions, 'changeBudget'>
}

const CHANGEABLE: PlanStatus[] = ['in_progress', 'paused']

/** Whether the plan runs on a budget that may be changed without stopping it. */
export const mayChangeBudget = (plan: Budgeted): boolean => CHANGEABLE.includes(plan.status)

/** What the plan may use, to be changed while it runs. */
export function BudgetButton({ plan, actions: { changeBudget } }: Props) {
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <>
      <GlassButton icon={Coins} busy={changeBudget.isPending} onClick={() => setOpen(true)}>
        Budget
      </GlassButton>
      <Dialog
        open={open}
        onClose={close}
        title="What this plan may use"
        description="The approval stays. A plan that has used up its budget is paused."
      >
        <BudgetForm
          plan={plan}
          onCancel={close}
          onSubmit={(budget) => {
            close()
            changeBudget.mutate(budget)
          }}
        />
      </Dialog>
    </>
  )
}

interface FormProps {
  plan: Budgeted
  onCancel(): void
  onSubmit(budget: BudgetRequest): void
}

function BudgetForm({ plan, onCancel, onSubmit }: FormProps) {
  const usdNow = plan.budget_usd === null ? '' : String(Number(plan.budget_usd))
  const tokensNow = plan.budget_tokens === null ? '' : String(plan.budget_tokens)
  const [usd, setUsd] = useState(usdNow)
  const [tokens, setTokens] = useState(tokensNow)
  const changed: BudgetRequest = {
    ...(usd !== '' && usd !== usdNow && { budget_usd: usd }),
    ...(tokens !== '' && tokens !== tokensNow && { budget_tokens: Number(tokens) }),
  }
  const nothing = Object.keys(changed).length === 0
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!nothing) onSubmit(changed)
  }
  return (
    <form className="space-y-4" onSubmit={submit}>
      <div className="grid gap-3 sm:grid-cols-2">
        <Amount label="US dollars" min={0.000001} step="any" value={usd} onChange={setUsd} />
        <Amount label="Tokens" min={1} step={1} value={tokens} onChange={setTokens} />
      </div>
      <div className="flex justify-end gap-2">
        <GlassButton tone="quiet" onClick={onCancel}>
          Leave it
        </GlassButton>
        <GlassButton type="submit" tone="primary" disabled={nothing}>
          Change budget
        </GlassButton>
      </div>
    </form>
  )
}

interface AmountProps {
  label: string
  min: number
  step: number | 'any'
  value: string
  onChange(value: string): void
}

function Amount({ label, min, step, value, onChange }: AmountProps) {
  return (
    <label className="text-sm">
      <span className="mb-1 block text-soft">{label}</span>
      <input
        type="number"
        min={min}
        step={step}
        placeholder="as it is"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="field h-9 w-full"
      />
    </label>
  )
}
