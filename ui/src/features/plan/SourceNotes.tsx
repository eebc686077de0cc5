import { FileInput } from 'lucide-react'
import type { Plan } from '@/api/types'
import { GlassCard } from '@/components/glass/GlassCard'
import { counted } from '@/lib/format'
import { formatLabel } from './ExportMenu'

/** What the import of the plan's file decided, before approval; later, what could not be ticked. */
export function SourceNotes({ plan }: { plan: Plan }) {
  const { source } = plan
  if (!source) return null
  const editable = plan.status === 'draft' || plan.status === 'rejected'
  return (
    <>
      {editable && source.notices.length > 0 && (
        <Notes
          title={`${counted(source.notices.length, 'note')} from reading ${source.name ?? 'the file'} as ${formatLabel(source.format)}`}
          notices={source.notices}
        />
      )}
      {source.sync_notices.length > 0 && (
        <Notes
          title={`Left alone in ${source.name ?? source.sync_path}`}
          notices={source.sync_notices}
        />
      )}
    </>
  )
}

function Notes({ title, notices }: { title: string; notices: string[] }) {
  return (
    <GlassCard className="px-5 py-4">
      <details>
        <summary className="flex cursor-pointer items-center gap-2 font-medium">
          <FileInput aria-hidden className="size-4 shrink-0 text-soft" />
          <span dir="auto" className="min-w-0 break-words">
            {title}
          </span>
        </summary>
        <ul className="mt-2 max-h-60 list-disc space-y-0.5 overflow-y-auto pl-6 text-sm break-words text-soft">
          {notices.map((notice) => (
            <li key={notice} dir="auto">
              {notice}
            </li>
          ))}
        </ul>
      </details>
    </GlassCard>
  )
}
