/**
 * Keeps one plan true while it is watched: join, then the snapshot, then what was buffered; after a
 * cut, join again from the last number; after a gap, fetch anew. A link that died while the page
 * slept looks alive until a ping stays away for most of a minute, so it is tried when the page wakes.
 */
import type { Socket } from 'socket.io-client'
import { EVENT_TYPES, type Plan, type PlanEvent } from '@/api/types'
import { applyEvents } from './applyEvents'
import { createBatcher } from './batcher'
import { onWake } from './socket'

export interface FeedTarget {
  read(): Plan | undefined
  write(plan: Plan): void
  /** Fetch the plan; its answer never replaces what is newer. */
  refetch(): Promise<unknown>
  /** The events that were new, after they have been applied. */
  told(events: PlanEvent[]): void
  caughtUp(): void
}

const JOIN_TIMEOUT_MS = 5_000
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
  private readonly handlers = EVENT_TYPES.map((type) => {
    const hear = (message: object) => {
      const event = { type, ...message } as PlanEvent
      if (event.masterplan_id === this.planId) this.batcher.add(event)
    }
    return [type, hear] as const
  })
  /** A snapshot may overtake the events that it holds already; they are told all the same. */
  private toldTo = Number.POSITIVE_INFINITY
  private settling: ReturnType<typeof setTimeout> | undefined
  private unsettledSince = 0
  private closed = false
  private stopWaking: (() => void) | undefined

  constructor(
    private readonly socket: Socket,
    private readonly planId: string,
    private readonly target: FeedTarget,
  ) {}

  open(): void {
    for (const [type, hear] of this.handlers) this.socket.on(type, hear)
    this.socket.on('connect', this.join)
    this.stopWaking = onWake(() => void this.tryLink())
    if (this.socket.connected) void this.join()
  }

  close(): void {
    this.closed = true
    clearTimeout(this.settling)
    this.stopWaking?.()
    this.batcher.close()
    this.socket.off('connect', this.join)
    for (const [type, hear] of this.handlers) this.socket.off(type, hear)
    if (this.socket.connected) this.socket.emit('leave_masterplan', { masterplan_id: this.planId })
  }

  private readonly join = async (): Promise<void> => {
    try {
      await this.askToJoin()
    } catch {
      // The link was cut meanwhile; the next connection joins.
      if (!this.socket.connected || this.closed) return
    }
    await this.target.refetch().catch(() => undefined)
    if (this.closed) return
    this.toldTo = Math.min(this.toldTo, this.target.read()?.last_seq ?? 0)
    this.batcher.flush()
    this.apply([])
    this.target.caughtUp()
  }

  /** Joining twice does no harm, and is answered: what is not answered is no link. */
  private async tryLink(): Promise<void> {
    const { connected, id } = this.socket
    if (!connected) return
    try {
      await this.askToJoin()
    } catch {
      if (this.socket.connected && this.socket.id === id) this.socket.io.engine.close()
    }
  }

  private askToJoin(): Promise<unknown> {
    const after = this.target.read()?.last_seq
    const request = { masterplan_id: this.planId, ...(after !== undefined && { after }) }
    return this.socket.timeout(JOIN_TIMEOUT_MS).emitWithAck('join_masterplan', request)
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
