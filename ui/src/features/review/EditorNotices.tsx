/** What an editor of a plan says above its forms, or asks before it is left. */
import { RotateCw, TriangleAlert } from 'lucide-react'
import type { Plan } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { Dialog } from '@/components/ui/Dialog'
import { isUndecided } from '@/lib/status'
import { allProblems, type Problems } from './problems'

interface OvertakenProps {
  plan: Plan
  onReload(): void
  onClose(): void
}

/** Nothing was overwritten: the other's revision stands, and this one can be looked up here. */
export function Overtaken({ plan, onReload, onClose }: OvertakenProps) {
  // Whoever had not decided yet goes on; a decided plan is looked at before it is edited.
  const goesOn = isUndecided(plan)
  return (
    <div role="alert" className="m-2 rounded-lg border border-failed bg-sunken p-3">
      <p className="flex items-center gap-2 font-medium">
        <TriangleAlert aria-hidden className="size-4 shrink-0 text-failed" />
        {goesOn
          ? `Somebody else has saved revision ${plan.revision} meanwhile`
          : `The plan is ${plan.status.replace('_', ' ')} meanwhile`}
      </p>
      <p className="mt-1 text-sm">
        Your changes were not saved and nothing was overwritten. Copy what you want to keep.
      </p>
      <GlassButton size="sm" icon={RotateCw} className="mt-2" onClick={goesOn ? onReload : onClose}>
        {goesOn ? `Drop my changes and edit revision ${plan.revision}` : 'Drop my changes'}
      </GlassButton>
    </div>
  )
}

/** What the server found wrong, each problem once. */
export function Others({ problems }: { problems: Problems }) {
  const all = allProblems(problems)
  if (all.length === 0) return null
  return (
    <div role="alert" className="m-2 rounded-lg border border-failed bg-sunken p-3">
      <p className="flex items-center gap-2 font-medium">
        <TriangleAlert aria-hidden className="size-4 shrink-0 text-failed" />
        The plan cannot be saved yet
      </p>
      <ul className="mt-1.5 list-disc space-y-0.5 pl-6 text-sm break-words">
        {all.map((problem) => (
          <li key={problem} dir="auto">
            {problem}
          </li>
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

/** Asks before what was written is lost. */
export function Discard({ open, onStay, onLeave }: DiscardProps) {
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
