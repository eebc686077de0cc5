import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Inbox, ListChecks, type LucideIcon, Plus, SlidersHorizontal } from 'lucide-react'
import { planCountsQuery } from '@/api/queries'
import { classes } from '@/lib/classes'
import { Mark } from './Mark'

const PLACES = [
  { to: '/', label: 'Plans', icon: ListChecks },
  { to: '/review', label: 'Review', icon: Inbox },
  { to: '/new', label: 'New plan', icon: Plus },
  { to: '/system', label: 'System', icon: SlidersHorizontal },
] as const satisfies { to: string; label: string; icon: LucideIcon }[]

/** A rail at the side; on narrow screens a bar at the thumb. */
export function Navigation() {
  const { data: counts } = useQuery(planCountsQuery())
  const drafts = counts?.draft ?? 0
  return (
    <nav
      aria-label="Main"
      className="glass fixed inset-x-2 bottom-2 z-30 rounded-2xl p-1.5 md:sticky md:top-6 md:mt-6 md:h-fit md:w-44 md:shrink-0 md:p-2.5"
    >
      <Link
        to="/"
        className="mb-3 hidden items-center gap-2.5 rounded-lg px-2.5 py-2 text-lg font-semibold tracking-tight md:flex"
      >
        <Mark className="size-6" />
        Masterplan
      </Link>
      <ul className="flex md:block md:space-y-0.5">
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
    </nav>
  )
}
