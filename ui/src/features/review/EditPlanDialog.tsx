import { useQuery } from '@tanstack/react-query'
import { Save } from 'lucide-react'
import { useState } from 'react'
import { problemsOf } from '@/api/client'
import { planFileQuery } from '@/api/queries'
import type { Plan } from '@/api/types'
import { Dialog } from '@/components/ui/Dialog'
import { Failed, Loading } from '@/components/ui/States'
import { PlanFileForm } from '@/features/plan/PlanFileForm'
import { useSaveRevision } from './useSaveRevision'

interface Props {
  plan: Plan
  onClose(): void
}

/** Changes a draft in the words of its plan file; what is saved is its next revision. */
export default function EditPlanDialog({ plan, onClose }: Props) {
  // The plan as it was read: who edits another one, or decides on it, meanwhile is not overwritten.
  const [read] = useState(plan)
  const file = useQuery(planFileQuery(read.masterplan_id, read.revision))
  const save = useSaveRevision(read, onClose)
  return (
    <Dialog
      open
      onClose={onClose}
      title="Edit the plan"
      description="What you save is the plan's next revision, to be approved as a whole."
      className="top-[5vh] max-h-[90vh] w-[min(56rem,calc(100vw-2rem))]"
    >
      {file.isPending && <Loading rows={6} />}
      {file.error && <Failed error={file.error} retry={() => void file.refetch()} />}
      {file.data !== undefined && (
        <PlanFileForm
          icon={Save}
          label="Plan file"
          submit="Save"
          initial={file.data}
          busy={save.isPending}
          problems={save.error ? problemsOf(save.error) : []}
          onSubmit={(text) => save.mutate(text)}
        />
      )}
    </Dialog>
  )
}
