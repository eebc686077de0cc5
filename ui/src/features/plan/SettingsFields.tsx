import { useQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { systemQuery } from '@/api/queries'
import type { PlanSettings } from '@/api/types'
import { Field, type Problem } from '@/components/ui/Field'
import { classes } from '@/lib/classes'

export const DEFAULT_SETTINGS: PlanSettings = { agent: 'llm', network: false }

interface Props {
  settings: PlanSettings
  onChange(change: Partial<PlanSettings>): void
  /** What is wrong, by the field that it is about. */
  problems?: ReadonlyMap<string, readonly Problem[]>
}

/** How far a plan may go: what it may spend and how much of it runs at a time. */
export function SettingsFields({ settings, onChange, problems }: Props) {
  const { data: system } = useQuery(systemQuery())
  return (
    <div className="grid gap-4 md:grid-cols-3">
      <NumberField
        label="Budget in USD"
        hint="Spent, the plan pauses until you raise it."
        placeholder="No limit"
        value={settings.budget_usd}
        problems={problems?.get('budget_usd')}
        min={0.000001}
        max={1_000_000}
        step={0.000001}
        onType={(typed) => onChange({ budget_usd: typed || null })}
      />
      <NumberField
        label="Budget in tokens"
        placeholder="No limit"
        value={settings.budget_tokens}
        problems={problems?.get('budget_tokens')}
        min={1}
        onType={(typed) => onChange({ budget_tokens: wholeOf(typed) })}
      />
      <NumberField
        label="Tasks at a time"
        placeholder={system ? `${system.max_parallel} (default)` : 'Default'}
        value={settings.max_parallel}
        problems={problems?.get('max_parallel')}
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
  problems: readonly Problem[] | undefined
  onType(typed: string): void
}

function NumberField({ label, hint, value, problems = [], onType, ...rest }: NumberProps) {
  return (
    <Field label={label} hint={hint} problems={problems}>
      {(given) => (
        <input
          {...rest}
          {...given}
          type="number"
          value={value ?? ''}
          onChange={(event) => onType(event.target.value)}
          className={classes(given.className, 'h-9')}
        />
      )}
    </Field>
  )
}

interface DisclosureProps {
  title: string
  /** Whether something in it has to be mended. */
  wrong?: boolean
  children: ReactNode
}

/** What most leave as it is; it opens by itself over a field that cannot be sent. */
export function Disclosure({ title, wrong = false, children }: DisclosureProps) {
  const box = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    if (wrong) box.current?.setAttribute('open', '')
  }, [wrong])
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
