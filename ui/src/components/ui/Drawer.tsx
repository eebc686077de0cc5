import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { GlassButton } from '@/components/glass/GlassButton'
import { useReturnFocus } from './useReturnFocus'

interface Props {
  title: string
  eyebrow: ReactNode
  onClose(): void
  children: ReactNode
}

/** A panel at the side with one thing in full; the page stays where it was. */
export function Drawer({ title, eyebrow, onClose, children }: Props) {
  const { remember, giveBack } = useReturnFocus()
  return (
    <Radix.Root open onOpenChange={(open) => open || onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          // The panel itself is where reading begins, not the cross that closes it.
          onOpenAutoFocus={(event) => {
            remember()
            event.preventDefault()
            ;(event.currentTarget as HTMLElement).focus()
          }}
          onCloseAutoFocus={giveBack}
          className="glass-raised sliding fixed inset-y-0 right-0 z-50 w-full overflow-y-auto outline-none md:inset-y-3 md:right-3 md:w-[min(46rem,92vw)] md:rounded-2xl"
        >
          <div className="sticky top-0 z-10 flex items-start justify-between gap-4 border-b border-hairline bg-raised px-5 py-4 md:px-6">
            <div className="min-w-0">
              <div className="mb-1 flex flex-wrap items-center gap-2">{eyebrow}</div>
              <Radix.Title dir="auto" className="text-lg font-semibold break-words">
                {title}
              </Radix.Title>
            </div>
            <Radix.Close asChild>
              <GlassButton tone="quiet" size="icon" icon={X} aria-label="Close" />
            </Radix.Close>
          </div>
          <div className="space-y-6 px-5 py-5 md:px-6">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

export function DrawerSection({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <section>
      <h3 className="label-caps mb-2">{title}</h3>
      {children}
    </section>
  )
}
