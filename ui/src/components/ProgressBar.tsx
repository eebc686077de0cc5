import { classes } from '@/lib/classes'
import { percentOf } from '@/lib/format'
import { phaseHue } from '@/lib/status'

interface Props {
  completed: number
  failed: number
  total: number
  /** How many tasks each phase has, in order: the bar runs through the phases' hues. */
  phases?: number[]
  moving?: boolean
  label?: string
  className?: string
}

/** The colours of the phases, each as wide as its share of the tasks, running into the next. */
export function phaseGradient(phases: number[]): string {
  const total = phases.reduce((sum, tasks) => sum + tasks, 0)
  if (total === 0 || phases.length < 2) {
    return `linear-gradient(90deg, ${phaseHue(0)}, ${phaseHue(1)})`
  }
  let before = 0
  const stops = phases.map((tasks, index) => {
    const middle = ((before + tasks / 2) / total) * 100
    before += tasks
    return `${phaseHue(index)} ${middle.toFixed(1)}%`
  })
  return `linear-gradient(90deg, ${stops.join(', ')})`
}

export function ProgressBar(props: Props) {
  const { completed, failed, total, phases = [1, 1, 1], moving, className } = props
  const done = percentOf(completed, total)
  const share = total === 0 ? 0 : (completed / total) * 100
  return (
    <div
      role="progressbar"
      aria-label={props.label ?? 'Progress'}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={done}
      aria-valuetext={`${completed} of ${total} tasks completed${failed ? `, ${failed} failed` : ''}`}
      className={classes(
        'relative h-2 overflow-hidden rounded-full border border-hairline bg-sunken',
        className,
      )}
    >
      <div
        className="absolute inset-y-0 left-0 overflow-hidden rounded-full"
        style={{ width: `${share}%` }}
      >
        {/* As wide as the whole bar, so that a hue stays where its phase is. */}
        <div
          className="h-full"
          style={{ width: `${share ? 10_000 / share : 100}%`, background: phaseGradient(phases) }}
        />
        {moving && <div className="moving absolute inset-0" />}
      </div>
      {failed > 0 && (
        <div
          className="absolute inset-y-0 right-0 bg-failed"
          style={{ width: `${(failed / total) * 100}%` }}
        />
      )}
    </div>
  )
}
