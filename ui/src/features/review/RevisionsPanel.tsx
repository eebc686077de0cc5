import { useQuery } from '@tanstack/react-query'
import { Bot, LoaderCircle, TriangleAlert, Undo2, User } from 'lucide-react'
import { useState } from 'react'
import { revisionDiffQuery, revisionsQuery } from '@/api/queries'
import type { Plan, Revision } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { GlassCard } from '@/components/glass/GlassCard'
import { Failed, Loading } from '@/components/ui/States'
import { classes } from '@/lib/classes'
import { ago, exactly } from '@/lib/format'
import { isEditable } from '@/lib/status'
import { RevisionDiff } from './RevisionDiff'
import { comparable, pairFor } from './revisions'
import { useReview } from './useReview'

/** What the plan said when, who wrote it and why, and what differs between any two of them. */
export default function RevisionsPanel({ plan }: { plan: Plan }) {
  const { data, error, refetch } = useQuery(revisionsQuery(plan))
  const [chosen, setChosen] = useState<{ old: number; to: number }>()
  const { restore } = useReview(plan)
  if (error) return <Failed error={error} retry={() => void refetch()} />
  if (!data) return <Loading rows={3} />
  const pair = chosen ?? pairFor(data.revisions, data.current)
  const ready = comparable(data.revisions)
  return (
    <GlassCard className="space-y-5 p-5 md:p-6" aria-label="Revisions">
      <ol className="space-y-1">
        {data.revisions.map((one) => (
          <RevisionRow
            key={one.number}
            revision={one}
            current={one.number === data.current}
            shown={one.number === pair?.to}
            onShow={() => setChosen(pairFor(data.revisions, one.number))}
            restoring={restore.isPending && restore.variables === one.number}
            onRestore={
              isEditable(plan) && one.status === 'ready' && one.number !== data.current
                ? () => restore.mutate(one.number, { onSuccess: () => setChosen(undefined) })
                : undefined
            }
          />
        ))}
      </ol>
      {pair && ready.length > 1 && (
        <>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <h2 className="font-semibold">What differs</h2>
            <Chooser
              label="Compare revision"
              revisions={ready}
              value={pair.old}
              onChoose={(old) => setChosen({ ...pair, old })}
            />
            <Chooser
              label="with revision"
              revisions={ready}
              value={pair.to}
              onChoose={(to) => setChosen({ ...pair, to })}
            />
          </div>
          <Comparison planId={plan.masterplan_id} {...pair} />
        </>
      )}
    </GlassCard>
  )
}

interface RowProps {
  revision: Revision
  current: boolean
  shown: boolean
  onShow(): void
  restoring: boolean
  /** Missing where the plan cannot, or need not, go back to this one. */
  onRestore: (() => void) | undefined
}

function RevisionRow({ revision, current, shown, onShow, restoring, onRestore }: RowProps) {
  const Author = revision.author_kind === 'model' ? Bot : User
  return (
    <li className="flex items-start gap-2">
      <button
        type="button"
        aria-current={shown ? 'true' : undefined}
        disabled={revision.status !== 'ready'}
        onClick={onShow}
        className={classes(
          'min-w-0 grow rounded-lg px-3 py-2 text-left',
          shown ? 'bg-sunken' : 'enabled:hover:bg-hover',
        )}
      >
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="font-medium">Revision {revision.number}</span>
          {current && <span className="text-sm text-completed">the plan as it is</span>}
          {revision.status === 'generating' && (
            <span className="flex items-center gap-1.5 text-sm text-soft">
              <LoaderCircle aria-hidden className="turning size-4" /> being written
            </span>
          )}
          {revision.status === 'failed' && (
            <span className="flex items-center gap-1.5 text-sm text-failed">
              <TriangleAlert aria-hidden className="size-4" /> came to nothing
            </span>
          )}
          <span className="flex min-w-0 items-center gap-1.5 text-sm text-soft">
            <Author aria-hidden className="size-4 shrink-0" />
            <bdi className="truncate">{revision.author}</bdi>
            <time dateTime={revision.created_at} title={exactly(revision.created_at)}>
              {ago(revision.created_at)}
            </time>
          </span>
        </span>
        {[revision.reason, revision.error].map(
          (said) =>
            said && (
              <span
                key={said}
                dir="auto"
                className={classes(
                  'mt-0.5 block text-sm break-words whitespace-pre-wrap',
                  said === revision.error && 'text-failed',
                )}
              >
                {said}
              </span>
            ),
        )}
      </button>
      {onRestore && (
        <GlassButton
          size="sm"
          tone="quiet"
          icon={Undo2}
          busy={restoring}
          onClick={onRestore}
          className="mt-1.5"
          aria-label={`Restore revision ${revision.number}`}
        >
          Restore
        </GlassButton>
      )}
    </li>
  )
}

interface ChooserProps {
  label: string
  revisions: Revision[]
  value: number
  onChoose(number: number): void
}

function Chooser({ label, revisions, value, onChoose }: ChooserProps) {
  return (
    <label className="flex items-center gap-2 text-sm text-soft">
      {label}
      <select
        className="field"
        value={value}
        onChange={(event) => onChoose(Number(event.target.value))}
      >
        {revisions.map(({ number }) => (
          <option key={number}>{number}</option>
        ))}
      </select>
    </label>
  )
}

function Comparison({ planId, old, to }: { planId: string; old: number; to: number }) {
  const { data, error, refetch } = useQuery(revisionDiffQuery(planId, old, to))
  if (error) return <Failed error={error} retry={() => void refetch()} />
  if (!data) return <Loading rows={2} />
  return <RevisionDiff diff={data} />
}
