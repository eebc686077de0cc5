/** Tells that a plan has ended, once: on the page and, where it is wished, on the desktop. */
import { toast } from 'sonner'
import type { PlanEnd } from '@/api/types'
import { counted, duration } from '@/lib/format'
import { getPreferences } from '@/lib/preferences'

const TITLES: Record<PlanEnd['outcome'], string> = {
  succeeded: 'Plan completed',
  partial: 'Plan completed, with failures',
  failed: 'Plan ended: no task succeeded',
}

export function endText(end: PlanEnd): string {
  const counts = `${end.completed_tasks} of ${counted(end.total_tasks, 'task')} completed`
  const where = end.workspace_path ? ` Workspace: ${end.workspace_path}` : ''
  return `${counts} in ${duration(end.duration_s)}.${where}`
}

export interface EndNotice {
  end: PlanEnd
  /** The plan's title, where the page is not about that plan alone. */
  title?: string | undefined
  /** Where the notice leads to. */
  link: { label: string; onClick(): void }
  /** How long it is shown, in milliseconds. */
  duration: number
}

const told = new Set<string>()

/** Several may hear of one end, by the plan's room or by asking: the first tells it. */
export function tellEnd({ end, title, link, duration: shown }: EndNotice): void {
  const id = `end-${end.masterplan_id}-${end.occurred_at}`
  if (told.has(id)) return
  told.add(id)
  const show = end.outcome === 'succeeded' ? toast.success : toast.warning
  const heading = title ? `${TITLES[end.outcome]}: ${title}` : TITLES[end.outcome]
  show(heading, { id, description: endText(end), duration: shown, action: link })
  notifyDesktop(heading, end, link.onClick)
}

function notifyDesktop(heading: string, end: PlanEnd, open: () => void): void {
  if (!getPreferences().notify || !('Notification' in window) || !document.hidden) return
  if (Notification.permission !== 'granted') return
  const notice = new Notification(heading, { body: endText(end), tag: end.masterplan_id })
  notice.onclick = () => {
    window.focus()
    open()
    notice.close()
  }
}
