import { useEffect } from 'react'
import type { Plan } from '@/api/types'
import { percentOf } from '@/lib/format'

const TONES = { good: '#2f9e5f', bad: '#d9434f', going: '#d99a1c', still: '#52a8f0' }

export function tabTitle(plan: Plan): string {
  if (plan.status !== 'in_progress') return `${plan.title} · Masterplan`
  const failed = plan.failed_tasks > 0 ? ` · ${plan.failed_tasks} failed` : ''
  return `${percentOf(plan.completed_tasks, plan.total_tasks)}%${failed} · ${plan.title}`
}

/** A ring that fills as the plan does, for the browser's tab. */
export function ringIcon(plan: Plan): string {
  const share = plan.total_tasks ? plan.completed_tasks / plan.total_tasks : 0
  const tone =
    plan.failed_tasks > 0
      ? TONES.bad
      : plan.status === 'completed'
        ? TONES.good
        : plan.status === 'in_progress'
          ? TONES.going
          : TONES.still
  const round = 2 * Math.PI * 11
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#15202b"/><g fill="none" stroke-width="5" transform="rotate(-90 16 16)"><circle cx="16" cy="16" r="11" stroke="#3a4a58"/><circle cx="16" cy="16" r="11" stroke="${tone}" stroke-dasharray="${(share * round).toFixed(1)} ${round.toFixed(1)}"/></g></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

/** Say in the browser's tab how the plan stands, while its page is open. */
export function useTabState(plan: Plan | undefined): void {
  const title = plan ? tabTitle(plan) : 'Masterplan'
  const icon = plan && plan.total_tasks > 0 ? ringIcon(plan) : '/favicon.svg'
  useEffect(() => {
    document.title = title
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
    if (link) link.href = icon
    return () => {
      document.title = 'Masterplan'
      if (link) link.href = '/favicon.svg'
    }
  }, [title, icon])
}
