import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { FileText, Plus, RotateCw, Save, TriangleAlert } from 'lucide-react'
import { useCallback, useMemo, useReducer, useState } from 'react'
import { toast } from 'sonner'
import { answer, api } from '@/api/client'
import { planDocumentQuery, planQuery, systemQuery } from '@/api/queries'
import type { EditableDocument, Plan, PlanDocument } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { GlassCard } from '@/components/glass/GlassCard'
import { Dialog } from '@/components/ui/Dialog'
import { Failed, Loading } from '@/components/ui/States'
import { isEditable } from '@/lib/status'
import { type Change, differs, edited, tasksIn, tidied } from './planDraft'
import { NO_PROBLEMS, type Problems, sortedProblems, wasOvertaken } from './problems'
import { TaskEntry } from './TaskEntry'

interface Props {
  plan: Plan
  onClose(): void
  onEditAsText(): void
}

/** The tasks of a draft or a rejected plan as forms; what is saved is its next revision. */
export default function PlanEditor(props: Props) {
  // The revision that was current when editing began: a later one is told, never overwritten.
  const [begun, setBegun] = useState(props.plan.revision)
  const read = useQuery(planDocumentQuery(props.plan.masterplan_id, begun))
  if (read.error) return <Failed error={read.error} retry={() => void read.refetch()} />
  if (!read.data) return <Loading rows={6} />
  return (
    <Editor
      key={read.data.revision}
      {...props}
      read={read.data}
      onReload={() => setBegun(props.plan.revision)}
    />
  )
}

interface EditorProps extends Props {
  read: EditableDocument
  onReload(): void
}

function Editor({ plan, read, onClose, onEditAsText, onReload }: EditorProps) {
  const [document, edit] = useReducer(edited, read.document)
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const system = useQuery(systemQuery())
  const save = useSave(plan.masterplan_id, read, onClose)
  const changed = useMemo(() => differs(document, read.document), [document, read])
  const overtaken =
    read.plan_hash !== plan.plan_hash || !isEditable(plan) || wasOvertaken(save.error)
  const problems = useMemo(
    () => (overtaken ? NO_PROBLEMS : sortedProblems(save.error)),
    [overtaken, save.error],
  )
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      changed && !save.isPending && !save.isSuccess && current.pathname !== next.pathname,
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
      {document.phases.map((phase, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: phases stay where they are here
        <section key={at} className="mt-1">
          <h2 className="px-3 pt-3 font-semibold">{phase.name}</h2>
          {phase.milestones.map((milestone, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: milestones stay where they are here
            <div key={place} className="mt-1">
              <h3 className="px-3 pt-1 text-sm text-soft">{milestone.name}</h3>
              <ol className="space-y-0.5">
                {milestone.tasks.map((task) => (
                  <TaskEntry
                    key={task.key}
                    document={document}
                    task={task}
                    agents={system.data?.agents ?? []}
                    problems={problems.fields.get(task.key) ?? []}
                    open={open.has(task.key)}
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

function useSave(planId: string, read: EditableDocument, onClose: () => void) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (document: PlanDocument) =>
      answer(
        api.PUT('/api/v1/masterplans/{masterplan_id}', {
          params: { path: { masterplan_id: planId }, query: { plan_hash: read.plan_hash } },
          body: document,
        }),
      ),
    onSuccess: (plan) => {
      cache.setQueryData(planQuery(planId).queryKey, plan)
      void cache.invalidateQueries({ queryKey: ['plans'] })
      toast.success(`Saved as revision ${plan.revision}`)
      onClose()
    },
    onError: (error) => {
      if (!wasOvertaken(error)) return
      void cache.fetchQuery({ ...planQuery(planId), staleTime: 0 }).catch(() => undefined)
    },
  })
}

/** Nothing was overwritten: the other's revision stands, and this one can be looked up here. */
function Overtaken({ plan, onReload, onClose }: Omit<EditorProps, 'read' | 'onEditAsText'>) {
  const editable = isEditable(plan)
  return (
    <div role="alert" className="m-2 rounded-lg border border-failed bg-sunken p-3">
      <p className="flex items-center gap-2 font-medium">
        <TriangleAlert aria-hidden className="size-4 shrink-0 text-failed" />
        {editable
          ? `Somebody else has saved revision ${plan.revision} meanwhile`
          : `The plan is ${plan.status.replace('_', ' ')} meanwhile`}
      </p>
      <p className="mt-1 text-sm">
        Your changes were not saved and nothing was overwritten. Copy what you want to keep.
      </p>
      <GlassButton
        size="sm"
        icon={RotateCw}
        className="mt-2"
        onClick={editable ? onReload : onClose}
      >
        {editable ? `Drop my changes and edit revision ${plan.revision}` : 'Drop my changes'}
      </GlassButton>
    </div>
  )
}

function Others({ problems }: { problems: Problems }) {
  const count = [...problems.fields.values()].flat().length
  if (count === 0 && problems.others.length === 0) return null
  return (
    <div role="alert" className="m-2 rounded-lg border border-failed bg-sunken p-3">
      <p className="flex items-center gap-2 font-medium">
        <TriangleAlert aria-hidden className="size-4 shrink-0 text-failed" />
        The plan cannot be saved yet
      </p>
      <ul className="mt-1.5 list-disc space-y-0.5 pl-6 text-sm break-words">
        {problems.others.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
        {[...problems.fields.values()].flat().map(({ message }) => (
          <li key={message}>{message}</li>
        ))}
      </ul>
    </div>
  )
}

interface DiscardProps {
  open: boolean
  onStay(): void
  onLeave(): void
}

function Discard({ open, onStay, onLeave }: DiscardProps) {
  return (
    <Dialog
      open={open}
      onClose={onStay}
      title="Leave without saving?"
      description="What you have changed in this plan is not saved yet."
    >
      <div className="flex justify-end gap-2">
        <GlassButton tone="quiet" onClick={onStay}>
          Keep editing
        </GlassButton>
        <GlassButton tone="danger" onClick={onLeave}>
          Discard changes
        </GlassButton>
      </div>
    </Dialog>
  )
}
