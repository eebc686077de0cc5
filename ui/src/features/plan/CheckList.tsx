import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import type { CheckResult } from '@/api/types'
import { duration } from '@/lib/format'

/** The evidence: each check with its result, and whether it proves anything. */
export function CheckList({ checks }: { checks: CheckResult[] }) {
  return (
    <ul className="divide-y divide-hairline overflow-hidden rounded-xl border border-hairline">
      {checks.map((check, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an attempt's checks never change places
        <li key={index}>
          <CheckItem check={check} />
        </li>
      ))}
    </ul>
  )
}

function CheckItem({ check }: { check: CheckResult }) {
  const Icon = check.passed ? CircleCheck : CircleX
  return (
    <details open={!check.passed} className="group">
      <summary className="flex items-start gap-2.5 px-3 py-2 hover:bg-hover">
        <Icon
          aria-hidden
          className={`mt-0.5 size-4 shrink-0 ${check.passed ? 'text-completed' : 'text-failed'}`}
        />
        <span className="min-w-0 flex-1">
          <span className="sr-only">{check.passed ? 'Passed: ' : 'Failed: '}</span>
          <code className="font-mono text-xs break-all">{check.command}</code>
          {check.passed_on_base && (
            <span className="mt-0.5 flex items-center gap-1.5 text-xs text-running">
              <TriangleAlert aria-hidden className="size-3.5" />
              Passed before the work too, so it proves nothing about it
            </span>
          )}
        </span>
        <span className="tabular shrink-0 text-xs text-soft">
          {check.timed_out ? 'out of time' : duration(check.duration_s)}
        </span>
      </summary>
      <pre className="max-h-60 overflow-auto bg-sunken px-3 py-2 font-mono text-xs whitespace-pre-wrap break-words">
        {check.output_tail.trim() || 'It printed nothing.'}
        {!check.passed && !check.timed_out && `\n[exit code ${check.exit_code}]`}
      </pre>
    </details>
  )
}
