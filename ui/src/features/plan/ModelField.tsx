import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { systemQuery } from '@/api/queries'

interface Props {
  value: string | null | undefined
  onChange(model: string | null): void
}

/** The models that can be used here, and the one that was chosen where it no longer can. */
export function ModelField({ value, onChange }: Props) {
  const id = useId()
  const { data: system } = useQuery(systemQuery())
  const models = system?.models ?? []
  const standard = models.find((model) => model.default)
  const others = models.filter((model) => model.usable && !model.default).map((model) => model.name)
  const names = value && !others.includes(value) ? [...others, value] : others
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        Model
      </label>
      <select
        id={id}
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value || null)}
        className="field h-9 w-full py-1"
      >
        <option value="">{standard ? `${standard.name} (default)` : 'Default'}</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </div>
  )
}
