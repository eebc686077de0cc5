import { type ReactNode, useId } from 'react'
import { classes } from '@/lib/classes'

/** What is wrong with a field, as a sentence. */
export interface Problem {
  message: string
}

interface Given {
  id: string
  className: string
  'aria-invalid': boolean
  'aria-describedby': string | undefined
}

interface Props {
  label: string
  hint?: string | undefined
  problems?: readonly Problem[]
  wide?: boolean
  children(given: Given): ReactNode
}

/** A field with its label, what helps to fill it in, and what is wrong with what was filled in. */
export function Field({ label, hint, problems = [], wide = false, children }: Props) {
  const id = useId()
  const about = [hint && `${id}-hint`, problems.length > 0 && `${id}-problems`].filter(Boolean)
  return (
    <div className={classes('min-w-0', wide && 'md:col-span-2')}>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      {children({
        id,
        className: classes('field w-full', problems.length > 0 && 'border-failed'),
        'aria-invalid': problems.length > 0,
        'aria-describedby': about.join(' ') || undefined,
      })}
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-xs text-soft">
          {hint}
        </p>
      )}
      <ProblemLines id={`${id}-problems`} problems={problems} />
    </div>
  )
}

export function ProblemLines({ id, problems }: { id?: string; problems: readonly Problem[] }) {
  if (problems.length === 0) return null
  return (
    <ul id={id} className="mt-1 space-y-0.5 text-sm text-failed">
      {problems.map(({ message }) => (
        <li key={message} dir="auto" className="break-words">
          {message}
        </li>
      ))}
    </ul>
  )
}
