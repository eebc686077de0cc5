import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Command } from 'cmdk'
import {
  CircleHelp,
  Inbox,
  ListChecks,
  type LucideIcon,
  MessagesSquare,
  Moon,
  Plus,
  SlidersHorizontal,
  Sun,
} from 'lucide-react'
import { useDeferredValue, useEffect, useState } from 'react'
import { plansQuery } from '@/api/queries'
import { setPreferences } from '@/lib/preferences'
import { planLook } from '@/lib/status'
import { found, named } from './matches'

interface Props {
  onClose(): void
  onHelp(): void
}

/** Everything by its name, from anywhere. */
export default function CommandPalette({ onClose, onHelp }: Props) {
  const navigate = useNavigate()
  const [words, setWords] = useState('')
  const q = useDeferredValue(words.trim())
  const { data, isPlaceholderData } = useQuery(plansQuery({ statuses: [], q, offset: 0 }))

  useReturnFocus()

  const then = (act: () => void) => () => {
    onClose()
    act()
  }
  const go = (to: '/' | '/chat' | '/new' | '/review' | '/system') =>
    then(() => void navigate({ to }))
  const commands: [string, LucideIcon, () => void][] = [
    ['New plan', Plus, go('/new')],
    ['Chat', MessagesSquare, go('/chat')],
    ['All plans', ListChecks, go('/')],
    ['Review queue', Inbox, go('/review')],
    ['System and settings', SlidersHorizontal, go('/system')],
    ['Light theme', Sun, then(() => setPreferences({ theme: 'light' }))],
    ['Dark theme', Moon, then(() => setPreferences({ theme: 'dark' }))],
    ['Keyboard shortcuts', CircleHelp, onHelp],
  ]
  const matching = commands.filter(([name]) => named(name, words))
  const answered = !isPlaceholderData && q === words.trim()
  const plans = found(data?.masterplans ?? [], words, answered).slice(0, 12)
  // What is chosen may go as the answer of a search comes; then the first one is.
  const [chosen, setChosen] = useState('')
  const values = [...plans.map((plan) => plan.masterplan_id), ...matching.map(([name]) => name)]

  return (
    <Command.Dialog
      open
      onOpenChange={(open) => open || onClose()}
      label="Search and commands"
      shouldFilter={false}
      value={values.includes(chosen) ? chosen : (values[0] ?? '')}
      onValueChange={setChosen}
      overlayClassName="fixed inset-0 z-40 bg-scrim"
      contentClassName="glass-raised appearing fixed top-[12vh] left-1/2 z-50 w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 overflow-hidden rounded-2xl"
    >
      <Command.Input
        value={words}
        onValueChange={setWords}
        placeholder="Search plans and commands"
        dir="auto"
        className="h-13 w-full border-b border-hairline bg-transparent px-5 outline-none placeholder:text-soft"
      />
      <Command.List className="max-h-[50vh] overflow-y-auto p-2">
        <Command.Empty className="px-3 py-6 text-center text-soft">Nothing found.</Command.Empty>
        {plans.length > 0 && (
          <Command.Group heading={<Heading>Plans</Heading>}>
            {plans.map((plan) => {
              const { icon: Icon, label, tone } = planLook(plan)
              const params = { planId: plan.masterplan_id }
              return (
                <Command.Item
                  key={plan.masterplan_id}
                  value={plan.masterplan_id}
                  onSelect={then(() => void navigate({ to: '/plans/$planId', params }))}
                  className={ITEM}
                >
                  <Icon aria-hidden className="size-4 shrink-0" style={{ color: `var(${tone})` }} />
                  <span dir="auto" className="min-w-0 flex-1 truncate">
                    {plan.title}
                  </span>
                  <span className="text-sm text-soft">{label}</span>
                </Command.Item>
              )
            })}
          </Command.Group>
        )}
        {matching.length > 0 && (
          <Command.Group heading={<Heading>Commands</Heading>}>
            {matching.map(([name, Icon, act]) => (
              <Command.Item key={name} value={name} onSelect={act} className={ITEM}>
                <Icon aria-hidden className="size-4 shrink-0 text-soft" />
                {name}
              </Command.Item>
            ))}
          </Command.Group>
        )}
      </Command.List>
    </Command.Dialog>
  )
}

const ITEM =
  'flex h-10 cursor-pointer items-center gap-3 rounded-lg px-3 aria-selected:bg-hover data-[selected=true]:bg-hover'

const Heading = ({ children }: { children: string }) => (
  <span className="label-caps block px-3 pt-2 pb-1">{children}</span>
)

/** cmdk does not say when it closes; the focus goes back once its own trap has let go. */
function useReturnFocus(): void {
  const [before] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      setTimeout(() => {
        const nowhere = document.activeElement === document.body
        if (nowhere && before instanceof HTMLElement) before.focus()
      })
    },
    [before],
  )
}
