import { useLayoutEffect, useRef } from 'react'
import type { Message } from '@/api/types'
import { shown } from './conversation'
import { type MessageActions, MessageItem } from './MessageItem'

/** How near to the end somebody reads who wants to see what comes, in pixels. */
const NEAR = 160

interface Props extends MessageActions {
  messages: readonly Message[]
}

/** What was said. Who reads at its end stays there while more comes. */
export function MessageList({ messages, ...actions }: Props) {
  const list = shown(messages)
  const last = list.at(-1)
  const end = useRef<HTMLDivElement>(null)
  const count = useRef(0)
  const length = (last?.text.length ?? 0) + (last?.questions.length ?? 0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: what has grown moves the end
  useLayoutEffect(() => {
    const isNew = count.current !== list.length
    count.current = list.length
    const { scrollHeight, scrollTop, clientHeight } = document.documentElement
    if (isNew || scrollHeight - scrollTop - clientHeight < NEAR) {
      end.current?.scrollIntoView({ block: 'end' })
    }
  }, [list.length, length])

  return (
    <>
      <ol aria-label="Messages" className="space-y-4">
        {list.map((message) => (
          <MessageItem
            key={message.message_id}
            message={message}
            isLast={message === last}
            {...actions}
          />
        ))}
      </ol>
      <output className="sr-only">{last ? said(last) : ''}</output>
      {/* What lies under the composer is not at the end yet. */}
      <div ref={end} className="h-px scroll-mb-60 md:scroll-mb-48" />
    </>
  )
}

/** What a reader is told, once it is whole: not each word as it comes. */
function said({ role, status, text, questions }: Message): string {
  if (role !== 'assistant') return ''
  return status === 'writing' ? 'Being written' : [text, ...questions].join(' ')
}
