import { useQuery } from '@tanstack/react-query'
import { ChevronRight, Sparkles, TriangleAlert } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { commentsQuery, revisionsQuery } from '@/api/queries'
import type { Plan, Revision, Task } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { GlassCard } from '@/components/glass/GlassCard'
import { counted } from '@/lib/format'
import { CommentList } from './CommentList'
import { lastFailure } from './revisions'
import { useReview } from './useReview'

interface Props {
  plan: Plan
  tasks: ReadonlyMap<string, Task>
}

/** Asks a model to change the plan: feedback and every pending comment, sent as one request. */
export function RevisePanel({ plan, tasks }: Props) {
  const id = useId()
  const [typed, setTyped] = useState<string>()
  const { data = [] } = useQuery(commentsQuery(plan.masterplan_id))
  const { data: kept } = useQuery(revisionsQuery(plan))
  const failure = lastFailure(kept?.revisions ?? [], plan)
  // What was asked for in vain is there to be asked for again, in these words or in others.
  const feedback = typed ?? failure?.feedback ?? ''
  const { withdraw, revise } = useReview(plan)
  const pending = data.filter((one) => one.sent_in === null)
  const names = new Map([...tasks.values()].map((task) => [task.key, task.name]))
  const nothing = !feedback.trim() && pending.length === 0 && !plan.rejection_reason

  const send = (event: FormEvent) => {
    event.preventDefault()
    if (!nothing) revise.mutate(feedback.trim())
  }
  return (
    <GlassCard className="p-0">
      <details className="group" open={pending.length > 0 || failure !== undefined || undefined}>
        <summary className="flex min-h-11 cursor-pointer list-none items-center gap-2.5 px-5 py-3 font-medium md:px-6">
          <ChevronRight
            aria-hidden
            className="size-4 shrink-0 text-soft transition-transform group-open:rotate-90"
          />
          Ask for changes
          {pending.length > 0 && (
            <span className="text-sm font-normal text-soft">
              {counted(pending.length, 'comment')} to be sent
            </span>
          )}
        </summary>
        <form onSubmit={send} className="space-y-3 px-5 pb-5 md:px-6">
          {failure && <Failure revision={failure} />}
          <CommentList
            comments={pending}
            about={(one) => (one.task_key ? (names.get(one.task_key) ?? one.task_key) : undefined)}
            onWithdraw={(one) => withdraw.mutate(one.comment_id)}
          />
          <label htmlFor={id} className="block text-sm font-medium">
            What should be different?
          </label>
          <textarea
            id={id}
            rows={3}
            dir="auto"
            value={feedback}
            placeholder={plan.rejection_reason ?? 'Comments on single tasks go into these.'}
            onChange={(event) => setTyped(event.target.value)}
            className="field w-full resize-y"
          />
          <div className="flex flex-wrap items-center gap-3">
            <GlassButton
              type="submit"
              tone="primary"
              icon={Sparkles}
              busy={revise.isPending}
              disabled={nothing}
            >
              Ask for a revision
            </GlassButton>
            <p className="min-w-0 flex-1 basis-56 text-sm text-soft">
              The model changes only what you speak of. The result is a draft for you to approve.
            </p>
          </div>
        </form>
      </details>
    </GlassCard>
  )
}

function Failure({ revision }: { revision: Revision }) {
  return (
    <div role="alert" className="flex gap-2.5 rounded-lg border border-failed bg-sunken p-3">
      <TriangleAlert aria-hidden className="mt-0.5 size-5 shrink-0 text-failed" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">
          Revision {revision.number} came to nothing, and the plan is what it was
        </p>
        <p dir="auto" className="mt-0.5 text-sm break-words whitespace-pre-wrap">
          {revision.error}
        </p>
      </div>
    </div>
  )
}
