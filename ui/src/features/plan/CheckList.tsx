import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import type { CheckResult } from '@/api/types'
import { duration } from '@/lib/format'
import { evidenceText, verdictOf } from './evidence'

/** The evidence: each check without the work and with it, and whether that proves anything. */
export function CheckList({ checks }: { checks: CheckResult[] }) {
  return (
    <>
      {checks.every((check) => check.passed) && (
        <p className="mb-2 text-sm">{evidenceText(checks)}</p>
      )}
      <ul className="divide-y divide-hairline overflow-hidden rounded-xl border border-hairline">
        {checks.map((check, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an attempt's checks never change places
          <li key={index}>
            <CheckItem check={check} />
          </li>
        ))}
      </ul>
    </>
  )
}

function CheckItem({ check }: { check: CheckResult }) {
  return (
    <details open={!check.passed} className="group">
      <summary className="list-none px-3 py-2 hover:bg-hover">
        <span className="flex items-baseline gap-2.5">
          <code className="min-w-0 flex-1 font-mono text-xs break-all">{check.command}</code>
          <span className="tabular shrink-0 text-xs text-soft">
            {check.timed_out ? 'out of time' : duration(check.duration_s)}
          </span>
        </span>
        <span className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-0.5 text-xs">
          {typeof check.passed_on_base === 'boolean' && (
            <Result when="Without the work" passed={check.passed_on_base} />
          )}
          <Result when="With it" passed={check.passed} />
        </span>
        {verdictOf(check) === 'idle' && (
          <span className="mt-0.5 flex items-center gap-1.5 text-xs text-running">
            <TriangleAlert aria-hidden className="size-3.5 shrink-0" />
            It passes without the work too, so it proves nothing about it
          </span>
        )}
      </summary>
      <pre
        dir="auto"
        className="max-h-60 overflow-auto bg-sunken px-3 py-2 font-mono text-xs whitespace-pre-wrap break-words"
      >
        {check.output_tail.trim() || 'It printed nothing.'}
        {!check.passed && !check.timed_out && `\n[exit code ${check.exit_code}]`}
      </pre>
    </details>
  )
}

function Result({ when, passed }: { when: string; passed: boolean }) {
  const Icon = passed ? CircleCheck : CircleX
  return (
    <span className="flex items-center gap-1.5 whitespace-nowrap">
      <span className="text-soft">{when}</span>
      <span className={`flex items-center gap-1 ${passed ? 'text-completed' : 'text-failed'}`}>
        <Icon aria-hidden className="size-3.5" />
        {passed ? 'passed' : 'failed'}
      </span>
    </span>
  )
}
