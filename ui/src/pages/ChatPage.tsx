import { Link, useParams } from '@tanstack/react-router'
import { ArrowLeft, SquarePen } from 'lucide-react'
import { GlassButton } from '@/components/glass/GlassButton'
import { ConversationList } from '@/features/chat/ConversationList'
import { ConversationView } from '@/features/chat/ConversationView'
import { NewConversation } from '@/features/chat/NewConversation'
import { useMediaQuery } from '@/lib/useMediaQuery'

/** A conversation that becomes a plan; the earlier ones beside it, or on a page before it. */
export function ChatPage() {
  const { conversationId } = useParams({ strict: false })
  const wide = useMediaQuery('(min-width: 64rem)')
  return (
    <div className="gap-6 lg:flex">
      <div className="mx-auto w-full max-w-3xl min-w-0 flex-1">
        {conversationId && !wide && (
          <Link
            to="/chat"
            className="mb-3 inline-flex h-8 items-center gap-1.5 text-sm text-soft hover:text-ink"
          >
            <ArrowLeft aria-hidden className="size-4" /> All conversations
          </Link>
        )}
        {conversationId ? (
          <ConversationView key={conversationId} id={conversationId} />
        ) : (
          <NewConversation />
        )}
      </div>
      {(wide || !conversationId) && (
        <aside aria-label="Conversations" className="mt-8 lg:mt-0 lg:w-60 lg:shrink-0">
          <div className="space-y-3 lg:sticky lg:top-6">
            {conversationId ? (
              <GlassButton asChild className="w-full">
                <Link to="/chat">
                  <SquarePen aria-hidden className="size-4" /> New conversation
                </Link>
              </GlassButton>
            ) : (
              <h2 className="label-caps px-2.5">Earlier conversations</h2>
            )}
            <ConversationList />
          </div>
        </aside>
      )}
    </div>
  )
}
