import { useQuery } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { FileText, Plus, Save } from 'lucide-react'
import { useCallback, useMemo, useReducer, useState } from 'react'
import { planDocumentQuery, systemQuery } from '@/api/queries'
import type { EditableDocument, Plan, PlanStatus } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { GlassCard } from '@/components/glass/GlassCard'
import { Failed, Loading } from '@/components/ui/States'
import { isEditable } from '@/lib/status'
import { Discard, Others, Overtaken } from './EditorNotices'
import { type Change, differs, edited, endsOf, settingsOf, tasksIn, tidied } from './planDraft'
import { NO_PROBLEMS, sortedProblems, wasOvertaken } from './problems'
import { SettingsSection } from './SettingsSection'
import { TaskEntry } from './TaskEntry'
import { useSaveRevision } from './useSaveRevision'

interface Props {
  plan: Plan
  onClose(): void
  onEditAsText(): void
}

/** The tasks of a draft or a rejected plan as forms; what is saved is its next revision. */
export default function PlanEditor(props: Props) {
  // The revision that was current when editing began: a later one is told, never overwritten.
  const { revision, status } = props.plan
  const [begun, setBegun] = useState({ revision, status })
  const read = useQuery(planDocumentQuery(props.plan.masterplan_id, begun.revision))
  if (read.error) return <Failed error={read.error} retry={() => void read.refetch()} />
  if (!read.data) return <Loading rows={6} />
  return (
    <Editor
      key={`${read.data.revision} ${begun.status}`}
      {...props}
      read={read.data}
      begun={begun.status}
      onReload={() => setBegun({ revision, status })}
    />
  )
}

interface EditorProps extends Props {
  read: EditableDocument
  /** The plan's status when editing began: an approval that came meanwhile is not undone unseen. */
  begun: PlanStatus
  onReload(): void
}

function Editor({ plan, read, begun, onClose, onEditAsText, onReload }: EditorProps) {
  const [document, edit] = useReducer(edited, read.document)
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const system = useQuery(systemQuery())
  const save = useSaveRevision(
    { masterplan_id: plan.masterplan_id, plan_hash: read.plan_hash, status: begun },
    onClose,
  )
  const changed = useMemo(() => differs(document, read.document), [document, read])
  const saving = save.isPending || save.isSuccess
  // The page may hear of the revision that is being saved before the answer to it comes.
  const changedElsewhere =
    read.plan_hash !== plan.plan_hash || plan.status !== begun || !isEditable(plan)
  const overtaken = (changedElsewhere && !saving) || wasOvertaken(save.error)
  const problems = useMemo(
    () => (overtaken ? NO_PROBLEMS : sortedProblems(save.error)),
    [overtaken, save.error],
  )
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => changed && !saving && current.pathname !== next.pathname,
    enableBeforeUnload: () => changed,
    withResolver: true,
  })
  const [leaving, setLeaving] = useState<(() => void) | undefined>()
  const guard = (leave: () => void) => (changed ? setLeaving(() => leave) : leave())

  const show = useCallback(
    (key: string, shown: boolean) =>
      setOpen((now) => new Set(shown ? [...now, key] : [...now].filter((one) => one !== key))),
    [],
  )
  const ends = useMemo(() => endsOf(document), [document])
  const add = (change: Extract<Change, { kind: 'add' }>) => {
    const before = new Set(tasksIn(document).map((task) => task.key))
    const added = tasksIn(edited(document, change)).find((task) => !before.has(task.key))
    edit(change)
    if (added) show(added.key, true)
  }

  return (
    <GlassCard className="p-2 md:p-3" aria-label="Edit tasks">
      {overtaken ? (
        <Overtaken plan={plan} onReload={onReload} onClose={onClose} />
      ) : (
        <Others problems={problems} />
      )}
      <SettingsSection
        settings={settingsOf(document)}
        problems={problems.settings}
        onChange={(patch) => edit({ kind: 'settings', patch })}
      />
      {document.phases.map((phase, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: phases stay where they are here
        <section key={at} className="mt-1">
          <h2 dir="auto" className="px-3 pt-3 font-semibold">
            {phase.name}
          </h2>
          {phase.milestones.map((milestone, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: milestones stay where they are here
            <div key={place} className="mt-1">
              <h3 dir="auto" className="px-3 pt-1 text-sm text-soft">
                {milestone.name}
              </h3>
              <ol className="space-y-0.5">
                {milestone.tasks.map((task) => (
                  <TaskEntry
                    key={task.key}
                    document={open.has(task.key) ? document : undefined}
                    task={task}
                    up={task !== ends[-1]}
                    down={task !== ends[1]}
                    agents={system.data?.agents}
                    problems={problems.fields.get(task.key)}
                    onOpen={show}
                    onEdit={edit}
                  />
                ))}
              </ol>
              <GlassButton
                tone="quiet"
                size="sm"
                icon={Plus}
                className="mt-1 ml-1"
                aria-label={`Add a task to ${milestone.name}`}
                onClick={() => add({ kind: 'add', phase: at, milestone: place })}
              >
                Add a task
              </GlassButton>
            </div>
          ))}
        </section>
      ))}
      <div className="glass-raised sticky bottom-2 z-10 mt-4 max-md:bottom-20 flex flex-wrap items-center gap-2 rounded-xl p-2.5">
        <GlassButton
          tone="primary"
          icon={Save}
          busy={save.isPending}
          disabled={!changed || overtaken}
          onClick={() => save.mutate(tidied(document))}
        >
          Save
        </GlassButton>
        <GlassButton onClick={() => guard(onClose)}>Cancel</GlassButton>
        <GlassButton tone="quiet" icon={FileText} onClick={() => guard(onEditAsText)}>
          Edit as text
        </GlassButton>
        <span aria-live="polite" className="px-2 text-sm text-soft">
          {changed ? 'Not saved yet' : ''}
        </span>
      </div>
      <Discard
        open={leaving !== undefined || blocker.status === 'blocked'}
        onStay={() => {
          setLeaving(undefined)
          blocker.reset?.()
        }}
        onLeave={() => {
          leaving?.()
          setLeaving(undefined)
          blocker.proceed?.()
        }}
      />
    </GlassCard>
  )
}
