import { describe, expect, it } from 'vitest'
import type { Conversation, Message } from '@/api/types'
import { isBeingAnswered, shown, withDelta, withMessages } from '@/features/chat/conversation'

const TIME = '2026-01-02T03:04:05Z'

function message(ordinal: number, fields: Partial<Message> = {}): Message {
  return {
    message_id: `m${ordinal}`,
    conversation_id: 'c1',
    ordinal,
    version: ordinal,
    role: ordinal % 2 ? 'person' : 'assistant',
    status: 'complete',
    text: '',
    questions: [],
    goal: null,
    ready: false,
    model: null,
    error: null,
    waiting_reason: null,
    masterplan_id: null,
    plan: null,
    created_at: TIME,
    updated_at: TIME,
    ...fields,
  }
}

function conversation(...messages: Message[]): Conversation {
  return {
    conversation_id: 'c1',
    title: 'A greeting',
    model: null,
    repository: null,
    version: Math.max(0, ...messages.map((each) => each.version)),
    tokens_input: 0,
    tokens_output: 0,
    cost_usd: '0',
    unpriced_requests: 0,
    created_at: TIME,
    updated_at: TIME,
    messages,
  }
}

const delta = (offset: number, text: string) => ({
  conversation_id: 'c1',
  message_id: 'm2',
  offset,
  text,
})
const writing = (text: string, version = 2) => message(2, { status: 'writing', text, version })

describe('messages', () => {
  it('take their places, whatever the order in which they are told', () => {
    const next = withMessages(conversation(), [message(2), message(1)])
    expect(next.messages.map((each) => each.ordinal)).toEqual([1, 2])
    expect(next.version).toBe(2)
  })

  it('that are known change nothing when they are told again', () => {
    const known = conversation(message(1, { version: 5, text: 'new' }))
    expect(withMessages(known, [message(1, { version: 3, text: 'old' })])).toBe(known)
  })

  it('keep words that were told before an older state of the answer was stored', () => {
    const known = conversation(message(1), writing('Which words'))
    const stored = withMessages(known, [writing('Which', 3)])
    expect(stored.messages[1]?.text).toBe('Which words')
  })

  it('take the place of those words where the model was asked again, and at the end', () => {
    const known = conversation(message(1), writing('Which words'))
    expect(withMessages(known, [writing('What', 3)]).messages[1]?.text).toBe('What')
    const end = message(2, { version: 3, text: 'Which' })
    expect(withMessages(known, [end]).messages[1]?.text).toBe('Which')
  })

  it('keep the plan that a message without it was told with before', () => {
    const plan = { masterplan_id: 'p', title: 'Plan' } as Message['plan']
    const known = conversation(message(1, { plan }))
    const { plan: _, ...told } = message(1, { version: 2 })
    expect(withMessages(known, [told]).messages[0]?.plan).toBe(plan)
  })
})

describe('words that are told', () => {
  it('follow what was told before', () => {
    const known = conversation(message(1), writing('Which '))
    expect(withDelta(known, delta(6, 'words')).messages[1]?.text).toBe('Which words')
  })

  it('count a picture as one character, as the server does', () => {
    const known = conversation(message(1), writing('🎉🎉'))
    expect(withDelta(known, delta(1, '!')).messages[1]?.text).toBe('🎉!')
  })

  it('are left out where some before them were missed, or the answer is finished', () => {
    const known = conversation(message(1), writing('Which '))
    expect(withDelta(known, delta(9, 'words'))).toBe(known)
    const finished = conversation(message(1), message(2, { text: 'Which' }))
    expect(withDelta(finished, delta(5, ' words'))).toBe(finished)
  })
})

it('an answer that came to nothing is not shown once there is another', () => {
  const messages = [
    message(1),
    message(2, { status: 'failed' }),
    message(3, { role: 'assistant', status: 'stopped' }),
  ]
  expect(shown(messages).map((each) => each.ordinal)).toEqual([1, 3])
  expect(isBeingAnswered(conversation(...messages))).toBe(false)
  expect(isBeingAnswered(conversation(message(1), writing('')))).toBe(true)
})
