import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { CheckCheck } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { planCountsQuery, plansQuery } from '@/api/queries'
import type { PlanStatus, PlanSummary } from '@/api/types'
import { FilterChips } from '@/components/FilterChips'
import { GlassButton } from '@/components/glass/GlassButton'
import { Empty, Failed, Loading } from '@/components/ui/States'
import { useShortcuts } from '@/lib/useShortcuts'
import { ReviewCard, type ReviewCardHandle } from './ReviewCard'

type Filter = 'masterplans' | 'approved' | 'rejected'
const STATUSES: Record<Filter, PlanStatus[]> = {
  masterplans: ['draft'],
  approved: ['approved'],
  rejected: ['rejected'],
}

/** What waits for a person's decision. */
export function ReviewQueue() {
  const [filter, setFilter] = useState<Filter>('masterplans')
  const plans = useQuery(plansQuery({ statuses: STATUSES[filter], q: '', offset: 0 }))
  const { data: counts } = useQuery(planCountsQuery())
  const countOf = (status: PlanStatus) => counts && (counts[status] ?? 0)

  return (
    <div className="space-y-4">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">Review</h1>
        <p className="mt-1 text-soft">
          Nothing runs before you approve it.{' '}
          <span className="hidden md:inline">
            <Keys>j</Keys> <Keys>k</Keys> move, <Keys>Enter</Keys> opens, <Keys>a</Keys> approves,{' '}
            <Keys>r</Keys> rejects.
          </span>
        </p>
      </div>
      <FilterChips
        label="Filter"
        chips={[
          { id: 'masterplans' as const, label: 'Masterplans', count: countOf('draft') },
          { id: 'approved' as const, label: 'Approved, not started', count: countOf('approved') },
          { id: 'rejected' as const, label: 'Rejected', count: countOf('rejected') },
        ]}
        chosen={filter}
        onChoose={setFilter}
      />
      {plans.isPending && <Loading />}
      {plans.error && <Failed error={plans.error} retry={() => void plans.refetch()} />}
      {plans.data && <Queue key={filter} plans={plans.data.masterplans} />}
    </div>
  )
}

function Queue({ plans }: { plans: PlanSummary[] }) {
  const navigate = useNavigate()
  const [chosen, setChosen] = useState<string>()
  const cards = useRef(new Map<string, ReviewCardHandle>())
  const at = Math.max(
    plans.findIndex((plan) => plan.masterplan_id === chosen),
    0,
  )
  const current = plans[at]
  const card = () => (current ? cards.current.get(current.masterplan_id) : undefined)

  const move = (step: number) => {
    const next =
      plans[Math.min(Math.max(chosen === undefined ? 0 : at + step, 0), plans.length - 1)]
    if (!next) return
    setChosen(next.masterplan_id)
    cards.current.get(next.masterplan_id)?.focus()
  }
  // Where a decision took a card away, the next one in its place gets the focus.
  const count = useRef(plans.length)
  useEffect(() => {
    if (plans.length < count.current && current && document.activeElement === document.body) {
      cards.current.get(current.masterplan_id)?.focus()
    }
    count.current = plans.length
  })
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    a: () => card()?.approve(),
    r: () => card()?.reject(),
    Enter: () => {
      if (current) {
        void navigate({ to: '/plans/$planId', params: { planId: current.masterplan_id } })
      }
    },
  })

  if (plans.length === 0) {
    return (
      <Empty icon={CheckCheck} title="Nothing waits here">
        <GlassButton asChild>
          <Link to="/new">New plan</Link>
        </GlassButton>
      </Empty>
    )
  }
  return (
    <ul className="space-y-2.5">
      {plans.map((plan) => (
        <ReviewCard
          key={plan.masterplan_id}
          plan={plan}
          chosen={plan.masterplan_id === chosen}
          onChoose={() => setChosen(plan.masterplan_id)}
          ref={(handle) => {
            if (handle) cards.current.set(plan.masterplan_id, handle)
            else cards.current.delete(plan.masterplan_id)
          }}
        />
      ))}
    </ul>
  )
}

const Keys = ({ children }: { children: string }) => (
  <kbd className="rounded border border-boundary px-1.5 font-sans text-xs">{children}</kbd>
)
