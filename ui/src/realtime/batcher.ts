/** Collects what comes within a moment, so that a burst of events is one change of the page. */
export interface Batcher<T> {
  add(item: T): void
  /** Hand over what was collected, now. */
  flush(): void
  close(): void
}

export const BATCH_MS = 100

export function createBatcher<T>(deliver: (items: T[]) => void, delay = BATCH_MS): Batcher<T> {
  let items: T[] = []
  let timer: ReturnType<typeof setTimeout> | undefined

  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (items.length === 0) return
    const collected = items
    items = []
    deliver(collected)
  }
  return {
    add(item) {
      items.push(item)
      timer ??= setTimeout(flush, delay)
    },
    flush,
    close() {
      clearTimeout(timer)
      timer = undefined
      items = []
    },
  }
}
