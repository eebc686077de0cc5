/**
 * A room of the server: joined when there is a connection and after each cut. A link that died while
 * the page slept looks alive until a ping stays away for most of a minute, so it is tried when the
 * page wakes.
 */
import type { Socket } from 'socket.io-client'
import { onWake } from './socket'

const JOIN_TIMEOUT_MS = 5_000

export interface RoomEvents<Joined> {
  /** What is heard in the room, by the event's name. */
  heard: ReadonlyArray<readonly [string, (message: never) => void]>
  /** The last that is known, from which the server goes on. */
  after(): number | undefined
  /** Joined, with the server's answer; undefined where it refused or did not answer. */
  joined(answer: Joined | undefined): void
}

export class Room<Joined> {
  private stopWaking: (() => void) | undefined
  private closed = false

  constructor(
    private readonly socket: Socket,
    private readonly kind: 'masterplan' | 'conversation',
    private readonly id: string,
    private readonly events: RoomEvents<Joined>,
  ) {}

  open(): void {
    for (const [name, hear] of this.events.heard) this.socket.on(name, hear as () => void)
    this.socket.on('connect', this.join)
    this.stopWaking = onWake(() => void this.tryLink())
    if (this.socket.connected) void this.join()
  }

  close(): void {
    this.closed = true
    this.stopWaking?.()
    this.socket.off('connect', this.join)
    for (const [name, hear] of this.events.heard) this.socket.off(name, hear as () => void)
    if (this.socket.connected) this.socket.emit(`leave_${this.kind}`, this.place)
  }

  private get place() {
    return { [`${this.kind}_id`]: this.id }
  }

  private readonly join = async (): Promise<void> => {
    let answer: Joined | undefined
    try {
      answer = await this.askToJoin()
    } catch {
      // The link was cut meanwhile; the next connection joins.
      if (!this.socket.connected) return
    }
    if (!this.closed) this.events.joined(answer)
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

  private askToJoin(): Promise<Joined> {
    const after = this.events.after()
    const request = { ...this.place, ...(after !== undefined && { after }) }
    return this.socket.timeout(JOIN_TIMEOUT_MS).emitWithAck(`join_${this.kind}`, request)
  }
}
