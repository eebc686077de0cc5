import type { CSSProperties } from 'react'
import { classes } from '@/lib/classes'
import type { Look } from '@/lib/status'

interface Props {
  look: Look
  /** What is said beside the status, such as "blocked by #12". */
  detail?: string
  className?: string
}

export const toneOf = (look: Look): CSSProperties =>
  ({ '--tone': `var(${look.tone})` }) as CSSProperties

export function StatusBadge({ look, detail, className }: Props) {
  const Icon = look.icon
  return (
    <span
      style={toneOf(look)}
      className={classes(
        'inline-flex h-6 max-w-full items-center gap-1.5 rounded-full border px-2 text-xs font-medium',
        'border-(--tone) text-(--tone)',
        look.hatched && 'hatched',
        className,
      )}
    >
      <Icon aria-hidden className="size-3.5 shrink-0" />
      <span className="truncate">
        {look.label}
        {detail && `: ${detail}`}
      </span>
    </span>
  )
}
