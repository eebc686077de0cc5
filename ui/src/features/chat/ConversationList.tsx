import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useDeferredValue, useState } from 'react'
import { Failed, Loading } from '@/components/ui/States'
import { ago, exactly } from '@/lib/format'
import { conversationsQuery } from './queries'

/** Earlier conversations, those that changed last coming first. */
export function ConversationList() {
  const [words, setWords] = useState('')
  const q = useDeferredValue(words.trim())
  const { data, error, refetch } = useQuery(conversationsQuery(q))
  if (error && !data) return <Failed error={error} retry={() => void refetch()} />
  if (!data) return <Loading rows={3} />
  const found = data.conversations
  if (found.length === 0 && !q) {
    return <p className="px-2.5 text-sm text-soft">Conversations are kept here.</p>
  }
  return (
    <div className="space-y-2">
      {(data.total > 8 || q) && (
        <input
          type="search"
          aria-label="Search conversations"
          placeholder="Search"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          className="field h-9 w-full"
        />
      )}
      {found.length === 0 && <p className="px-2.5 text-sm text-soft">None says “{q}”.</p>}
      <ul className="space-y-0.5">
        {found.map((each) => (
          <li key={each.conversation_id}>
            <Link
              to="/chat/$conversationId"
              params={{ conversationId: each.conversation_id }}
              className="block rounded-lg px-2.5 py-1.5 text-soft hover:bg-hover hover:text-ink aria-[current=page]:bg-hover aria-[current=page]:text-ink"
            >
              <span dir="auto" className="block truncate">
                {each.title || 'Untitled'}
              </span>
              <time
                dateTime={each.updated_at}
                title={exactly(each.updated_at)}
                className="block text-xs text-soft"
              >
                {ago(each.updated_at)}
              </time>
            </Link>
          </li>
        ))}
      </ul>
      {data.total > found.length && (
        <p className="px-2.5 text-xs text-soft">
          {found.length} of {data.total}; search for the others.
        </p>
      )}
    </div>
  )
}
