import type { Attempt } from '@/api/types'
import { toneOf } from '@/components/StatusBadge'
import { DrawerSection } from '@/components/ui/Drawer'
import { classes } from '@/lib/classes'
import { ago, duration, secondsBetween, spentMoney } from '@/lib/format'
import { TASK_LOOKS } from '@/lib/status'

interface Props {
  attempts: Attempt[]
  chosen: number
  onChoose(number: number): void
}

/** Every attempt there was: none is ever overwritten, and each can be looked at. */
export function AttemptPicker({ attempts, chosen, onChoose }: Props) {
  return (
    <DrawerSection title={`${attempts.length} attempts`}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset brings a legend that nobody sees */}
      <div role="group" aria-label="Attempts" className="grid gap-1.5 sm:grid-cols-2">
        {attempts.map((attempt) => (
          <AttemptButton
            key={attempt.number}
            attempt={attempt}
            chosen={attempt.number === chosen}
            onChoose={onChoose}
          />
        ))}
      </div>
    </DrawerSection>
  )
}

interface ButtonProps {
  attempt: Attempt
  chosen: boolean
  onChoose(number: number): void
}

function AttemptButton({ attempt, chosen, onChoose }: ButtonProps) {
  const look = TASK_LOOKS[attempt.status]
  const Icon = look.icon
  const took = secondsBetween(attempt.started_at, attempt.finished_at)
  return (
    <button
      type="button"
      aria-pressed={chosen}
      onClick={() => onChoose(attempt.number)}
      style={toneOf(look)}
      className={classes(
        'flex items-center gap-2.5 rounded-lg border px-3 py-2 text-left text-sm',
        chosen ? 'border-ink bg-hover' : 'border-boundary hover:bg-hover',
      )}
    >
      <Icon aria-hidden className="size-4 shrink-0 text-(--tone)" />
      <span className="min-w-0 flex-1">
        <span className="font-medium">
          Attempt {attempt.number}: {look.label.toLowerCase()}
        </span>
        <span className="tabular block text-xs text-soft">
          {ago(attempt.started_at)} · {duration(took)}
          {(Number(attempt.cost_usd) > 0 || attempt.unpriced_requests > 0) &&
            ` · ${spentMoney(attempt)}`}
          {attempt.guidance && ' · guided'}
        </span>
      </span>
    </button>
  )
}
