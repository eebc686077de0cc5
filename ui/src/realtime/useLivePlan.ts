import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import {
  commentsQuery,
  filesQuery,
  generationQuery,
  planHeadQuery,
  planQuery,
  timelineQuery,
} from '@/api/queries'
import type { Plan, PlanEvent } from '@/api/types'
import { withSteps } from '@/features/plan/generationSteps'
import { createPacer } from './pacer'
import { PlanFeed } from './planFeed'
import { countWatcher, liveSocket, resynced } from './socket'

/** A server that takes no sockets must not keep the plan from being shown. */
const SHOW_ANYWAY_MS = 1_500

/** A plan that stays true while it is shown. `told` hears what is new and must be stable. */
export const useLivePlan = (planId: string, told?: (events: PlanEvent[]) => void) =>
  useKeptTrue(planId, planQuery, told)

/** The same without the plan's tasks, where only what it says of itself is shown. */
export const useLivePlanHead = (planId: string) => useKeptTrue(planId, planHeadQuery)

type Reading = typeof planQuery | typeof planHeadQuery

function useKeptTrue(planId: string, reading: Reading, told?: (events: PlanEvent[]) => void) {
  const cache = useQueryClient()
  const [joined, setJoined] = useState(false)

  useEffect(() => {
    const options = reading(planId)
    const readings = paced(cache, planId)
    const feed = new PlanFeed(liveSocket(), planId, {
      read: () => cache.getQueryData(options.queryKey),
      write: (plan: Plan) => cache.setQueryData(options.queryKey, plan),
      refetch: () => cache.fetchQuery({ ...options, staleTime: 0 }),
      told: (events) => {
        spread(cache, planId, events)
        readings.hear(events)
        told?.(events)
      },
      caughtUp: () => {
        setJoined(true)
        readings.all()
        void cache.invalidateQueries({ queryKey: generationQuery(planId).queryKey })
        resynced()
      },
    })
    const stopCounting = countWatcher()
    feed.open()
    const anyway = setTimeout(() => setJoined(true), SHOW_ANYWAY_MS)
    return () => {
      clearTimeout(anyway)
      feed.close()
      readings.close()
      stopCounting()
      setJoined(false)
    }
  }, [cache, planId, reading, told])

  return useQuery({ ...reading(planId), enabled: joined })
}

/** Tell the events to what else is shown of the plan. */
function spread(cache: QueryClient, planId: string, events: PlanEvent[]): void {
  const progress = events.filter((event) => event.type === 'masterplan_generation_progress')
  if (progress.length > 0) {
    const { queryKey } = generationQuery(planId)
    // What is on its way may have been read before these happened.
    if (cache.isFetching({ queryKey }) > 0) void cache.invalidateQueries({ queryKey })
    else cache.setQueryData(queryKey, (known) => known && withSteps(known, progress))
  }
  const tasks = new Set(events.flatMap((event) => ('task_id' in event ? [event.task_id] : [])))
  for (const task of tasks) void cache.invalidateQueries({ queryKey: ['attempts', planId, task] })
  if (events.some((event) => event.type === 'masterplan_status')) {
    void cache.invalidateQueries({ queryKey: ['plans'] })
    // A revision that came to nothing gives back the comments that it was asked for with.
    void cache.invalidateQueries({ queryKey: commentsQuery(planId).queryKey })
  }
}

/** What is read as a whole: with every batch of events, no reading would come to its end. */
function paced(cache: QueryClient, planId: string) {
  const again = (queryKey: readonly unknown[]) =>
    createPacer(() => cache.invalidateQueries({ queryKey }))
  const timeline = again(timelineQuery(planId).queryKey)
  const files = again(filesQuery(planId).queryKey)
  return {
    hear(events: PlanEvent[]) {
      if (events.some((event) => 'task_id' in event)) timeline.ask()
      if (events.some((event) => event.type === 'task_execution_complete')) files.ask()
    },
    all() {
      timeline.ask()
      files.ask()
    },
    close() {
      timeline.close()
      files.close()
    },
  }
}
