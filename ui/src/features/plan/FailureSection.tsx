import type { Attempt } from '@/api/types'
import { DrawerSection } from '@/components/ui/Drawer'

const KINDS: Record<NonNullable<Attempt['failure_kind']>, string> = {
  checks: 'A check did not pass',
  contract: 'The agent did other than it was asked',
  agent: 'The agent could not do it',
  conflict: 'Somebody else changed the same files',
  credentials: 'The model refused the key',
  refused: 'The agent refused the task',
  budget: 'The budget is used up',
  environment: 'Something this machine lacks',
  interrupted: 'It was interrupted and made again',
}

/** Why the attempt failed, before anything else: in words, then the check that says so. */
export function FailureSection({ attempt }: { attempt: Attempt }) {
  const failing = attempt.check_results.find((check) => !check.passed)
  return (
    <DrawerSection title={`Why attempt ${attempt.number} failed`}>
      <div className="rounded-xl border border-failed bg-sunken p-4">
        <p className="font-semibold text-failed">
          {attempt.failure_kind ? KINDS[attempt.failure_kind] : 'It failed'}
        </p>
        {failing && (
          <p className="mt-1 font-mono text-sm break-all">
            {failing.command}{' '}
            <span className="text-soft">
              → {failing.timed_out ? 'out of time' : `exit code ${failing.exit_code}`}
            </span>
          </p>
        )}
        <pre
          dir="auto"
          className="mt-2 max-h-72 overflow-auto font-mono text-xs whitespace-pre-wrap break-words"
        >
          {failing?.output_tail.trim() || attempt.error}
        </pre>
      </div>
    </DrawerSection>
  )
}
