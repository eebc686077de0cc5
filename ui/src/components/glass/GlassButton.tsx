import { cva, type VariantProps } from 'class-variance-authority'
import { LoaderCircle, type LucideIcon } from 'lucide-react'
import { Slot } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { classes } from '@/lib/classes'

const look = cva(
  'inline-flex select-none items-center justify-center gap-2 whitespace-nowrap rounded-lg font-medium motion-safe:transition-colors aria-disabled:cursor-default aria-disabled:opacity-60',
  {
    variants: {
      tone: {
        primary: 'bg-action text-on-action hover:bg-action-hover',
        plain: 'border border-boundary bg-raised text-ink hover:bg-hover',
        quiet: 'text-soft hover:bg-hover hover:text-ink',
        danger: 'border border-failed bg-raised text-failed hover:bg-hover',
      },
      size: { md: 'h-9 px-4 text-base', sm: 'h-7 px-2.5 text-sm', icon: 'size-9' },
    },
    defaultVariants: { tone: 'plain', size: 'md' },
  },
)

interface Props extends ComponentProps<'button'>, VariantProps<typeof look> {
  icon?: LucideIcon
  /** What is being asked for is under way: the button says so and takes no further click. */
  busy?: boolean
  asChild?: boolean
  children?: ReactNode
}

export function GlassButton(props: Props) {
  const { tone, size, icon: Icon, busy, asChild, className, children, onClick, ...rest } = props
  const style = classes(look({ tone, size }), className)
  if (asChild) {
    return (
      <Slot.Root className={style} {...rest}>
        {children}
      </Slot.Root>
    )
  }
  const blocked = busy || rest.disabled
  return (
    // Not `disabled`: a button that vanishes from the keyboard's way while it works loses focus.
    <button
      type="button"
      {...rest}
      disabled={undefined}
      aria-disabled={blocked || undefined}
      aria-busy={busy || undefined}
      onClick={blocked ? (event) => event.preventDefault() : onClick}
      className={style}
    >
      {busy ? (
        <LoaderCircle aria-hidden className="turning size-4" />
      ) : (
        Icon && <Icon aria-hidden className="size-4" />
      )}
      {children}
    </button>
  )
}
