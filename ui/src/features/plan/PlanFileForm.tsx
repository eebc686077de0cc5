import { type LucideIcon, TriangleAlert } from 'lucide-react'
import { type ChangeEvent, type DragEvent, type FormEvent, useId, useState } from 'react'
import { GlassButton } from '@/components/glass/GlassButton'
import { classes } from '@/lib/classes'

const EXAMPLE = `title: Greeting
phases:
- name: Core
  milestones:
  - name: Program
    tasks:
    - key: greet
      name: Greet by name
      target_files: [greet.py]
      checks: ["python greet.py Ada | grep -q Ada"]`

interface Props {
  icon: LucideIcon
  label: string
  submit: string
  hint?: string
  /** What stands there at first. */
  initial?: string
  busy: boolean
  problems: string[]
  /** `file` is the chosen file where its text was not edited: its bytes are more than its text. */
  onSubmit(text: string, file?: File): void
}

/** A plan file, pasted, dropped or chosen. */
export function PlanFileForm(props: Props) {
  const { icon, label, submit, hint, initial = '', busy, problems, onSubmit } = props
  const id = useId()
  const [text, setText] = useState(initial)
  const [file, setFile] = useState<File>()
  const [over, setOver] = useState(false)

  const read = async (chosen: File | undefined) => {
    if (!chosen) return
    setText(await chosen.text())
    setFile(chosen)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void read(event.dataTransfer.files[0])
  }
  const choose = (event: ChangeEvent<HTMLInputElement>) => void read(event.target.files?.[0])
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim() && !busy) onSubmit(text, file)
  }

  return (
    <form onSubmit={send} className="space-y-4">
      <div className="space-y-1.5">
        <label htmlFor={`${id}-text`} className="block font-medium">
          {label}
        </label>
        <textarea
          id={`${id}-text`}
          rows={14}
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            setFile(undefined)
          }}
          onDragOver={(event) => {
            event.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
          placeholder={EXAMPLE}
          aria-invalid={problems.length > 0}
          aria-describedby={problems.length > 0 ? `${id}-problems` : undefined}
          className={classes(
            'field w-full resize-y font-mono text-sm whitespace-pre',
            over && 'outline-2 outline-dashed outline-focus',
          )}
        />
      </div>
      {hint && <p className="text-sm text-soft">{hint}</p>}
      {problems.length > 0 && (
        <div
          id={`${id}-problems`}
          role="alert"
          className="rounded-lg border border-failed bg-sunken p-3"
        >
          <p className="flex items-center gap-2 font-medium">
            <TriangleAlert aria-hidden className="size-4 text-failed" />
            The plan cannot be taken yet
          </p>
          <ul className="mt-1.5 list-disc space-y-0.5 pl-6 text-sm break-words">
            {problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </div>
      )}
      <div className="flex flex-wrap items-center gap-3">
        <GlassButton type="submit" tone="primary" icon={icon} busy={busy} disabled={!text.trim()}>
          {submit}
        </GlassButton>
        <label className="cursor-pointer rounded-lg px-2 py-1.5 text-sm text-soft underline decoration-dotted underline-offset-4 focus-within:outline-2 focus-within:outline-focus hover:text-ink">
          Choose a file…
          <input
            type="file"
            accept=".yaml,.yml,.json,.jsonl,.md,.txt"
            onChange={choose}
            className="sr-only"
          />
        </label>
      </div>
    </form>
  )
}
