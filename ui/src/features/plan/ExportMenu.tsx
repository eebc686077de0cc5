import { Download } from 'lucide-react'
import { type KeyboardEvent, useRef } from 'react'
import type { Plan, PlanFormat } from '@/api/types'

/** Each format, with the ending that its files have. */
const FORMATS: Record<PlanFormat, { label: string; ending: string }> = {
  masterplan: { label: 'Masterplan', ending: 'yaml' },
  agent_os: { label: 'Agent OS', ending: 'md' },
  spec_kit: { label: 'Spec Kit', ending: 'md' },
  kiro: { label: 'Kiro, cc-sdd', ending: 'md' },
  task_master: { label: 'Task Master', ending: 'json' },
  beads: { label: 'beads', ending: 'jsonl' },
}

export const formatLabel = (format: PlanFormat): string => FORMATS[format].label

/** The name that the plan's file is saved under: its own where it goes back into its format. */
export function fileName(plan: Plan, format: PlanFormat): string {
  const known = plan.source?.format === format ? plan.source.name : null
  return known ?? `masterplan-${plan.masterplan_id.slice(0, 8)}.${FORMATS[format].ending}`
}

/** The plan as a file, in the format it came in first: there it is that very file, ticked. */
export function ExportMenu({ plan }: { plan: Plan }) {
  const menu = useRef<HTMLDetailsElement>(null)
  const close = () => menu.current?.removeAttribute('open')
  const leave = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !menu.current?.open) return
    event.stopPropagation()
    close()
    menu.current.querySelector('summary')?.focus()
  }
  const own = plan.source?.format
  const formats = (Object.keys(FORMATS) as PlanFormat[]).sort(
    (one, other) => Number(other === own) - Number(one === own),
  )
  return (
    <details
      ref={menu}
      className="relative"
      onKeyDown={leave}
      onBlur={(event) => event.currentTarget.contains(event.relatedTarget) || close()}
    >
      <summary className="flex h-9 cursor-pointer list-none items-center gap-2 rounded-lg border border-boundary bg-raised px-4 font-medium hover:bg-hover">
        <Download aria-hidden className="size-4" />
        Export
      </summary>
      <ul className="absolute right-0 z-10 mt-1 min-w-44 rounded-lg border border-boundary bg-raised p-1 shadow-lg max-md:right-auto">
        {formats.map((format) => (
          <li key={format}>
            <a
              href={`/api/v1/masterplans/${plan.masterplan_id}/export?format=${format}`}
              download={fileName(plan, format)}
              onClick={close}
              className="block rounded-md px-3 py-1.5 text-sm hover:bg-hover"
            >
              {formatLabel(format)}
              {format === own && <span className="text-soft"> (as it came)</span>}
            </a>
          </li>
        ))}
      </ul>
    </details>
  )
}
