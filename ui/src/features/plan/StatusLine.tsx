import { useEffect, useRef, useState } from 'react'
import type { Plan } from '@/api/types'
import { isRunning, planLook } from '@/lib/status'

/** How often a reader is told how things stand, in milliseconds. */
const EVERY_MS = 10_000

export function standing(plan: Plan): string {
  const running = plan.phases
    .flatMap((phase) => phase.milestones.flatMap((milestone) => milestone.tasks))
    .filter(isRunning).length
  const counts = `${plan.completed_tasks} of ${plan.total_tasks} tasks completed`
  const parts = [planLook(plan).label, counts]
  if (running > 0) parts.push(`${running} running`)
  if (plan.failed_tasks > 0) parts.push(`${plan.failed_tasks} failed`)
  return parts.join(', ')
}

/** One polite line for who listens to the page: now and then, never for each event. */
export function StatusLine({ plan }: { plan: Plan }) {
  const current = standing(plan)
  const running = plan.status === 'in_progress'
  const newest = useRef(current)
  const [said, setSaid] = useState(current)

  useEffect(() => {
    newest.current = current
    if (!running) setSaid(current)
  }, [current, running])
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => setSaid(newest.current), EVERY_MS)
    return () => clearInterval(timer)
  }, [running])

  return (
    <p role="status" className="sr-only">
      {said}
    </p>
  )
}
