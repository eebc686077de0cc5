import { useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import { toast } from 'sonner'
import type { PlanEnd, PlanEvent } from '@/api/types'
import { counted, duration } from '@/lib/format'
import { getPreferences } from '@/lib/preferences'

const TITLES: Record<PlanEnd['outcome'], string> = {
  succeeded: 'Plan completed',
  partial: 'Plan completed, with failures',
  failed: 'Plan ended: no task succeeded',
}

/** The page itself says how the plan ended; this only tells that it did, in milliseconds. */
const SHOWN_MS = 6_000

export function endText(end: PlanEnd): string {
  const counts = `${end.completed_tasks} of ${counted(end.total_tasks, 'task')} completed`
  const where = end.workspace_path ? ` Workspace: ${end.workspace_path}` : ''
  return `${counts} in ${duration(end.duration_s)}.${where}`
}

/** Tells of the plan's end as it comes, on the page and, where it is wished, on the desktop. */
export function useEndNotice(planId: string): (events: PlanEvent[]) => void {
  const navigate = useNavigate()
  return useCallback(
    (events) => {
      for (const event of events) {
        if (event.type !== 'masterplan_execution_complete') continue
        const show = event.outcome === 'succeeded' ? toast.success : toast.warning
        const link = { label: 'Files', onClick: () => void navigate(filesOf(planId)) }
        show(TITLES[event.outcome], {
          description: endText(event),
          duration: SHOWN_MS,
          action: link,
        })
        notifyDesktop(planId, event)
      }
    },
    [planId, navigate],
  )
}

const filesOf = (planId: string) =>
  ({ to: '/plans/$planId', params: { planId }, search: { tab: 'files' } }) as const

function notifyDesktop(planId: string, end: PlanEnd): void {
  if (!getPreferences().notify || !('Notification' in window) || !document.hidden) return
  if (Notification.permission !== 'granted') return
  const notice = new Notification(TITLES[end.outcome], { body: endText(end), tag: planId })
  notice.onclick = () => {
    window.focus()
    notice.close()
  }
}
