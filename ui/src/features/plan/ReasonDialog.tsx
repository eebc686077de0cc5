import { type FormEvent, type KeyboardEvent, useId, useRef, useState } from 'react'
import { GlassButton } from '@/components/glass/GlassButton'
import { Dialog } from '@/components/ui/Dialog'

interface Props {
  open: boolean
  onClose(): void
  title: string
  description: string
  label: string
  submit: string
  tone: 'primary' | 'danger'
  onSubmit(words: string): void
}

/** Asks for words that are then acted upon: a reason, or guidance. */
export function ReasonDialog(props: Props) {
  return (
    <Dialog {...props}>
      <ReasonForm {...props} />
    </Dialog>
  )
}

function ReasonForm({ label, submit, tone, onSubmit, onClose }: Props) {
  const id = useId()
  const form = useRef<HTMLFormElement>(null)
  const [words, setWords] = useState('')
  const [missing, setMissing] = useState(false)

  const send = (event: FormEvent) => {
    event.preventDefault()
    if (words.trim()) onSubmit(words.trim())
    else setMissing(true)
  }
  const hurry = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit()
  }

  return (
    <form ref={form} onSubmit={send} className="space-y-3">
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
      </label>
      <textarea
        id={id}
        rows={4}
        dir="auto"
        value={words}
        onChange={(event) => {
          setWords(event.target.value)
          setMissing(false)
        }}
        onKeyDown={hurry}
        aria-invalid={missing}
        aria-describedby={missing ? `${id}-missing` : undefined}
        className="field w-full resize-y"
      />
      {missing && (
        <p id={`${id}-missing`} role="alert" className="text-sm text-failed">
          Write at least one word.
        </p>
      )}
      <div className="flex justify-end gap-2">
        <GlassButton tone="quiet" onClick={onClose}>
          Cancel
        </GlassButton>
        <GlassButton tone={tone} type="submit">
          {submit}
        </GlassButton>
      </div>
    </form>
  )
}
