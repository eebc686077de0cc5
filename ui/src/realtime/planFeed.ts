/**
 * Keeps one plan true while it is watched: join, then the snapshot, then what was buffered; after a
 * cut, join again from the last number; after a gap, fetch anew.
 */
import type { Socket } from 'socket.io-client'
import { EVENT_TYPES, type Plan, type PlanEvent } from '@/api/types'
import { applyEvents } from './applyEvents'
import { createBatcher } from './batcher'
import { Room } from './room'

export interface FeedTarget {
  read(): Plan | undefined
  write(plan: Plan): void
  /** Fetch the plan; its answer never replaces what is newer. */
  refetch(): Promise<unknown>
  /** The events that were new, after they have been applied. */
  told(events: PlanEvent[]): void
  caughtUp(): void
}

/** What events do not carry (cost, commits, retries left) is read again when it is calm for this long. */
const SETTLE_MS = 1_500
const SETTLE_AT_MOST_MS = 8_000
const SETTLING = new Set<PlanEvent['type']>([
  'masterplan_status',
  'task_execution_complete',
  'masterplan_execution_complete',
])

export class PlanFeed {
  private waiting: PlanEvent[] = []
  private readonly batcher = createBatcher<PlanEvent>((events) => this.apply(events))
  /** A snapshot may overtake the events that it holds already; they are told all the same. */
  private toldTo = Number.POSITIVE_INFINITY
  private settling: ReturnType<typeof setTimeout> | undefined
  private unsettledSince = 0
  private closed = false
  private readonly room: Room<unknown>

  constructor(
    socket: Socket,
    private readonly planId: string,
    private readonly target: FeedTarget,
  ) {
    this.room = new Room(socket, 'masterplan', planId, {
      heard: EVENT_TYPES.map((type) => [type, (message: object) => this.hear(type, message)]),
      after: () => this.target.read()?.last_seq,
      joined: () => void this.joined(),
    })
  }

  open(): void {
    this.room.open()
  }

  close(): void {
    this.closed = true
    clearTimeout(this.settling)
    this.batcher.close()
    this.room.close()
  }

  private hear(type: PlanEvent['type'], message: object): void {
    const event = { type, ...message } as PlanEvent
    if (event.masterplan_id === this.planId) this.batcher.add(event)
  }

  private async joined(): Promise<void> {
    await this.target.refetch().catch(() => undefined)
    if (this.closed) return
    this.toldTo = Math.min(this.toldTo, this.target.read()?.last_seq ?? 0)
    this.batcher.flush()
    this.apply([])
    this.target.caughtUp()
  }

  private apply(events: PlanEvent[]): void {
    this.waiting = [...this.waiting, ...events]
    const plan = this.target.read()
    if (!plan || this.waiting.length === 0) return
    const heard = this.waiting
    this.waiting = []
    const { plan: next, gap } = applyEvents(plan, heard)
    const fresh = heard.filter((event) => event.seq > this.toldTo && event.seq <= next.last_seq)
    this.toldTo = next.last_seq
    if (next !== plan) this.target.write(next)
    if (fresh.length > 0) this.target.told(fresh)
    if (gap) {
      this.waiting = heard.filter((event) => event.seq > next.last_seq)
      void this.target
        .refetch()
        .then(() => this.closed || this.apply([]))
        .catch(() => undefined)
    } else if (fresh.some((event) => SETTLING.has(event.type))) this.settle()
  }

  private settle(): void {
    const now = Date.now()
    if (this.settling === undefined) this.unsettledSince = now
    clearTimeout(this.settling)
    const delay = now - this.unsettledSince > SETTLE_AT_MOST_MS ? 0 : SETTLE_MS
    this.settling = setTimeout(() => {
      this.settling = undefined
      void this.target.refetch().catch(() => undefined)
    }, delay)
  }
}
