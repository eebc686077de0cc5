import { useQuery } from '@tanstack/react-query'
import {
  CircleCheck,
  CircleX,
  KeyRound,
  type LucideIcon,
  RotateCw,
  TriangleAlert,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { systemQuery } from '@/api/queries'
import type { Finding, SystemState } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { GlassCard } from '@/components/glass/GlassCard'
import { StatusBadge } from '@/components/StatusBadge'
import { Failed, Loading } from '@/components/ui/States'
import { PreferencesCard } from '@/features/shell/PreferencesCard'
import { StorageCard } from '@/features/system/StorageCard'
import type { Look } from '@/lib/status'

const VERDICTS: Record<Finding['verdict'], Look> = {
  ok: { label: 'Works', icon: CircleCheck, tone: '--status-completed' },
  warn: { label: 'Warning', icon: TriangleAlert, tone: '--status-in-progress' },
  fail: { label: 'Fails', icon: CircleX, tone: '--status-failed' },
}

export function SystemPage() {
  const system = useQuery(systemQuery())
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl font-semibold tracking-tight">System</h1>
        <GlassButton icon={RotateCw} busy={system.isFetching} onClick={() => void system.refetch()}>
          Check again
        </GlassButton>
      </div>
      {system.isPending && <Loading rows={8} />}
      {system.error && <Failed error={system.error} retry={() => void system.refetch()} />}
      {system.data && <Sections system={system.data} />}
      {system.data?.executes && <StorageCard days={system.data.retention_days || 30} />}
      <PreferencesCard />
    </div>
  )
}

function Sections({ system }: { system: SystemState }) {
  return (
    <>
      {system.sandbox === 'none' && (
        <p role="alert" className="flex gap-2.5 rounded-2xl border border-failed bg-raised p-4">
          <TriangleAlert aria-hidden className="size-5 shrink-0 text-failed" />
          Commands of agents run without a sandbox: they can do whatever you can.
        </p>
      )}
      <Section title="What works here">
        <ul className="divide-y divide-hairline">
          {system.findings.map((finding) => (
            <li
              key={`${finding.name} ${finding.said}`}
              className="grid gap-x-4 gap-y-1 py-2.5 md:grid-cols-[7rem_6rem_minmax(0,1fr)]"
            >
              <span className="font-medium">{finding.name}</span>
              <span>
                <StatusBadge look={VERDICTS[finding.verdict]} />
              </span>
              <span className="min-w-0 break-words text-soft">
                {finding.said}
                {finding.remedy && <span className="block text-ink">{finding.remedy}</span>}
              </span>
            </li>
          ))}
        </ul>
      </Section>
      <Section title="Models" note="A key is read from the server's environment and never shown.">
        <ul className="divide-y divide-hairline">
          {system.models.map((model) => (
            <li key={model.name} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5">
              <span className="min-w-0 font-mono text-sm break-all">{model.name}</span>
              {model.default && <span className="text-sm text-soft">default</span>}
              <span className="flex-1" />
              <span className="text-sm text-soft">{model.reason}</span>
              <StatusBadge look={model.usable ? USABLE : UNUSABLE} />
            </li>
          ))}
        </ul>
      </Section>
      <Section title="Settings">
        <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[10rem_minmax(0,1fr)]">
          <Setting name="Version">{system.version}</Setting>
          <Setting name="Data directory">
            <span className="font-mono text-sm break-all">{system.data_dir}</span>
          </Setting>
          <Setting name="Sandbox">{system.sandbox}</Setting>
          <Setting name="Tasks at a time">{system.max_parallel}</Setting>
          <Setting name="Logs kept">
            {system.retention_days
              ? `${system.retention_days} days after a plan's end`
              : 'For ever'}
          </Setting>
          <Setting name="Agents">{system.agents.join(', ')}</Setting>
        </dl>
      </Section>
    </>
  )
}

const look = (label: string, icon: LucideIcon, tone: string): Look => ({ label, icon, tone })
const USABLE = look('Usable', CircleCheck, '--status-completed')
const UNUSABLE = look('Key missing', KeyRound, '--status-pending')

function Section(props: { title: string; note?: string; children: ReactNode }) {
  return (
    <GlassCard className="p-5 md:p-6">
      <h2 className="font-semibold">{props.title}</h2>
      {props.note && <p className="text-sm text-soft">{props.note}</p>}
      <div className="mt-2">{props.children}</div>
    </GlassCard>
  )
}

function Setting({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-soft">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  )
}
