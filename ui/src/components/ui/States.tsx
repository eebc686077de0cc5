/** What a page shows when it has nothing to show yet, nothing at all, or an error. */
import { CloudOff, type LucideIcon, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { messageOf } from '@/api/client'
import { GlassButton } from '@/components/glass/GlassButton'
import { GlassCard } from '@/components/glass/GlassCard'
import { classes } from '@/lib/classes'

interface EmptyProps {
  icon: LucideIcon
  title: string
  /** The title of the whole page, where nothing else is on it. */
  heading?: 'h1' | 'h2'
  children?: ReactNode
}

export function Empty({ icon: Icon, title, heading: Heading = 'h2', children }: EmptyProps) {
  return (
    <GlassCard className="flex flex-col items-center gap-3 px-6 py-14 text-center">
      <Icon aria-hidden className="size-8 text-soft" strokeWidth={1.5} />
      <Heading className="text-lg font-semibold">{title}</Heading>
      <div className="max-w-md space-y-4 text-soft">{children}</div>
    </GlassCard>
  )
}

export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <GlassCard role="alert" className="flex flex-wrap items-center gap-4 p-5">
      <CloudOff aria-hidden className="size-6 shrink-0 text-failed" strokeWidth={1.5} />
      <p dir="auto" className="min-w-0 flex-1">
        {messageOf(error)}
      </p>
      {retry && (
        <GlassButton icon={RotateCw} onClick={retry}>
          Try again
        </GlassButton>
      )}
    </GlassCard>
  )
}

/** Room for what is being loaded; a reader is told once. */
export function Loading({ rows = 5, className }: { rows?: number; className?: string }) {
  return (
    <output className={classes('block space-y-2', className)}>
      <span className="sr-only">Loading…</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows of nothing never change places
        <span key={row} className="block h-14 rounded-xl border border-hairline bg-sunken" />
      ))}
    </output>
  )
}
