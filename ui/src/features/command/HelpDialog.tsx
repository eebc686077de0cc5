import { Fragment } from 'react'
import { Dialog } from '@/components/ui/Dialog'
import { setPreferences, usePreferences } from '@/lib/preferences'

const KEYS: [string, [string, string][]][] = [
  [
    'Everywhere',
    [
      ['⌘ K  or  Ctrl K', 'Search and commands'],
      ['/', 'Search the plans'],
      ['n', 'New plan'],
      ['?', 'This help'],
    ],
  ],
  [
    'Review',
    [
      ['j  k', 'Next and previous plan'],
      ['Enter', 'Open it'],
      ['a', 'Approve it'],
      ['r', 'Reject it, with a reason'],
    ],
  ],
  [
    'Tasks',
    [
      ['↑  ↓', 'Move'],
      ['→  ←', 'Unfold, fold, go to the parent'],
      ['Enter', 'Open a task'],
      ['Esc', 'Close it'],
    ],
  ],
  [
    'Chat',
    [
      ['Enter', 'Send'],
      ['Shift  Enter', 'Begin a new line'],
    ],
  ],
]

export default function HelpDialog({ onClose }: { onClose(): void }) {
  const { shortcuts } = usePreferences()
  return (
    <Dialog
      open
      onClose={onClose}
      title="Help"
      className="w-[min(38rem,calc(100vw-2rem))]"
      description="A goal becomes a plan. You approve it, agents build it task by task, and every task is proven before it counts."
    >
      <div className="grid gap-5 sm:grid-cols-2">
        {KEYS.map(([where, keys]) => (
          <section key={where}>
            <h3 className="label-caps mb-1.5">{where}</h3>
            <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-3 gap-y-1 text-sm">
              {keys.map(([key, does]) => (
                <Fragment key={key}>
                  <dt>
                    <kbd className="rounded border border-boundary px-1.5 font-sans text-xs whitespace-pre">
                      {key}
                    </kbd>
                  </dt>
                  <dd className="text-soft">{does}</dd>
                </Fragment>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className="mt-5 flex cursor-pointer items-center gap-2.5 text-sm">
        <input
          type="checkbox"
          checked={shortcuts}
          onChange={() => setPreferences({ shortcuts: !shortcuts })}
          className="size-5 accent-action"
        />
        Single keys are shortcuts
      </label>
      <p className="mt-4 text-sm text-soft">
        The API is described at{' '}
        <a href="/docs" className="underline underline-offset-4">
          /docs
        </a>
        .
      </p>
    </Dialog>
  )
}
