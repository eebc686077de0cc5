import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Compass, Plus, SearchX } from 'lucide-react'
import { PAGE_SIZE, plansQuery } from '@/api/queries'
import type { PlanPage, PlanStatus } from '@/api/types'
import { FilterChips } from '@/components/FilterChips'
import { GlassButton } from '@/components/glass/GlassButton'
import { Pager } from '@/components/Pager'
import { SearchField } from '@/components/SearchField'
import { Empty, Failed, Loading } from '@/components/ui/States'
import { PlanCard } from '@/features/plan/PlanCard'
import { counted } from '@/lib/format'
import { PLAN_LOOKS } from '@/lib/status'

const route = getRouteApi('/')
type Choice = PlanStatus | 'all'
const CHOICES: Choice[] = [
  'all',
  'in_progress',
  'paused',
  'generating',
  'draft',
  'approved',
  'completed',
  'rejected',
  'failed',
  'cancelled',
]

export function MasterplanListPage() {
  const { q = '', status, page = 1 } = route.useSearch()
  const navigate = route.useNavigate()
  const offset = (page - 1) * PAGE_SIZE
  const plans = useQuery(plansQuery({ statuses: status ? [status] : [], q, offset }))
  const filtered = q !== '' || status !== undefined

  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl font-semibold tracking-tight">Plans</h1>
        <GlassButton asChild tone="primary">
          <Link to="/new">
            <Plus aria-hidden className="size-4" />
            New plan
          </Link>
        </GlassButton>
      </div>
      <div className="flex flex-wrap items-center gap-3">
        <SearchField
          value={q}
          onSearch={(words) =>
            void navigate({ search: { status, q: words || undefined }, replace: true })
          }
        />
        <StatusFilter
          counts={plans.data?.counts}
          chosen={status}
          onChoose={(next) => void navigate({ search: { q: q || undefined, status: next } })}
        />
      </div>
      {plans.isPending && <Loading />}
      {plans.error && <Failed error={plans.error} retry={() => void plans.refetch()} />}
      {plans.data && <Results page={plans.data} filtered={filtered} />}
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

function Results({ page, filtered }: { page: PlanPage; filtered: boolean }) {
  if (page.masterplans.length > 0) {
    return (
      <>
        <p role="status" className="sr-only">
          {counted(page.total, 'plan')}
        </p>
        <ul className="space-y-2.5">
          {page.masterplans.map((plan) => (
            <PlanCard key={plan.masterplan_id} plan={plan} />
          ))}
        </ul>
      </>
    )
  }
  if (filtered) {
    return (
      <Empty icon={SearchX} title="No plan matches">
        <GlassButton asChild>
          <Link to="/">Show all plans</Link>
        </GlassButton>
      </Empty>
    )
  }
  return (
    <Empty icon={Compass} title="Nothing planned yet">
      <p>
        Say what you want to have. It becomes a plan of small, checked tasks that you approve before
        anything runs.
      </p>
      <GlassButton asChild tone="primary">
        <Link to="/new">Make the first plan</Link>
      </GlassButton>
    </Empty>
  )
}

interface StatusProps {
  /** How many plans of each status match the search; missing until the first answer. */
  counts: PlanPage['counts'] | undefined
  chosen: PlanStatus | undefined
  onChoose(status: PlanStatus | undefined): void
}

function StatusFilter({ counts, chosen, onChoose }: StatusProps) {
  const all = counts && Object.values(counts).reduce((sum, count) => sum + count, 0)
  const chips = CHOICES.map((id) => ({
    id,
    label: id === 'all' ? 'All' : PLAN_LOOKS[id].label,
    count: id === 'all' ? all : counts?.[id],
  })).filter(({ id, count }) => id === 'all' || count || id === chosen)
  return (
    <FilterChips
      label="Status"
      chips={chips}
      chosen={chosen ?? 'all'}
      onChoose={(id) => onChoose(id === 'all' ? undefined : id)}
    />
  )
}
