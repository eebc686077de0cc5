import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Hourglass } from 'lucide-react'
import { useState } from 'react'
import { forecastQuery } from '@/api/queries'
import type { Forecast, Plan, Task } from '@/api/types'
import { GlassCard } from '@/components/glass/GlassCard'
import { atBest, figuresOf, restsOn } from './forecastText'
import { TaskLinks } from './WarningList'

interface Props {
  plan: Plan
  tasks: ReadonlyMap<string, Task>
  onOpen(task: Task): void
}

const MOST_PARALLEL = 256

/** What the plan will take, as ranges, at as many tasks at a time as somebody wants to try. */
export default function ForecastPanel({ plan, tasks, onOpen }: Props) {
  const [places, setPlaces] = useState<number>()
  const { data: forecast, isPlaceholderData } = useQuery({
    ...forecastQuery(plan.masterplan_id, plan.revision, places),
    placeholderData: keepPreviousData,
  })
  if (!forecast || forecast.tasks === 0) return null
  return (
    <GlassCard aria-labelledby="forecast" className="px-5 py-4 md:px-6">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <h2 id="forecast" className="flex items-center gap-2 font-semibold">
          <Hourglass aria-hidden className="size-4 text-soft" />
          Forecast
        </h2>
        <Places shown={places ?? forecast.max_parallel} onChange={setPlaces} />
      </div>
      <dl
        aria-busy={isPlaceholderData}
        className="mt-3 grid grid-cols-2 gap-x-8 gap-y-3 lg:grid-cols-5"
      >
        {figuresOf(forecast).map(({ name, likely, range }) => (
          <div key={name}>
            <dt className="text-sm text-soft">{name}</dt>
            <dd>
              <span className="text-lg font-semibold tabular-nums">{likely}</span>
              {range && <span className="block text-sm text-soft tabular-nums">{range}</span>}
            </dd>
          </div>
        ))}
      </dl>
      <CriticalPath forecast={forecast} tasks={tasks} onOpen={onOpen} />
      <p className="mt-3 text-sm text-soft">{restsOn(forecast)}</p>
    </GlassCard>
  )
}

function Places({ shown, onChange }: { shown: number; onChange(places: number): void }) {
  const [typed, setTyped] = useState<string>()
  const change = (text: string) => {
    setTyped(text)
    const places = Number(text)
    if (Number.isInteger(places) && places >= 1 && places <= MOST_PARALLEL) onChange(places)
  }
  return (
    <label className="flex items-center gap-2 text-sm text-soft">
      Tasks at a time
      <input
        type="number"
        inputMode="numeric"
        min={1}
        max={MOST_PARALLEL}
        value={typed ?? shown}
        onChange={(event) => change(event.target.value)}
        onBlur={() => setTyped(undefined)}
        className="field h-8 w-20 tabular-nums"
      />
    </label>
  )
}

function CriticalPath({ forecast, tasks, onOpen }: Omit<Props, 'plan'> & { forecast: Forecast }) {
  const chain = forecast.critical_path.flatMap((id) => tasks.get(id) ?? [])
  if (chain.length < 2) return null
  return (
    <div className="mt-3 border-t border-hairline pt-3">
      <h3 className="text-sm text-soft">
        Critical path, {atBest(forecast)}: however many run at a time, it takes as long as this
      </h3>
      <TaskLinks tasks={chain} onOpen={onOpen} />
    </div>
  )
}
