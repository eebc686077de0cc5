import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDownToLine, Download } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { GlassButton } from '@/components/glass/GlassButton'
import { DrawerSection } from '@/components/ui/Drawer'
import { counted } from '@/lib/format'
import { logPath, useAttemptLog } from './useAttemptLog'

interface Props {
  planId: string
  taskId: string
  number: number
  live: boolean
}

const LINE_HEIGHT = 20
/** So near to its end the log still follows, in pixels. */
const NEAR = 24

/** An attempt's log: followed while it grows, searched, taken away as a file. */
export function LogView(attempt: Props) {
  const { log, error } = useAttemptLog(attempt)
  const [words, setWords] = useState('')
  const [following, setFollowing] = useState(attempt.live)
  const box = useRef<HTMLDivElement>(null)
  const lines = useMemo(() => {
    const wanted = words.trim().toLowerCase()
    const numbered = log.lines.map((text, index) => ({ text, number: log.dropped + index + 1 }))
    return wanted ? numbered.filter((line) => line.text.toLowerCase().includes(wanted)) : numbered
  }, [log, words])

  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 20,
  })
  useEffect(() => {
    if (following && lines.length > 0) virtual.scrollToIndex(lines.length - 1)
  }, [following, lines.length, virtual])

  const scrolled = () => {
    const element = box.current
    if (!element) return
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR
    if (atEnd !== following) setFollowing(atEnd)
  }

  return (
    <DrawerSection title="Log">
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <input
          type="search"
          aria-label="Search the log"
          placeholder="Search the log"
          dir="auto"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          className="field h-8 min-w-0 flex-1 py-1 text-sm"
        />
        <GlassButton
          size="sm"
          icon={ArrowDownToLine}
          aria-pressed={following}
          onClick={() => setFollowing(true)}
        >
          {following ? 'Following' : 'Follow'}
        </GlassButton>
        <GlassButton size="sm" asChild>
          <a href={logPath(attempt)} download={`attempt-${attempt.number}.log`}>
            <Download aria-hidden className="size-4" />
            Download
          </a>
        </GlassButton>
      </div>
      {error && (
        <p role="alert" className="text-sm text-failed">
          {error.message}
        </p>
      )}
      {words && <p className="mb-1 text-sm text-soft">{counted(lines.length, 'line')} found</p>}
      <div
        ref={box}
        onScroll={scrolled}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label="Log of the attempt"
        className="max-h-80 overflow-auto rounded-xl border border-hairline bg-sunken py-2 font-mono text-xs"
      >
        {lines.length === 0 && (
          <p className="px-3 font-sans text-sm text-soft">
            {words ? 'No line holds these words.' : 'Nothing has been logged.'}
          </p>
        )}
        <div className="relative w-max min-w-full" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const line = lines[item.index]
            return (
              <div
                key={item.key}
                className="absolute left-0 flex w-full whitespace-pre"
                style={{ height: LINE_HEIGHT, lineHeight: `${LINE_HEIGHT}px`, top: item.start }}
              >
                <span
                  aria-hidden
                  className="tabular w-12 shrink-0 pr-3 text-right text-soft select-none"
                >
                  {line?.number}
                </span>
                <span dir="auto" className="pr-4">
                  {line?.text}
                </span>
              </div>
            )
          })}
        </div>
      </div>
    </DrawerSection>
  )
}
