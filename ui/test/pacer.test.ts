import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createPacer } from '@/realtime/pacer'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Readings that end when a test says so. */
function pacing() {
  const running: (() => void)[] = []
  let begun = 0
  const pacer = createPacer(() => {
    begun += 1
    return new Promise<void>((resolve) => running.push(resolve))
  }, 1_000)
  const end = () => {
    running.shift()?.()
    return vi.advanceTimersByTimeAsync(0)
  }
  return { pacer, end, begun: () => begun }
}

test('the first is read at once, the others together after a pause', async () => {
  const { pacer, end, begun } = pacing()
  pacer.ask()
  expect(begun()).toBe(1)
  await end()
  for (let asks = 0; asks < 10; asks += 1) pacer.ask()
  await vi.advanceTimersByTimeAsync(999)
  expect(begun()).toBe(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(begun()).toBe(2)
})

test('a reading that takes long is neither doubled nor the last one', async () => {
  const { pacer, end, begun } = pacing()
  pacer.ask()
  pacer.ask()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(begun()).toBe(1)
  await end()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(begun()).toBe(2)
  await end()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(begun()).toBe(2)
  pacer.ask()
  expect(begun()).toBe(3)
})

test('nothing is read once it is closed', async () => {
  const { pacer, end, begun } = pacing()
  pacer.ask()
  pacer.ask()
  pacer.close()
  await end()
  await vi.advanceTimersByTimeAsync(60_000)
  pacer.ask()
  expect(begun()).toBe(1)
})
