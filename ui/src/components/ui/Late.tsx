import { CatchBoundary } from '@tanstack/react-router'
import { CloudOff, RotateCw } from 'lucide-react'
import { type ReactNode, Suspense } from 'react'
import { GlassButton } from '@/components/glass/GlassButton'
import { GlassCard } from '@/components/glass/GlassCard'

/** Room for what is loaded when it is needed; what cannot be loaded takes nothing else with it. */
export function Late({ children, fallback }: { children: ReactNode; fallback?: ReactNode }) {
  return (
    <CatchBoundary getResetKey={() => 'late'} errorComponent={NotLoaded}>
      <Suspense fallback={fallback}>{children}</Suspense>
    </CatchBoundary>
  )
}

/** A server that is away or was updated has not the part that the page asked for. */
export function NotLoaded() {
  return (
    <GlassCard role="alert" className="flex flex-wrap items-center gap-4 p-5">
      <CloudOff aria-hidden className="size-6 shrink-0 text-failed" strokeWidth={1.5} />
      <p className="min-w-0 flex-1">
        A part of the page could not be shown: the server could not be reached, or it has been
        updated. Reload the page once it is there.
      </p>
      <GlassButton icon={RotateCw} onClick={() => window.location.reload()}>
        Reload
      </GlassButton>
    </GlassCard>
  )
}
