/** An attempt's log as lines, no more than are worth keeping in a page. */
export const MAX_LINES = 20_000

export interface LogBuffer {
  lines: string[]
  /** How many lines were let go at the beginning. */
  dropped: number
  /** The byte where the next part begins. */
  offset: number
  /** Whether the last line may go on. */
  open: boolean
}

export const EMPTY_LOG: LogBuffer = { lines: [], dropped: 0, offset: 0, open: false }

export function append(log: LogBuffer, text: string, offset: number): LogBuffer {
  if (text === '') return { ...log, offset }
  const parts = text.split('\n')
  const lines = log.lines.slice()
  if (log.open && lines.length > 0) lines[lines.length - 1] += parts.shift() ?? ''
  lines.push(...parts)
  const open = lines.at(-1) !== ''
  if (!open) lines.pop()
  const excess = Math.max(lines.length - MAX_LINES, 0)
  return {
    lines: excess > 0 ? lines.slice(excess) : lines,
    dropped: log.dropped + excess,
    offset,
    open,
  }
}
