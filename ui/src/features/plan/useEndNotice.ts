import { useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import type { PlanEvent } from '@/api/types'
import { tellEnd } from './planEnd'

/** The page itself says how the plan ended; this only tells that it did, in milliseconds. */
const SHOWN_MS = 6_000

/** Tells of the end of the plan that is looked at, as it comes. */
export function useEndNotice(planId: string): (events: PlanEvent[]) => void {
  const navigate = useNavigate()
  return useCallback(
    (events) => {
      const to = { to: '/plans/$planId', params: { planId }, search: { tab: 'files' } } as const
      const link = { label: 'Files', onClick: () => void navigate(to) }
      for (const end of events) {
        if (end.type === 'masterplan_execution_complete') {
          tellEnd({ end, link, duration: SHOWN_MS })
        }
      }
    },
    [planId, navigate],
  )
}
