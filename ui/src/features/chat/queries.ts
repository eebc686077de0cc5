/** What the chat reads from the server; loaded with its page. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import type { Conversation } from '@/api/types'
import { withMessages } from './conversation'

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: ['conversation', id],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/conversations/{conversation_id}', {
          params: { path: { conversation_id: id } },
          signal,
        }),
      ),
    // The feed keeps it true; see ConversationFeed.
    staleTime: Number.POSITIVE_INFINITY,
    // What was told while an answer was on its way is newer.
    structuralSharing: (old, read) => {
      const [before, now] = [old as Conversation | undefined, read as Conversation]
      return before ? withMessages(now, before.messages, before.version) : now
    },
  })

export const conversationsQuery = (q: string) =>
  queryOptions({
    queryKey: ['conversations', q],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/conversations', {
          params: { query: { limit: 100, ...(q && { q }) } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  })
