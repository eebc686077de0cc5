import { ListTree, RotateCw, Square, TriangleAlert } from 'lucide-react'
import { memo } from 'react'
import type { Message } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { ChatPlan } from './ChatPlan'
import { SafeText } from './SafeText'

export interface MessageActions {
  /** Say something in the person's name. */
  onSay(text: string): void
  onRetry(): void
  /** Put words into the composer, to be changed and sent. */
  onEdit(text: string): void
}

interface Props extends MessageActions {
  message: Message
  isLast: boolean
}

export const MessageItem = memo(function MessageItem({ message, isLast, ...act }: Props) {
  switch (message.role) {
    case 'person':
      return (
        <li className="ms-auto w-fit max-w-[85%] rounded-2xl rounded-ee-md border border-hairline bg-raised px-4 py-2.5">
          <span className="sr-only">You: </span>
          <SafeText text={message.text} />
        </li>
      )
    case 'plan':
      return (
        <li>
          <ChatPlan message={message} onAgain={(goal) => act.onSay(`/masterplan ${goal}`)} />
        </li>
      )
    case 'assistant':
      return (
        <li className="glass max-w-full rounded-2xl rounded-es-md px-4 py-3 md:max-w-[92%]">
          <span className="sr-only">Masterplan: </span>
          <Answer message={message} isLast={isLast} {...act} />
        </li>
      )
  }
})

function Answer({ message, isLast, onSay, onRetry, onEdit }: Props) {
  return (
    <div className="space-y-3">
      {message.text && <SafeText text={message.text} />}
      {message.status === 'writing' && <Writing message={message} />}
      {message.questions.length > 0 && (
        <ol className="list-decimal space-y-1 ps-6">
          {message.questions.map((question) => (
            <li key={question} dir="auto" className="wrap-anywhere">
              {question}
            </li>
          ))}
        </ol>
      )}
      {message.status === 'failed' && (
        <p role="alert" dir="auto" className="flex gap-2 text-failed wrap-anywhere">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span className="min-w-0">{message.error}</span>
        </p>
      )}
      {message.status === 'stopped' && (
        <p className="flex items-center gap-2 text-sm text-soft">
          <Square aria-hidden className="size-3.5" /> Stopped
        </p>
      )}
      {isLast && (message.status === 'failed' || message.status === 'stopped') && (
        <GlassButton size="sm" icon={RotateCw} onClick={onRetry}>
          Try again
        </GlassButton>
      )}
      {message.ready && message.goal && (
        <section aria-label="Proposed goal" className="rounded-xl border border-boundary p-3.5">
          <h2 className="label-caps mb-1.5">Goal</h2>
          <SafeText text={message.goal} />
          {isLast && (
            <div className="mt-3 flex flex-wrap gap-2">
              <GlassButton tone="primary" icon={ListTree} onClick={() => onSay('/masterplan')}>
                Make the plan
              </GlassButton>
              <GlassButton onClick={() => onEdit(`/masterplan ${message.goal}`)}>
                Change the goal
              </GlassButton>
            </div>
          )}
        </section>
      )}
    </div>
  )
}

function Writing({ message }: { message: Message }) {
  return (
    <p className="flex items-center gap-2.5 text-sm text-soft">
      <span aria-hidden className="writing flex gap-1">
        <span className="size-1.5 rounded-full bg-current" />
        <span className="size-1.5 rounded-full bg-current" />
        <span className="size-1.5 rounded-full bg-current" />
      </span>
      <span dir="auto" className={message.waiting_reason ? '' : 'sr-only'}>
        {message.waiting_reason ?? 'Being written…'}
      </span>
    </p>
  )
}
