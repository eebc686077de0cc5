import { ChevronRight } from 'lucide-react'
import { classes } from '@/lib/classes'
import { phaseHue } from '@/lib/status'
import type { MilestoneRow, PhaseRow, Row } from './rows'

interface Props {
  row: PhaseRow | MilestoneRow
  onFold(row: Row, open: boolean): void
}

/** A phase or a milestone: a click anywhere folds it, as Enter does in the tree. */
export function HeadingRow({ row, onFold }: Props) {
  const isPhase = row.kind === 'phase'
  const { total, completed, failed, running } = row.tally
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the tree item around it has the keys
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree item around it has the keys
    <div
      onClick={() => onFold(row, !row.open)}
      className={classes(
        'flex h-full cursor-pointer items-center gap-2.5 rounded-lg px-2 hover:bg-hover md:px-3',
        isPhase ? 'pt-2' : 'pl-4 text-sm text-soft md:pl-6',
      )}
    >
      <ChevronRight
        aria-hidden
        className={classes('size-4 shrink-0 text-soft', row.open && 'rotate-90')}
      />
      {isPhase && (
        <span
          aria-hidden
          className="tabular grid size-6 shrink-0 place-items-center rounded-md text-xs font-semibold"
          style={{ background: phaseHue(row.phase), color: 'light-dark(#ffffff, #0b1117)' }}
        >
          {row.position}
        </span>
      )}
      <span
        dir="auto"
        className={classes('min-w-0 truncate', isPhase ? 'font-semibold' : 'font-medium')}
      >
        {row.item.name}
      </span>
      <span aria-hidden className={classes('h-px min-w-4 flex-1', isPhase && 'bg-hairline')} />
      {running > 0 && (
        <span className="tabular text-xs font-medium text-running">{running} running</span>
      )}
      {failed > 0 && (
        <span className="tabular text-xs font-medium text-failed">{failed} failed</span>
      )}
      <span className="tabular shrink-0 text-xs text-soft">
        {completed} / {total}
      </span>
    </div>
  )
}
