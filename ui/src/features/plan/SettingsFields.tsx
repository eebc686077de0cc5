import { useQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { type ReactNode, useId, useRef } from 'react'
import { systemQuery } from '@/api/queries'
import type { PlanSettings } from '@/api/types'

export const DEFAULT_SETTINGS: PlanSettings = { agent: 'llm', network: false }

interface Props {
  settings: PlanSettings
  onChange(change: Partial<PlanSettings>): void
}

/** How far a plan may go: what it may spend and how much of it runs at a time. */
export function SettingsFields({ settings, onChange }: Props) {
  const { data: system } = useQuery(systemQuery())
  return (
    <div className="grid gap-4 md:grid-cols-3">
      <NumberField
        label="Budget in USD"
        hint="Spent, the plan pauses until you raise it."
        placeholder="No limit"
        value={settings.budget_usd}
        min={0.000001}
        max={1_000_000}
        step={0.000001}
        onType={(typed) => onChange({ budget_usd: typed || null })}
      />
      <NumberField
        label="Budget in tokens"
        placeholder="No limit"
        value={settings.budget_tokens}
        min={1}
        onType={(typed) => onChange({ budget_tokens: wholeOf(typed) })}
      />
      <NumberField
        label="Tasks at a time"
        placeholder={system ? `${system.max_parallel} (default)` : 'Default'}
        value={settings.max_parallel}
        min={1}
        max={256}
        onType={(typed) => onChange({ max_parallel: wholeOf(typed) })}
      />
      <label className="flex w-fit cursor-pointer items-center gap-3 text-sm md:col-span-3">
        <input
          type="checkbox"
          checked={settings.network}
          onChange={(event) => onChange({ network: event.target.checked })}
          className="size-5 accent-action"
        />
        Commands and checks may reach the network
      </label>
    </div>
  )
}

/** Nothing typed is no limit. */
const wholeOf = (typed: string): number | null => (typed === '' ? null : Number(typed))

interface NumberProps {
  label: string
  hint?: string
  placeholder: string
  value: string | number | null | undefined
  min: number
  max?: number
  step?: number
  onType(typed: string): void
}

function NumberField({ label, hint, value, onType, ...rest }: NumberProps) {
  const id = useId()
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      <input
        {...rest}
        id={id}
        type="number"
        value={value ?? ''}
        onChange={(event) => onType(event.target.value)}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="field h-9 w-full"
      />
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-xs text-soft">
          {hint}
        </p>
      )}
    </div>
  )
}

/** What most leave as it is; it opens by itself over a field that cannot be sent. */
export function Disclosure({ title, children }: { title: string; children: ReactNode }) {
  const box = useRef<HTMLDetailsElement>(null)
  return (
    <details
      ref={box}
      className="group"
      onInvalidCapture={() => box.current?.setAttribute('open', '')}
    >
      <summary className="flex min-h-6 w-fit cursor-pointer list-none items-center gap-1.5 rounded-md text-sm font-medium">
        <ChevronRight aria-hidden className="size-4 text-soft group-open:rotate-90" />
        {title}
      </summary>
      <div className="mt-3">{children}</div>
    </details>
  )
}
