import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { ApiError } from '@/api/client'
import { endSince, overviewQuery } from '@/api/queries'
import type { PlanEnd, PlanSummary } from '@/api/types'
import { usePreferences } from '@/lib/preferences'
import { tellEnd } from './planEnd'

/** Longer than on the plan's own page, which goes on saying it; in milliseconds. */
const SHOWN_MS = 12_000

/** Tells of the end of whatever runs, on whichever page its person is meanwhile. */
export function usePlanEnds(): void {
  const navigate = useNavigate()
  const { notify } = usePreferences()
  const { data, dataUpdatedAt } = useQuery({
    ...overviewQuery(),
    // A page in the background rests, unless it is to notify.
    refetchIntervalInBackground: notify,
  })
  const [watch] = useState(() => new EndWatch(endSince))

  // biome-ignore lint/correctness/useExhaustiveDependencies: each reading counts, also an equal one
  useEffect(() => {
    if (!data) return
    void watch.see(data.masterplans, (plan, end) => {
      const to = { to: '/plans/$planId', params: { planId: plan.masterplan_id } } as const
      const link = { label: 'Open', onClick: () => void navigate(to) }
      tellEnd({ end, title: plan.title, link, duration: SHOWN_MS })
    })
  }, [watch, data, dataUpdatedAt, navigate])
}

/** Which plans were under way when it was last looked, so that the end of one is noticed. */
export class EndWatch {
  private watched = new Map<string, PlanSummary>()

  constructor(private readonly read: (plan: PlanSummary) => Promise<PlanEnd | undefined>) {}

  /** Take what is under way now; what no longer is and has ended is told. */
  async see(
    plans: readonly PlanSummary[],
    tell: (plan: PlanSummary, end: PlanEnd) => void,
  ): Promise<void> {
    const before = this.watched
    this.watched = new Map(plans.map((plan) => [plan.masterplan_id, plan]))
    const gone = [...before.values()].filter((plan) => !this.watched.has(plan.masterplan_id))
    await Promise.all(gone.map((plan) => this.ask(plan, tell)))
  }

  private async ask(plan: PlanSummary, tell: (plan: PlanSummary, end: PlanEnd) => void) {
    const end = await this.read(plan).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error
      // The server was away: the next look asks again.
      if (!this.watched.has(plan.masterplan_id)) this.watched.set(plan.masterplan_id, plan)
    })
    if (end) tell(plan, end)
  }
}
