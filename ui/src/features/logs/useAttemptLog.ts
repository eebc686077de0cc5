import { useEffect, useState } from 'react'
import type { TaskLog } from '@/api/types'
import { createBatcher } from '@/realtime/batcher'
import { liveSocket } from '@/realtime/socket'
import { append, EMPTY_LOG, type LogBuffer } from './logBuffer'

interface Attempt {
  planId: string
  taskId: string
  number: number
  live: boolean
}

export const logPath = ({ planId, taskId, number }: Attempt): string =>
  `/api/v1/masterplans/${planId}/tasks/${taskId}/attempts/${number}/log`

/**
 * An attempt's log, which grows while it runs. Live messages only say that there is more: what is
 * shown is always read from the byte where the last reading ended, so nothing is doubled or lost.
 */
export function useAttemptLog(attempt: Attempt): { log: LogBuffer; error: Error | undefined } {
  const { planId, taskId, number, live } = attempt
  const [log, setLog] = useState(EMPTY_LOG)
  const [error, setError] = useState<Error>()

  useEffect(() => {
    const aborting = new AbortController()
    let known = EMPTY_LOG
    let reading = false
    let more = false

    const read = async () => {
      more = true
      if (reading) return
      reading = true
      try {
        while (more) {
          more = false
          known = await readRest(logPath({ planId, taskId, number, live }), known, aborting.signal)
          setLog(known)
          setError(undefined)
        }
      } catch (failure) {
        if (!aborting.signal.aborted) setError(failure as Error)
      } finally {
        reading = false
      }
    }
    void read()
    if (!live) return () => aborting.abort()

    const batcher = createBatcher<true>(() => void read(), 250)
    const hear = (told: TaskLog) => {
      if (told.task_id === taskId && told.attempt === number) batcher.add(true)
    }
    const socket = liveSocket()
    socket.on('task_log', hear)
    socket.on('connect', read)
    return () => {
      aborting.abort()
      batcher.close()
      socket.off('task_log', hear)
      socket.off('connect', read)
    }
  }, [planId, taskId, number, live])

  return { log, error }
}

async function readRest(path: string, log: LogBuffer, signal: AbortSignal): Promise<LogBuffer> {
  let known = log
  for (;;) {
    const response = await fetch(`${path}?after=${known.offset}`, { signal })
    if (!response.ok) throw new Error(`The log cannot be read (${response.status}).`)
    const offset = Number(response.headers.get('X-Log-Offset') ?? known.offset)
    const text = await response.text()
    if (offset === known.offset) return known
    known = append(known, text, offset)
  }
}
