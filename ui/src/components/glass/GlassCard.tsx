import type { ComponentProps } from 'react'
import { classes } from '@/lib/classes'

/** The surface that everything lies on. */
export function GlassCard({ className, ...props }: ComponentProps<'section'>) {
  return <section className={classes('glass rounded-2xl', className)} {...props} />
}
