import { classes } from '@/lib/classes'

interface Props<T extends string> {
  label: string
  chips: { id: T; label: string; count?: number | undefined }[]
  chosen: NoInfer<T>
  onChoose(id: NoInfer<T>): void
  className?: string
}

/** Choices of which one holds, each with how many things it would show. */
export function FilterChips<T extends string>({
  label,
  chips,
  chosen,
  onChoose,
  className,
}: Props<T>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset brings a legend that nobody sees
    <div role="group" aria-label={label} className={classes('flex flex-wrap gap-1.5', className)}>
      {chips.map((chip) => (
        <button
          key={chip.id}
          type="button"
          aria-pressed={chosen === chip.id}
          onClick={() => onChoose(chip.id)}
          className={classes(
            'inline-flex h-7 items-center gap-1.5 rounded-full border px-3 text-sm',
            chosen === chip.id
              ? 'border-action bg-action text-on-action'
              : 'border-boundary bg-raised text-ink hover:bg-hover',
          )}
        >
          {chip.label}
          {chip.count !== undefined && <span className="tabular opacity-80">{chip.count}</span>}
        </button>
      ))}
    </div>
  )
}
