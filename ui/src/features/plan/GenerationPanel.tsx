import { useQuery } from '@tanstack/react-query'
import { Check, LoaderCircle } from 'lucide-react'
import { generationQuery } from '@/api/queries'
import { GlassCard } from '@/components/glass/GlassCard'
import { counted } from '@/lib/format'
import { sinceLastStart } from './generationSteps'

interface Props {
  planId: string
  /** Whether there is a plan already, which a model changes. */
  revising?: boolean
}

/** How planning goes on: what has been done, in the planner's words. */
export function GenerationPanel({ planId, revising = false }: Props) {
  const { data: told = [] } = useQuery(generationQuery(planId))
  const steps = sinceLastStart(told)
  const last = steps.at(-1)
  const percent = Math.round(last?.percent ?? 0)
  return (
    <GlassCard className="p-5 md:p-6" aria-label="Planning">
      <div className="mb-2 flex items-baseline justify-between gap-3">
        <h2 className="font-semibold">
          {revising ? 'The plan is being revised' : 'The plan is being made'}
        </h2>
        <span className="tabular text-sm text-soft">
          {!revising &&
            last &&
            last.tasks_so_far > 0 &&
            `${counted(last.tasks_so_far, 'task')} so far · `}
          {percent}%
        </span>
      </div>
      <div
        role="progressbar"
        aria-label="Progress of planning"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        className="h-2 overflow-hidden rounded-full border border-hairline bg-sunken"
      >
        <div
          className="relative h-full overflow-hidden rounded-full"
          style={{ width: `${Math.max(percent, 2)}%`, background: 'var(--status-validating)' }}
        >
          <div className="moving absolute inset-0" />
        </div>
      </div>
      <ol aria-label="Steps of planning" className="mt-4 space-y-1.5 text-sm">
        {steps.map((step) => (
          <li key={step.seq} className="flex gap-2.5">
            {step === last ? (
              <LoaderCircle aria-hidden className="turning mt-0.5 size-4 shrink-0" />
            ) : (
              <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-completed" />
            )}
            <span className={step === last ? 'min-w-0' : 'min-w-0 text-soft'}>
              <span className="capitalize">{step.phase}</span>: <bdi>{step.message}</bdi>
            </span>
          </li>
        ))}
        {steps.length === 0 && <li className="text-soft">Waiting for the planner…</li>}
      </ol>
      <p className="mt-4 text-sm text-soft">
        With the embedded model this takes some minutes. You may close this page: planning goes on,
        and nothing is executed before you approve.
      </p>
    </GlassCard>
  )
}
