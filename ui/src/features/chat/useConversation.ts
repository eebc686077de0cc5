import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { countWatcher, liveSocket, resynced } from '@/realtime/socket'
import { isBeingAnswered } from './conversation'
import { ConversationFeed } from './conversationFeed'
import { conversationQuery } from './queries'

/** A conversation that stays true while it is shown. */
export function useConversation(id: string) {
  const cache = useQueryClient()
  const query = useQuery(conversationQuery(id))
  const there = query.data !== undefined

  useEffect(() => {
    // Joined once there is a state to be joined from, and told everything since.
    if (!there) return
    const { queryKey } = conversationQuery(id)
    const feed = new ConversationFeed(liveSocket(), id, {
      read: () => cache.getQueryData(queryKey),
      write: (conversation) => {
        const before = cache.getQueryData(queryKey)
        cache.setQueryData(queryKey, conversation)
        // What an answer has used is told with the conversation alone.
        if (before && isBeingAnswered(before) && !isBeingAnswered(conversation)) {
          void cache.invalidateQueries({ queryKey })
          void cache.invalidateQueries({ queryKey: ['conversations'] })
        }
      },
      caughtUp: resynced,
    })
    const stopCounting = countWatcher()
    feed.open()
    return () => {
      feed.close()
      stopCounting()
    }
  }, [cache, id, there])

  return query
}
