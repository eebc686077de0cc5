import { useQuery } from '@tanstack/react-query'
import { FolderSearch } from 'lucide-react'
import { discoveryQuery } from '@/api/queries'
import type { Plan, RepositoryFacts } from '@/api/types'
import { GlassCard } from '@/components/glass/GlassCard'
import { counted } from '@/lib/format'

/** What the planner saw of the repository that the plan changes. */
export function RepositoryPanel({ plan }: { plan: Plan }) {
  const { data: facts } = useQuery({
    ...discoveryQuery(plan.masterplan_id, plan.revision),
    enabled: plan.repository !== null,
  })
  if (!facts) return null
  return (
    <GlassCard aria-label="Repository" className="px-5 py-3 md:px-6">
      <details>
        <summary className="flex min-h-6 cursor-pointer items-center gap-2">
          <FolderSearch aria-hidden className="size-4 shrink-0 text-soft" />
          <span>
            <span className="font-medium">Repository:</span> <bdi>{facts.summary}</bdi>
          </span>
        </summary>
        <dl className="mt-3 grid grid-cols-[auto_1fr] gap-x-5 gap-y-1.5 text-sm">
          {factsOf(facts).map(([name, said]) => (
            <div key={name} className="contents">
              <dt className="text-soft">{name}</dt>
              <dd dir="auto" className="min-w-0 break-words">
                {said}
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </GlassCard>
  )
}

const REASONS = [
  ['secret', 'with secrets'],
  ['binary', 'binary'],
  ['generated', 'generated'],
  ['large', 'too large'],
  ['unread', 'beyond what is read'],
] as const

function factsOf(facts: RepositoryFacts): [name: string, said: string][] {
  const { conventions, left_out: left } = facts
  const found: [string, string | null | undefined][] = [
    ['Commit', facts.commit.slice(0, 12)],
    [
      'Languages',
      facts.languages.map((each) => `${each.name} (${counted(each.files, 'file')})`).join(', '),
    ],
    ['Commands', facts.commands.map((each) => each.command).join(' · ')],
    ['Indentation', conventions.indentation],
    ['Checked by', conventions.tools?.join(', ')],
    ['Tests', conventions.tests],
    [
      'Key modules',
      facts.interfaces
        .slice(0, 8)
        .map((each) => each.path)
        .join(', '),
    ],
    [
      'Not read',
      REASONS.flatMap(([key, words]) => (left[key] ? `${left[key]} ${words}` : [])).join(', '),
    ],
  ]
  return found.flatMap(([name, said]) => (said ? [[name, said]] : []))
}
