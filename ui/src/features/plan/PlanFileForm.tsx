import { type LucideIcon, TriangleAlert } from 'lucide-react'
import { type ChangeEvent, type DragEvent, type FormEvent, useId, useState } from 'react'
import { GlassButton } from '@/components/glass/GlassButton'
import { classes } from '@/lib/classes'
import { textOf } from './planFile'

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
  className?: string
  /** `file` is the chosen file where its text was not edited: its bytes are more than its text. */
  onSubmit(text: string, file?: File): void
}

/** A plan file, pasted, dropped or chosen. */
export function PlanFileForm(props: Props) {
  const { icon, label, submit, hint, initial = '', busy, problems, className, onSubmit } = props
  const id = useId()
  const [text, setText] = useState(initial)
  const [file, setFile] = useState<File>()
  const [over, setOver] = useState(false)
  const [refused, setRefused] = useState<string>()
  const told = refused ? [refused] : problems

  const read = async (chosen: File | undefined) => {
    if (!chosen) return
    const found = await textOf(chosen)
    setRefused(found.refusal)
    if (found.text === undefined) return
    setText(found.text)
    setFile(chosen)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void read(event.dataTransfer.files[0])
  }
  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    void read(event.target.files?.[0])
    // The same file, mended meanwhile, is a choice too.
    event.target.value = ''
  }
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim() && !busy) onSubmit(text, file)
  }

  return (
    <form
      onSubmit={send}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
      }}
      onDrop={drop}
      className={classes(
        'space-y-4 rounded-2xl',
        className,
        over && 'outline-2 outline-offset-[-4px] outline-dashed outline-focus',
      )}
    >
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
            setRefused(undefined)
          }}
          placeholder={EXAMPLE}
          aria-invalid={told.length > 0}
          aria-describedby={told.length > 0 ? `${id}-problems` : undefined}
          className="field w-full resize-y font-mono text-sm whitespace-pre"
        />
      </div>
      {hint && <p className="text-sm text-soft">{hint}</p>}
      {told.length > 0 && (
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
            {told.map((problem) => (
              <li key={problem} dir="auto">
                {problem}
              </li>
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
