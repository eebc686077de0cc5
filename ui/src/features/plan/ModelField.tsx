import { useQuery } from '@tanstack/react-query'
import { systemQuery } from '@/api/queries'
import { Field, type Problem } from '@/components/ui/Field'
import { classes } from '@/lib/classes'

interface Props {
  value: string | null | undefined
  onChange(model: string | null): void
  problems?: readonly Problem[] | undefined
}

/** The models that can be used here, and the one that was chosen where it no longer can. */
export function ModelField({ value, onChange, problems = [] }: Props) {
  const { data: system } = useQuery(systemQuery())
  const models = system?.models ?? []
  const standard = models.find((model) => model.default)
  const others = models.filter((model) => model.usable && !model.default).map((model) => model.name)
  const names = value && !others.includes(value) ? [...others, value] : others
  return (
    <Field label="Model" problems={problems}>
      {(given) => (
        <select
          {...given}
          value={value ?? ''}
          onChange={(event) => onChange(event.target.value || null)}
          className={classes(given.className, 'h-9 py-1')}
        >
          <option value="">{standard ? `${standard.name} (default)` : 'Default'}</option>
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
