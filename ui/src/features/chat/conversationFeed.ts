/**
 * Keeps one conversation true while it is shown. Joining answers with what changed since the version
 * that is known, and everything told later has a higher one; so after a cut, joining again is enough.
 */
import type { Socket } from 'socket.io-client'
import type { Conversation, Message, MessageDelta } from '@/api/types'
import { onWake } from '@/realtime/socket'
import { type ToldMessage, withDelta, withMessages } from './conversation'

const JOIN_TIMEOUT_MS = 5_000

interface Joined {
  version?: number
  messages?: Message[]
}

export interface ConversationTarget {
  read(): Conversation | undefined
  write(conversation: Conversation): void
  caughtUp(): void
}

export class ConversationFeed {
  private closed = false
  private stopWaking: (() => void) | undefined

  constructor(
    private readonly socket: Socket,
    private readonly id: string,
    private readonly target: ConversationTarget,
  ) {}

  open(): void {
    this.socket.on('conversation_message', this.hear)
    this.socket.on('message_delta', this.hearDelta)
    this.socket.on('connect', this.join)
    this.stopWaking = onWake(() => void this.tryLink())
    if (this.socket.connected) void this.join()
  }

  close(): void {
    this.closed = true
    this.stopWaking?.()
    this.socket.off('conversation_message', this.hear)
    this.socket.off('message_delta', this.hearDelta)
    this.socket.off('connect', this.join)
    if (this.socket.connected) {
      this.socket.emit('leave_conversation', { conversation_id: this.id })
    }
  }

  private readonly join = async (): Promise<void> => {
    try {
      const { messages = [], version = 0 } = await this.askToJoin()
      if (this.closed) return
      this.change((known) => withMessages(known, messages, version))
    } catch {
      // The link was cut meanwhile; the next connection joins.
      if (!this.socket.connected || this.closed) return
    }
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

  private async askToJoin(): Promise<Joined> {
    const request = { conversation_id: this.id, after: this.target.read()?.version ?? 0 }
    return this.socket.timeout(JOIN_TIMEOUT_MS).emitWithAck('join_conversation', request)
  }

  private readonly hear = (told: { conversation_id: string; message: ToldMessage }): void => {
    if (told.conversation_id === this.id)
      this.change((known) => withMessages(known, [told.message]))
  }

  private readonly hearDelta = (delta: MessageDelta): void => {
    if (delta.conversation_id === this.id) this.change((known) => withDelta(known, delta))
  }

  private change(how: (known: Conversation) => Conversation): void {
    const known = this.target.read()
    if (!known || this.closed) return
    const next = how(known)
    if (next !== known) this.target.write(next)
  }
}
