import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { answer, api, messageOf } from '@/api/client'
import type { Conversation } from '@/api/types'
import { withMessages } from './conversation'
import { conversationQuery } from './queries'

const failed = (title: string) => (error: unknown) =>
  toast.error(title, { description: messageOf(error) })

/** What a person does in a conversation. */
export function useChatActions(id: string) {
  const cache = useQueryClient()
  const { queryKey } = conversationQuery(id)
  const params = { path: { conversation_id: id } }
  const keep = (change: (known: Conversation) => Conversation) => {
    cache.setQueryData(queryKey, (known) => known && change(known))
    void cache.invalidateQueries({ queryKey: ['conversations'] })
  }

  const send = useMutation({
    mutationFn: (text: string) => sendMessage(id, text),
    onSuccess: ({ message, reply }) => keep((known) => withMessages(known, [message, reply])),
    onError: failed('Not sent'),
  })
  const stop = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/conversations/{conversation_id}/stop', { params })),
    onSuccess: ({ messages, version }) => keep((known) => withMessages(known, messages, version)),
    onError: failed('Not stopped'),
  })
  const retry = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/conversations/{conversation_id}/retry', { params })),
    onSuccess: (reply) => keep((known) => withMessages(known, [reply])),
    onError: failed('Not tried again'),
  })
  const rename = useMutation({
    mutationFn: (title: string) =>
      answer(api.PATCH('/api/v1/conversations/{conversation_id}', { params, body: { title } })),
    onSuccess: ({ title }) => keep((known) => ({ ...known, title })),
    onError: failed('Not renamed'),
  })
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/api/v1/conversations/{conversation_id}', { params })),
    onSuccess: () => void cache.invalidateQueries({ queryKey: ['conversations'] }),
    onError: failed('Not deleted'),
  })
  return { send, stop, retry, rename, remove }
}

export type ChatActions = ReturnType<typeof useChatActions>

/** Say something; with an id of its own, sending it twice says it once. */
export const sendMessage = (id: string, text: string) =>
  answer(
    api.POST('/api/v1/conversations/{conversation_id}/messages', {
      params: { path: { conversation_id: id } },
      // Pages that are not served securely have no such function.
      body: { text, message_id: globalThis.crypto.randomUUID?.() ?? null },
    }),
  )
