import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import {
  Inbox,
  ListChecks,
  type LucideIcon,
  MessagesSquare,
  Plus,
  SlidersHorizontal,
} from 'lucide-react'
import { planCountsQuery } from '@/api/queries'
import { classes } from '@/lib/classes'
import { Connection } from './Connection'
import { Mark } from './Mark'
import { HelpButton, SearchField, type ShellActions, ThemeButton } from './Tools'

const PLACES = [
  { to: '/', label: 'Plans', icon: ListChecks },
  { to: '/chat', label: 'Chat', icon: MessagesSquare },
  { to: '/review', label: 'Review', icon: Inbox },
  { to: '/new', label: 'New plan', icon: Plus },
  { to: '/system', label: 'System', icon: SlidersHorizontal },
] as const satisfies { to: string; label: string; icon: LucideIcon }[]

interface Props extends ShellActions {
  wide: boolean
}

/** A rail at the side, with the tools; on narrow screens a bar at the thumb, without them. */
export function Navigation({ wide, onPalette, onHelp }: Props) {
  const { data: counts } = useQuery(planCountsQuery())
  const drafts = counts?.draft ?? 0
  return (
    <nav
      aria-label="Main"
      className="glass fixed inset-x-2 bottom-2 z-30 rounded-2xl p-1.5 md:sticky md:top-6 md:mt-6 md:h-fit md:w-48 md:shrink-0 md:p-2.5"
    >
      {wide && (
        <>
          <Link
            to="/"
            className="mb-2 flex items-center gap-2.5 rounded-lg px-2.5 py-2 text-lg font-semibold tracking-tight"
          >
            <Mark className="size-6" />
            Masterplan
          </Link>
          <SearchField onPalette={onPalette} />
        </>
      )}
      <ul className="flex md:mt-2.5 md:block md:space-y-0.5">
        {PLACES.map(({ to, label, icon: Icon }) => (
          <li key={to} className="flex-1">
            <Link
              to={to}
              activeOptions={{ exact: to === '/', includeSearch: false }}
              className="flex items-center gap-2.5 rounded-lg text-soft hover:bg-hover hover:text-ink aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-ink max-md:flex-col max-md:gap-0.5 max-md:py-1.5 max-md:text-xs md:h-9 md:px-2.5"
            >
              <Icon aria-hidden className="size-[1.15rem]" />
              {label}
              {to === '/review' && drafts > 0 && (
                <span
                  className={classes(
                    'tabular rounded-full bg-action px-1.5 text-xs font-medium text-on-action',
                    'max-md:absolute max-md:ml-9 md:ml-auto',
                  )}
                >
                  {drafts}
                  <span className="sr-only"> waiting</span>
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
      {wide && (
        <div className="mt-2.5 border-t border-hairline pt-2.5">
          <Connection />
          <div className="mt-1 flex gap-1">
            <ThemeButton />
            <HelpButton onHelp={onHelp} />
          </div>
        </div>
      )}
    </nav>
  )
}
