/** The one connection to the server, and what it is doing. */
import { useSyncExternalStore } from 'react'
import { io, type Socket } from 'socket.io-client'
import { api, isSignedOut } from '@/api/client'

export type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'resynced'

/** How long the page says that it has caught up, in milliseconds. */
const RESYNCED_MS = 5_000
const RECONNECT_AT_MOST_MS = 4_000

let socket: Socket | undefined
let state: ConnectionState = 'connecting'
let settling: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

function become(next: ConnectionState): void {
  clearTimeout(settling)
  if (state === next) return
  state = next
  for (const listener of listeners) listener()
}

/** Say that what was missed while the link was cut has been read. */
export function resynced(): void {
  if (state !== 'reconnecting') return
  become('resynced')
  settling = setTimeout(() => become('live'), RESYNCED_MS)
}

/** The connection, opened at the first call; the session's cookie signs it in. */
export function liveSocket(): Socket {
  if (socket) return socket
  const opened = io({
    transports: ['websocket'],
    reconnectionDelay: 500,
    reconnectionDelayMax: RECONNECT_AT_MOST_MS,
  })
  opened.on('connect', () => {
    // A page that watches a plan says itself when it has caught up; others have nothing to miss.
    if (state !== 'reconnecting') become('live')
    else if (watchers === 0) resynced()
  })
  opened.on('disconnect', () => become('reconnecting'))
  opened.on('connect_error', () => {
    become('reconnecting')
    // The library tries a lost server again by itself, but not one that refused.
    if (!opened.active) void afterRefusal(opened)
  })
  socket = opened
  return opened
}

/** Lead to the server's sign-in page where the session is over; else try again. */
async function afterRefusal(refused: Socket): Promise<void> {
  const asked = await api
    .GET('/api/v1/masterplans', { params: { query: { limit: 1 } } })
    .catch((error: unknown) => error)
  if (isSignedOut(asked)) location.reload()
  else setTimeout(() => refused.connect(), RECONNECT_AT_MOST_MS)
}

let watchers = 0
/** Count a plan that is being watched; returns how to stop. */
export function countWatcher(): () => void {
  watchers += 1
  return () => {
    watchers -= 1
  }
}

/** Hear when a page that may have slept is looked at again; returns how to stop. */
export function onWake(hear: () => void): () => void {
  const shown = () => document.hidden || hear()
  document.addEventListener('visibilitychange', shown)
  document.addEventListener('resume', shown)
  window.addEventListener('online', shown)
  return () => {
    document.removeEventListener('visibilitychange', shown)
    document.removeEventListener('resume', shown)
    window.removeEventListener('online', shown)
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  liveSocket()
  return () => listeners.delete(listener)
}

export const useConnectionState = (): ConnectionState =>
  useSyncExternalStore(subscribe, () => state)
