import { type ConnectionState, useConnectionState } from '@/realtime/socket'

const WORDS: Record<ConnectionState, { label: string; tone: string; explains: string }> = {
  connecting: {
    label: 'Connecting',
    tone: '--status-pending',
    explains: 'Opening the live connection',
  },
  live: { label: 'Live', tone: '--status-completed', explains: 'Changes appear as they happen' },
  reconnecting: {
    label: 'Reconnecting',
    tone: '--status-in-progress',
    explains: 'The server cannot be reached; what is shown may be old',
  },
  resynced: {
    label: 'Caught up',
    tone: '--status-ready',
    explains: 'The link was cut; what was missed has been read',
  },
}

/** Whether what is shown is true now. */
export function Connection() {
  const state = useConnectionState()
  const { label, tone, explains } = WORDS[state]
  return (
    <span
      role="status"
      title={explains}
      data-state={state}
      className="flex items-center gap-2 px-2 text-sm text-soft"
    >
      <span aria-hidden className="size-2 rounded-full" style={{ background: `var(${tone})` }} />
      {label}
    </span>
  )
}
