import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { requestsQuery } from '@/api/queries'
import type { ModelRequest } from '@/api/types'
import { DrawerSection } from '@/components/ui/Drawer'
import { Failed, Loading } from '@/components/ui/States'
import { compact, duration, money } from '@/lib/format'

interface Props {
  planId: string
  taskId: string
  number: number
}

/** What the attempt asked models and what they answered: as text, and only when asked for. */
export function PromptList({ planId, taskId, number }: Props) {
  const [open, setOpen] = useState(false)
  const requests = useQuery({ ...requestsQuery(planId, taskId, number), enabled: open })
  return (
    <DrawerSection title="Prompts">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="min-h-6 cursor-pointer text-sm text-soft">
          What models were asked, and what they answered
        </summary>
        <div className="mt-2 space-y-2">
          {open && requests.isPending && <Loading rows={2} />}
          {requests.error && (
            <Failed error={requests.error} retry={() => void requests.refetch()} />
          )}
          {requests.data?.length === 0 && (
            <p className="text-sm text-soft">This attempt has asked no model.</p>
          )}
          {requests.data?.map((request) => (
            <RequestView key={request.ordinal} request={request} />
          ))}
        </div>
      </details>
    </DrawerSection>
  )
}

function RequestView({ request }: { request: ModelRequest }) {
  return (
    <details className="rounded-xl border border-hairline">
      <summary className="tabular min-h-6 cursor-pointer px-3 py-2 text-sm hover:bg-hover">
        {request.ordinal}. {request.model}
        <span className="block text-xs text-soft">{factsOf(request)}</span>
      </summary>
      {request.messages.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages of a request never change
        <Said key={index} who={message.role} text={message.text} />
      ))}
      <Said who="answer" text={request.answer ?? request.error ?? 'There is no answer yet.'} />
    </details>
  )
}

function Said({ who, text }: { who: string; text: string }) {
  return (
    <div className="border-t border-hairline px-3 py-2">
      <p className="text-xs font-medium text-soft">{who}</p>
      <pre
        dir="auto"
        className="max-h-80 overflow-auto font-mono text-xs whitespace-pre-wrap break-words"
      >
        {text}
      </pre>
    </div>
  )
}

function factsOf(request: ModelRequest): string {
  const facts = [
    `${compact(request.tokens_input)} tokens read`,
    `${compact(request.tokens_output)} written`,
    request.cost_usd === null ? 'cost unknown' : money(request.cost_usd),
  ]
  if (request.waited_s > 0) facts.push(`waited ${duration(request.waited_s)}`)
  if (request.replayed) facts.push('answered before an interruption')
  return facts.join(' · ')
}
