/**
 * Keeps one conversation true while it is shown. Joining answers with what changed since the version
 * that is known, and everything told later has a higher one; so after a cut, joining again is enough.
 */
import type { Socket } from 'socket.io-client'
import type { Conversation, Message, MessageDelta } from '@/api/types'
import { Room } from '@/realtime/room'
import { type ToldMessage, withDelta, withMessages } from './conversation'

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
  private readonly room: Room<Joined>

  constructor(
    socket: Socket,
    private readonly id: string,
    private readonly target: ConversationTarget,
  ) {
    this.room = new Room<Joined>(socket, 'conversation', id, {
      heard: [
        ['conversation_message', this.hear],
        ['message_delta', this.hearDelta],
      ],
      after: () => this.target.read()?.version ?? 0,
      joined: (answer) => this.joined(answer),
    })
  }

  open(): void {
    this.room.open()
  }

  close(): void {
    this.closed = true
    this.room.close()
  }

  private joined(answer: Joined | undefined): void {
    if (answer) {
      const { messages = [], version = 0 } = answer
      this.change((known) => withMessages(known, messages, version))
    }
    this.target.caughtUp()
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
