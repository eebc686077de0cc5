import type { GenerationProgress } from '@/api/types'

/** Add what is new to the steps known; what comes again after a reconnect is not new. */
export function withSteps(
  known: readonly GenerationProgress[],
  told: readonly GenerationProgress[],
): GenerationProgress[] {
  const last = known.at(-1)?.seq ?? 0
  return [...known, ...told.filter((step) => step.seq > last)]
}

/** The steps of the run under way: a server that was started again plans from the beginning. */
export function sinceLastStart(steps: readonly GenerationProgress[]): GenerationProgress[] {
  const beginning = steps[0]?.percent ?? 0
  const start = steps.findLastIndex(
    (step, at) => step.percent <= beginning || beginsRevision(step, steps[at - 1]),
  )
  return steps.slice(Math.max(start, 0))
}

const beginsRevision = (step: GenerationProgress, before: GenerationProgress | undefined) =>
  step.phase === 'revision' && before !== undefined && before.phase !== 'revision'
