import { CornerDownLeft, Square } from 'lucide-react'
import { type FormEvent, type KeyboardEvent, type RefObject, useId } from 'react'
import { GlassButton } from '@/components/glass/GlassButton'

interface Props {
  text: string
  onText(text: string): void
  onSend(): void
  sending: boolean
  /** Given while an answer is being written. */
  onStop?: (() => void) | undefined
  field: RefObject<HTMLTextAreaElement | null>
  placeholder: string
}

/** Where a person writes: Enter sends, Shift and Enter begin a new line. */
export function Composer({ text, onText, onSend, sending, onStop, field, placeholder }: Props) {
  const id = useId()
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (text.trim() && !sending && !onStop) onSend()
  }
  const press = (event: KeyboardEvent) => {
    // The Enter that ends the input of a Japanese or Chinese word is no Enter of the message.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    submit()
  }
  return (
    <form onSubmit={submit} className="glass-raised rounded-2xl p-2.5">
      <label htmlFor={id} className="sr-only">
        Message
      </label>
      <textarea
        ref={field}
        id={id}
        dir="auto"
        rows={2}
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={press}
        placeholder={placeholder}
        maxLength={20_000}
        className="field-sizing-content max-h-[40vh] min-h-14 w-full resize-none bg-transparent px-2 py-1.5 outline-none placeholder:text-soft"
      />
      <div className="flex items-center gap-3">
        <p className="min-w-0 flex-1 px-2 text-xs text-soft">
          <code className="font-mono">/masterplan</code> plans what was said
          <span className="max-md:hidden"> · Shift + Enter: new line</span>
        </p>
        {onStop ? (
          <GlassButton icon={Square} onClick={onStop}>
            Stop
          </GlassButton>
        ) : (
          <GlassButton
            type="submit"
            tone="primary"
            icon={CornerDownLeft}
            busy={sending}
            disabled={!text.trim()}
          >
            Send
          </GlassButton>
        )}
      </div>
    </form>
  )
}
