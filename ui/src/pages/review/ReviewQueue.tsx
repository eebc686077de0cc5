import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { CheckCheck } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { PAGE_SIZE, planCountsQuery, plansQuery } from '@/api/queries'
import type { PlanStatus, PlanSummary } from '@/api/types'
import { FilterChips } from '@/components/FilterChips'
import { GlassButton } from '@/components/glass/GlassButton'
import { Pager } from '@/components/Pager'
import { Empty, Failed, Loading } from '@/components/ui/States'
import { useShortcuts } from '@/lib/useShortcuts'
import type { ReviewFilter } from '@/router'
import { follow, moved, type Place } from './place'
import { ReviewCard, type ReviewCardHandle } from './ReviewCard'

const route = getRouteApi('/review')
const STATUSES: Record<ReviewFilter, PlanStatus[]> = {
  masterplans: ['draft'],
  approved: ['approved'],
  rejected: ['rejected'],
}

/** What waits for a person's decision. */
export function ReviewQueue() {
  const { filter = 'masterplans', page = 1 } = route.useSearch()
  const navigate = route.useNavigate()
  const offset = (page - 1) * PAGE_SIZE
  const plans = useQuery(plansQuery({ statuses: STATUSES[filter], q: '', offset }))
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
        onChoose={(next) =>
          void navigate({ search: { filter: next === 'masterplans' ? undefined : next } })
        }
      />
      {plans.isPending && <Loading />}
      {plans.error && <Failed error={plans.error} retry={() => void plans.refetch()} />}
      {plans.data && <Queue key={`${filter} ${page}`} plans={plans.data.masterplans} />}
      {plans.data && (
        <Pager
          page={page}
          total={plans.data.total}
          onGo={(next) => void navigate({ search: (now) => ({ ...now, page: next }) })}
        />
      )}
    </div>
  )
}

function Queue({ plans }: { plans: PlanSummary[] }) {
  const cards = useRef(new Map<string, ReviewCardHandle>())
  const { place, choose } = usePlace(plans)
  const cardOf = (id: string | undefined) => (id === undefined ? undefined : cards.current.get(id))
  const step = (by: -1 | 1) => {
    const next = moved(place, by)
    choose(next)
    cardOf(next)?.focus()
  }
  // Only what is shown as chosen is acted upon, and by a key that is held down but once.
  const decide = (act: (card: ReviewCardHandle) => void) => (event: KeyboardEvent) => {
    if (event.repeat) return
    const card = cardOf(place.chosen)
    if (card) act(card)
    else step(1)
  }
  // Where a decision took a card away, and the focus with it, its neighbour gets both.
  const { chosen } = place
  useEffect(() => {
    if (chosen && document.activeElement === document.body) cards.current.get(chosen)?.focus()
  }, [chosen])
  useShortcuts({
    j: () => step(1),
    k: () => step(-1),
    a: decide((card) => card.approve()),
    r: decide((card) => card.reject()),
    Enter: decide((card) => card.open()),
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
          onChoose={() => choose(plan.masterplan_id)}
          ref={(handle) => {
            if (handle) cards.current.set(plan.masterplan_id, handle)
            else cards.current.delete(plan.masterplan_id)
          }}
        />
      ))}
    </ul>
  )
}

/** The place in the queue, which follows what others do with it. */
function usePlace(plans: PlanSummary[]) {
  const order = plans.map((plan) => plan.masterplan_id)
  const [kept, setPlace] = useState<Place>({ order, chosen: undefined })
  const place = follow(kept, order)
  if (place !== kept) setPlace(place)
  return { place, choose: (chosen: string | undefined) => setPlace({ order, chosen }) }
}

const Keys = ({ children }: { children: string }) => (
  <kbd className="rounded border border-boundary px-1.5 font-sans text-xs">{children}</kbd>
)
