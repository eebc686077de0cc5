import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { GlassButton } from '@/components/glass/GlassButton'
import { classes } from '@/lib/classes'
import { useReturnFocus } from './useReturnFocus'

interface Props {
  open: boolean
  onClose(): void
  title: string
  description?: ReactNode
  children: ReactNode
  className?: string
}

export function Dialog({ open, onClose, title, description, children, className }: Props) {
  const { remember, giveBack } = useReturnFocus()
  return (
    <Radix.Root open={open} onOpenChange={(next) => next || onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          className={classes(
            'glass-raised appearing fixed top-[12vh] outline-none left-1/2 z-50 max-h-[80vh] w-[min(32rem,calc(100vw-2rem))] -translate-x-1/2 overflow-y-auto rounded-2xl p-6',
            className,
          )}
          onOpenAutoFocus={(event) => {
            remember()
            focusFirstField(event)
          }}
          onCloseAutoFocus={giveBack}
          {...(!description && { 'aria-describedby': undefined })}
        >
          <div className="mb-4 flex items-start justify-between gap-4">
            <div>
              <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
              {description && (
                <Radix.Description dir="auto" className="mt-1 text-sm text-soft">
                  {description}
                </Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <GlassButton tone="quiet" size="icon" icon={X} aria-label="Close" className="-m-2" />
            </Radix.Close>
          </div>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** Begin where something is to be written; where nothing is, at the whole, not at its cross. */
function focusFirstField(event: Event): void {
  const dialog = event.currentTarget as HTMLElement
  const field = dialog.querySelector<HTMLElement>('textarea, input:not([type="checkbox"])')
  event.preventDefault()
  ;(field ?? dialog).focus()
}
