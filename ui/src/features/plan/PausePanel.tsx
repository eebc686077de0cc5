import { CirclePause, Play } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Plan } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { GlassCard } from '@/components/glass/GlassCard'
import { type SpentBudget, spentBudget } from './spentBudget'
import type { PlanActions } from './usePlanActions'

interface Props {
  plan: Plan
  actions: Pick<PlanActions, 'extend' | 'refresh'>
}

/** Why the engine paused the plan, and where a budget is spent, a field to raise it and go on. */
export function PausePanel({ plan, actions: { extend, refresh } }: Props) {
  const spent = spentBudget(plan)
  const reason = plan.status === 'paused' ? plan.pause_reason : null
  const unknown = reason !== null && spent === undefined
  const read = useRef(refresh)
  useEffect(() => {
    // No event tells what was spent: it is read once the plan has stopped over it.
    if (unknown) void read.current()
  }, [unknown])
  if (reason === null) return null
  return (
    <GlassCard className="flex flex-wrap items-center gap-x-5 gap-y-3 p-5">
      <CirclePause aria-hidden className="size-8 shrink-0 text-running" strokeWidth={1.5} />
      <div role="alert" className="min-w-0 flex-1 basis-72">
        <h2 className="font-semibold">The plan is paused</h2>
        <p dir="auto" className="text-sm break-words text-soft">
          {reason}
        </p>
      </div>
      {spent && <RaiseForm key={spent.whose + spent.unit} spent={spent} extend={extend} />}
    </GlassCard>
  )
}

function RaiseForm({ spent, extend }: { spent: SpentBudget; extend: PlanActions['extend'] }) {
  const [amount, setAmount] = useState(String(spent.budget * 2))
  const enough = Number(amount) > spent.budget
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (enough) extend.mutate(spent.request(amount))
      }}
    >
      <label className="text-sm">
        <span className="mb-1 block text-soft">
          {spent.whose} may use, in {spent.unit}
        </span>
        <input
          type="number"
          min={0}
          step={spent.unit === 'USD' ? 'any' : 1}
          required
          value={amount}
          onChange={(event) => setAmount(event.target.value)}
          className="field h-9 w-40"
        />
      </label>
      <GlassButton
        type="submit"
        tone="primary"
        icon={Play}
        busy={extend.isPending}
        disabled={!enough}
      >
        Raise and go on
      </GlassButton>
    </form>
  )
}
