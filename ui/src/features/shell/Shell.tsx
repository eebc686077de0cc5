import { Outlet, useNavigate } from '@tanstack/react-router'
import { lazy, useEffect, useState } from 'react'
import { Toaster } from 'sonner'
import { Late } from '@/components/ui/Late'
import { usePlanEnds } from '@/features/plan/usePlanEnds'
import { usePreferences } from '@/lib/preferences'
import { useMediaQuery } from '@/lib/useMediaQuery'
import { useShortcuts } from '@/lib/useShortcuts'
import { Navigation } from './Navigation'
import { TopBar } from './TopBar'

const loadPalette = () => import('@/features/command/CommandPalette')
const CommandPalette = lazy(loadPalette)
const HelpDialog = lazy(() => import('@/features/command/HelpDialog'))

type Overlay = 'palette' | 'help' | undefined

/** What is around every page. */
export function Shell() {
  const [overlay, setOverlay] = useState<Overlay>()
  const { theme } = usePreferences()
  const wide = useMediaQuery('(min-width: 46rem)')
  const navigate = useNavigate()
  usePlanEnds()
  useShortcuts({
    '?': () => setOverlay('help'),
    '/': () => document.querySelector<HTMLInputElement>('input[type="search"]')?.focus(),
    n: () => void navigate({ to: '/new' }),
  })
  useWhenIdle(loadPalette)
  usePaletteKey(() => setOverlay((now) => (now === 'palette' ? undefined : 'palette')))
  const actions = { onPalette: () => setOverlay('palette'), onHelp: () => setOverlay('help') }

  return (
    <>
      <a
        href="#content"
        className="sr-only z-50 rounded-lg bg-action px-4 py-2 text-on-action focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        Skip to the content
      </a>
      <div className="mx-auto flex max-w-[84rem] md:gap-6 md:px-6">
        <Navigation wide={wide} {...actions} />
        <div className="min-w-0 flex-1 px-3 pb-28 md:px-0 md:pt-6 md:pb-12">
          {!wide && <TopBar {...actions} />}
          <main id="content" tabIndex={-1} className="outline-none">
            <Outlet />
          </main>
        </div>
      </div>
      <Late>
        {overlay === 'palette' && (
          <CommandPalette onClose={() => setOverlay(undefined)} onHelp={() => setOverlay('help')} />
        )}
        {overlay === 'help' && <HelpDialog onClose={() => setOverlay(undefined)} />}
      </Late>
      <Toaster
        theme={theme}
        // On a narrow screen what is to be pressed lies at the bottom, by the thumb.
        position={wide ? 'bottom-right' : 'top-center'}
        mobileOffset={{ top: 8 }}
        closeButton
        toastOptions={{
          style: {
            // The page must not show through what has to be read at a glance.
            background: 'linear-gradient(var(--raised), var(--raised)), var(--ground)',
            color: 'var(--ink)',
            borderColor: 'var(--hairline)',
            boxShadow: 'var(--lift)',
          },
          classNames: { description: 'text-soft! break-words', toast: 'font-sans!' },
        }}
      />
    </>
  )
}

/** So that the first press of a key finds there what it opens; Safari cannot tell when it is idle. */
function useWhenIdle(load: () => Promise<unknown>): void {
  useEffect(() => {
    const run = () => void load().catch(() => undefined)
    if (!('requestIdleCallback' in window)) return
    const handle = requestIdleCallback(run)
    return () => cancelIdleCallback(handle)
  }, [load])
}

function usePaletteKey(toggle: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return
      event.preventDefault()
      toggle()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  })
}
