import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { BATCH_MS, createBatcher } from '@/realtime/batcher'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function collecting() {
  const delivered: number[][] = []
  return { delivered, batcher: createBatcher<number>((items) => delivered.push(items)) }
}

test('a burst is delivered once, in order', () => {
  const { delivered, batcher } = collecting()
  for (let item = 0; item < 5; item += 1) batcher.add(item)
  expect(delivered).toEqual([])
  vi.advanceTimersByTime(BATCH_MS)
  expect(delivered).toEqual([[0, 1, 2, 3, 4]])
})

test('what keeps coming does not put the delivery off', () => {
  const { delivered, batcher } = collecting()
  for (let at = 0; at < 10; at += 1) {
    batcher.add(at)
    vi.advanceTimersByTime(BATCH_MS / 4)
  }
  expect(delivered.length).toBeGreaterThanOrEqual(2)
  expect(delivered[0]).toEqual([0, 1, 2, 3])
})

test('what is flushed is not delivered again', () => {
  const { delivered, batcher } = collecting()
  batcher.add(1)
  batcher.flush()
  vi.advanceTimersByTime(BATCH_MS * 2)
  expect(delivered).toEqual([[1]])
})

test('nothing is delivered after the close', () => {
  const { delivered, batcher } = collecting()
  batcher.add(1)
  batcher.close()
  vi.advanceTimersByTime(BATCH_MS * 2)
  expect(delivered).toEqual([])
})
