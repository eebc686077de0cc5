import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useId, useRef, useState } from 'react'
import { toast } from 'sonner'
import { answer, api, messageOf } from '@/api/client'
import { systemQuery } from '@/api/queries'
import { GlassCard } from '@/components/glass/GlassCard'
import { Composer } from './Composer'
import { sendMessage } from './useChatActions'

/** Where a conversation begins: with the first thing that a person says. */
export function NewConversation() {
  const navigate = useNavigate()
  const cache = useQueryClient()
  const [text, setText] = useState('')
  const [repository, setRepository] = useState('')
  const [model, setModel] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => field.current?.focus(), [])
  // One whose first message could not be sent is gone on with: it is not begun anew with each try.
  const begun = useRef<{ terms: string; id: string }>(undefined)
  const begin = useMutation({
    mutationFn: async () => {
      const body = { repository: repository.trim() || null, model: model || null }
      const terms = JSON.stringify(body)
      if (begun.current?.terms !== terms) {
        const { conversation_id: id } = await answer(api.POST('/api/v1/conversations', { body }))
        begun.current = { terms, id }
      }
      await sendMessage(begun.current.id, text.trim())
      return begun.current.id
    },
    onSuccess: (conversationId) => {
      void cache.invalidateQueries({ queryKey: ['conversations'] })
      void navigate({ to: '/chat/$conversationId', params: { conversationId } })
    },
    onError: (error) => toast.error('No conversation was begun', { description: messageOf(error) }),
  })
  return (
    <div className="space-y-5">
      <h1 className="text-2xl font-semibold tracking-tight">Chat</h1>
      <GlassCard className="space-y-2 p-5 text-soft md:p-6">
        <p className="text-ink">What do you want to have built?</p>
        <p>
          Say it as you would to a colleague. You are asked what is unclear; when it is clear, a
          plan is made of it for you to review. What a run must print, such as{' '}
          <code className="font-mono text-sm">python main.py 2 3</code> prints 5, becomes a check.
        </p>
      </GlassCard>
      <Composer
        field={field}
        text={text}
        onText={setText}
        onSend={() => begin.mutate()}
        sending={begin.isPending}
        placeholder="A command line program that…"
      />
      <Options
        repository={repository}
        onRepository={setRepository}
        model={model}
        onModel={setModel}
      />
    </div>
  )
}

interface OptionsProps {
  repository: string
  onRepository(repository: string): void
  model: string
  onModel(model: string): void
}

function Options({ repository, onRepository, model, onModel }: OptionsProps) {
  const id = useId()
  const { data: system } = useQuery(systemQuery())
  const models = system?.models ?? []
  const standard = models.find((each) => each.default)
  return (
    <details className="px-1">
      <summary className="w-fit cursor-pointer text-sm text-soft">Repository and model</summary>
      <div className="mt-3 grid gap-4 md:grid-cols-2">
        <div className="space-y-1.5">
          <label htmlFor={`${id}-repository`} className="block text-sm font-medium">
            Repository
          </label>
          <input
            id={`${id}-repository`}
            value={repository}
            onChange={(event) => onRepository(event.target.value)}
            placeholder="Path or URL; a new one without"
            className="field h-9 w-full"
          />
        </div>
        <div className="space-y-1.5">
          <label htmlFor={`${id}-model`} className="block text-sm font-medium">
            Model
          </label>
          <select
            id={`${id}-model`}
            value={model}
            onChange={(event) => onModel(event.target.value)}
            className="field h-9 w-full py-1"
          >
            <option value="">{standard ? `${standard.name} (default)` : 'Default'}</option>
            {models
              .filter((each) => each.usable && !each.default)
              .map((each) => (
                <option key={each.name} value={each.name}>
                  {each.name}
                </option>
              ))}
          </select>
        </div>
      </div>
    </details>
  )
}
