import { useNavigate } from '@tanstack/react-router'
import { Check, Pencil, Trash2, X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { Conversation } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { Dialog } from '@/components/ui/Dialog'
import { compact, spentMoney } from '@/lib/format'
import type { ChatActions } from './useChatActions'

interface Props {
  conversation: Conversation
  actions: ChatActions
}

/** What the conversation is called and has used; it can be renamed and deleted. */
export function ConversationHeader({ conversation, actions }: Props) {
  const [renaming, setRenaming] = useState(false)
  const [deleting, setDeleting] = useState(false)
  const tokens = conversation.tokens_input + conversation.tokens_output
  const facts = [
    conversation.repository,
    conversation.model,
    tokens > 0 && `${compact(tokens)} tokens`,
    tokens > 0 && spentMoney(conversation),
  ].filter((fact) => fact !== false && fact !== null)
  return (
    <header className="space-y-1">
      {renaming ? (
        <Renaming
          title={conversation.title}
          onDone={(title) => {
            if (title && title !== conversation.title) actions.rename.mutate(title)
            setRenaming(false)
          }}
        />
      ) : (
        <div className="flex items-start gap-1">
          <h1
            dir="auto"
            className="min-w-0 flex-1 text-xl font-semibold tracking-tight wrap-anywhere"
          >
            {conversation.title || 'New conversation'}
          </h1>
          <GlassButton
            tone="quiet"
            size="icon"
            icon={Pencil}
            aria-label="Rename"
            title="Rename"
            onClick={() => setRenaming(true)}
          />
          <GlassButton
            tone="quiet"
            size="icon"
            icon={Trash2}
            aria-label="Delete"
            title="Delete"
            onClick={() => setDeleting(true)}
          />
        </div>
      )}
      {facts.length > 0 && (
        <p className="tabular text-sm text-soft wrap-anywhere">{facts.join(' · ')}</p>
      )}
      {deleting && <Deleting actions={actions} onClose={() => setDeleting(false)} />}
    </header>
  )
}

function Renaming({ title, onDone }: { title: string; onDone(title: string): void }) {
  const [words, setWords] = useState(title)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onDone(words.trim())
  }
  return (
    <form onSubmit={submit} className="flex gap-1">
      <input
        // biome-ignore lint/a11y/noAutofocus: it takes the place of the button that was pressed
        autoFocus
        dir="auto"
        aria-label="Title"
        maxLength={200}
        value={words}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && onDone(title)}
        className="field h-9 min-w-0 flex-1"
      />
      <GlassButton type="submit" size="icon" icon={Check} aria-label="Rename" />
      <GlassButton
        tone="quiet"
        size="icon"
        icon={X}
        aria-label="Leave the title"
        onClick={() => onDone(title)}
      />
    </form>
  )
}

function Deleting({ actions, onClose }: { actions: ChatActions; onClose(): void }) {
  const navigate = useNavigate()
  const remove = () =>
    actions.remove.mutate(undefined, { onSuccess: () => void navigate({ to: '/chat' }) })
  return (
    <Dialog
      open
      onClose={onClose}
      title="Delete this conversation?"
      description="What was said goes for good. Plans that were made in it stay."
    >
      <div className="flex justify-end gap-2">
        <GlassButton onClick={onClose}>Keep it</GlassButton>
        <GlassButton tone="danger" icon={Trash2} busy={actions.remove.isPending} onClick={remove}>
          Delete
        </GlassButton>
      </div>
    </Dialog>
  )
}
