/** A forecast's figures in words. */
import type { Forecast } from '@/api/types'
import { compact, counted, duration, money } from '@/lib/format'

interface Figure {
  name: string
  likely: string
  /** Missing where both ends are the likely one. */
  range?: string | undefined
}

interface Bounds<T> {
  low: T
  likely: T
  high: T
}

function figure<T>(name: string, bounds: Bounds<T>, write: (bound: T) => string): Figure {
  const [low, likely, high] = [bounds.low, bounds.likely, bounds.high].map(write)
  return {
    name,
    likely: likely ?? '',
    range: low === high ? undefined : `${low} to ${high}`,
  }
}

/** What is worth a glance; tokens and cost only where a model is asked. */
export function figuresOf(forecast: Forecast): Figure[] {
  const figures = [figure('Time', forecast.duration_s, duration)]
  const { tokens_input: read, tokens_output: written } = forecast
  if (read.high + written.high > 0) {
    const tokens = {
      low: read.low + written.low,
      likely: read.likely + written.likely,
      high: read.high + written.high,
    }
    figures.push(figure('Tokens', tokens, compact), costOf(forecast))
  }
  if (forecast.within_budget !== null) {
    const percent = `${Math.round(forecast.within_budget * 100)}%`
    figures.push({ name: 'Budget suffices', likely: percent, range: 'of simulated runs' })
  }
  const width = counted(forecast.parallel_width, 'task')
  return [...figures, { name: 'Could run at a time', likely: width }]
}

function costOf(forecast: Forecast): Figure {
  if (!forecast.cost_usd) {
    return { name: 'Cost', likely: 'unknown', range: 'the model has no published price' }
  }
  const known = figure('Cost', forecast.cost_usd, money)
  if (forecast.unpriced_tasks === 0) return known
  const unknown = `${counted(forecast.unpriced_tasks, 'task')} of unknown price`
  return { ...known, range: [known.range, unknown].filter(Boolean).join(', and ') }
}

/** How long the critical path takes: no number of parallel tasks makes the run shorter. */
export function atBest({ critical_path_s: bounds }: Forecast): string {
  const { likely, range } = figure('', bounds, duration)
  return range ? `${likely} (${range})` : likely
}

/** Where the figures come from. */
export function restsOn({ tasks, tasks_from_history: seen, past_tasks }: Forecast): string {
  const range = 'Eight in ten simulated runs lie within each range.'
  if (seen === 0) return `Too few tasks like these have run here, so this is assumed. ${range}`
  if (seen === tasks) return `From ${counted(past_tasks, 'task')} that ran here. ${range}`
  return `From tasks that ran here for ${seen}, assumed for ${tasks - seen}. ${range}`
}
