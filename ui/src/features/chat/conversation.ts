/** A conversation as it is shown, and what each thing that is told makes of it. */
import type { Conversation, Message, MessageDelta } from '@/api/types'

/** What the socket tells of a message: without the plan, which has a room of its own. */
export type ToldMessage = Omit<Message, 'plan'> & { plan?: Message['plan'] }

/**
 * Put messages in their places. Each is a whole state, so one that comes late or twice changes
 * nothing; words that were told already are not taken back by a state that was stored before them.
 */
export function withMessages(
  conversation: Conversation,
  told: readonly ToldMessage[],
  version = 0,
): Conversation {
  const known = new Map(conversation.messages.map((message) => [message.message_id, message]))
  let changed = false
  for (const message of told) {
    const before = known.get(message.message_id)
    if (before && before.version >= message.version) continue
    changed = true
    const plan = message.plan ?? before?.plan ?? null
    known.set(message.message_id, { ...message, plan, text: textOf(before, message) })
  }
  const last = Math.max(version, conversation.version, ...told.map((message) => message.version))
  if (!changed && last === conversation.version) return conversation
  const messages = [...known.values()].sort((one, other) => one.ordinal - other.ordinal)
  return { ...conversation, version: last, messages }
}

function textOf(before: Message | undefined, now: ToldMessage): string {
  const writing = before?.status === 'writing' && now.status === 'writing'
  return writing && before.text.startsWith(now.text) ? before.text : now.text
}

/** Add words to an answer that is being written; what does not fit comes with the stored message. */
export function withDelta(conversation: Conversation, delta: MessageDelta): Conversation {
  const place = conversation.messages.findIndex((each) => each.message_id === delta.message_id)
  const message = conversation.messages[place]
  if (message?.status !== 'writing') return conversation
  // The server counts characters as Python does, not UTF-16 units.
  const known = [...message.text]
  if (delta.offset > known.length) return conversation
  const text = known.slice(0, delta.offset).join('') + delta.text
  const messages = conversation.messages.with(place, { ...message, text })
  return { ...conversation, messages }
}

export const isBeingAnswered = (conversation: Pick<Conversation, 'messages'>): boolean =>
  conversation.messages.at(-1)?.status === 'writing'

/** What is shown: an answer that came to nothing goes once another was asked for. */
export function shown(messages: readonly Message[]): Message[] {
  return messages.filter((message, place) => {
    const next = messages[place + 1]
    const replaced = next?.role === 'assistant' && message.role === 'assistant'
    return !(replaced && (message.status === 'failed' || message.status === 'stopped'))
  })
}
