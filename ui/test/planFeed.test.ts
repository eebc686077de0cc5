import type { Socket } from 'socket.io-client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Plan, PlanEvent } from '@/api/types'
import { PlanFeed } from '@/realtime/planFeed'
import { plan, progressed, task } from './plans'

type Hearer = (message: object) => void

/** The end of a link that a test holds: it answers every join and says what it is told to. */
class Link {
  connected = true
  readonly hearers = new Map<string, Hearer>()

  on(type: string, hear: Hearer): void {
    this.hearers.set(type, hear)
  }

  off(type: string): void {
    this.hearers.delete(type)
  }

  timeout() {
    return { emitWithAck: () => Promise.resolve({}) }
  }

  emit(): void {}

  say({ type, ...message }: PlanEvent): void {
    this.hearers.get(type)?.(message)
  }
}

function watch(first: Plan) {
  const link = new Link()
  const told: number[] = []
  let held: Plan | undefined
  let stored = first
  const feed = new PlanFeed(link as unknown as Socket, first.masterplan_id, {
    read: () => held,
    write: (next) => {
      held = next
    },
    refetch: () => {
      held = stored
      return Promise.resolve()
    },
    told: (events) => told.push(...events.map((event) => event.seq)),
    caughtUp: () => {},
  })
  const fetchNow = (next: Plan) => {
    stored = next
    held = next
  }
  return { link, told, feed, fetchNow }
}

const start = () => plan([[task(1), task(2)]])
const at = (seq: number) => ({ ...start(), last_seq: seq })
const event = (seq: number) => ({ ...progressed(seq, 1, 'ready'), masterplan_id: 'plan' })

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('what a snapshot has overtaken is told all the same, once', async () => {
  const { link, told, feed, fetchNow } = watch(at(10))
  feed.open()
  await vi.advanceTimersByTimeAsync(0)

  link.say(event(11))
  await vi.advanceTimersByTimeAsync(100)
  link.say(event(12))
  fetchNow(at(12))
  await vi.advanceTimersByTimeAsync(100)
  link.say(event(12))
  await vi.advanceTimersByTimeAsync(100)

  expect(told).toEqual([11, 12])
  feed.close()
})

test('what had happened before the plan was watched is not told', async () => {
  const { link, told, feed } = watch(at(10))
  feed.open()
  link.say(event(9))
  link.say(event(10))
  await vi.advanceTimersByTimeAsync(200)

  expect(told).toEqual([])
  feed.close()
})
