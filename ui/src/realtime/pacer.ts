/** Lets something be read again as often as it is asked for, but neither twice at once nor too soon. */
export interface Pacer {
  ask(): void
  close(): void
}

export const PACE_MS = 1_500

/** `read` must not throw. What is asked for while it runs is read once more afterwards. */
export function createPacer(read: () => Promise<unknown>, pause = PACE_MS): Pacer {
  let resting = false
  let asked = false
  let closed = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const run = async (): Promise<void> => {
    asked = false
    resting = true
    await read()
    if (closed) return
    timer = setTimeout(() => {
      resting = false
      if (asked) void run()
    }, pause)
  }
  return {
    ask() {
      asked = true
      if (!resting && !closed) void run()
    },
    close() {
      closed = true
      clearTimeout(timer)
    },
  }
}
