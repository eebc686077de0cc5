import { useEffect, useRef } from 'react'
import { Failed, Loading } from '@/components/ui/States'
import { useUnsent } from '@/lib/useUnsent'
import { Composer } from './Composer'
import { ConversationHeader } from './ConversationHeader'
import { isBeingAnswered } from './conversation'
import { MessageList } from './MessageList'
import { useChatActions } from './useChatActions'
import { useConversation } from './useConversation'

/** One conversation, and where to go on with it. */
export function ConversationView({ id }: { id: string }) {
  const { data: conversation, error, refetch } = useConversation(id)
  const actions = useChatActions(id)
  const [text, setText] = useUnsent(`message ${id}`)
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => field.current?.focus(), [])

  if (!conversation) {
    return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading rows={4} />
  }
  const { send, stop, retry } = actions
  const answering = isBeingAnswered(conversation)
  const say = (words: string) =>
    // What could not be sent stays to be sent again; what was written meanwhile stays too.
    send.mutate(words, { onSuccess: () => setText((now) => (now.trim() === words ? '' : now)) })
  const edit = (words: string) => {
    setText(words)
    field.current?.focus()
  }
  return (
    <div className="flex min-h-[calc(100dvh-9rem)] flex-col gap-5 md:min-h-[calc(100dvh-5rem)]">
      <ConversationHeader conversation={conversation} actions={actions} />
      <div className="flex-1">
        <MessageList
          messages={conversation.messages}
          onSay={say}
          onRetry={() => retry.mutate()}
          onEdit={edit}
        />
      </div>
      <div className="sticky bottom-24 z-10 md:bottom-4">
        <Composer
          field={field}
          text={text}
          onText={setText}
          onSend={() => say(text.trim())}
          sending={send.isPending}
          onStop={answering ? () => stop.isPending || stop.mutate() : undefined}
          placeholder="Answer, or say what to change"
        />
      </div>
    </div>
  )
}
