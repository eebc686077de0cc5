import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { diffQuery } from '@/api/queries'
import { DrawerSection } from '@/components/ui/Drawer'
import { Failed, Loading } from '@/components/ui/States'
import { classes } from '@/lib/classes'
import { counted } from '@/lib/format'
import { type DiffFile, type DiffLine, type DiffLineKind, parseDiff } from './parseDiff'

/** As many lines of a file are drawn at once; the rest at a click. */
const FIRST_LINES = 400

const LOOKS: Record<DiffLineKind, { sign: string; style: string; says?: string }> = {
  added: { sign: '+', style: 'bg-added', says: 'added: ' },
  removed: { sign: '−', style: 'bg-removed', says: 'removed: ' },
  context: { sign: '', style: '' },
  hunk: { sign: '', style: 'text-soft border-t border-hairline mt-1 pt-1' },
  note: { sign: '', style: 'text-soft italic' },
}

interface Props {
  planId: string
  taskId: string
  number: number
  open: boolean
}

/** What an attempt changed. */
export function DiffView({ planId, taskId, number, open }: Props) {
  const diff = useQuery({ ...diffQuery(planId, taskId, number), enabled: open })
  const files = useMemo(() => parseDiff(diff.data ?? ''), [diff.data])
  if (!open) return null
  return (
    <DrawerSection title={diff.data ? `Changes: ${counted(files.length, 'file')}` : 'Changes'}>
      {diff.isPending && <Loading rows={1} />}
      {diff.error && <Failed error={diff.error} retry={() => void diff.refetch()} />}
      {diff.data !== undefined && files.length === 0 && (
        <p className="text-sm text-soft">This attempt changed no file.</p>
      )}
      <div className="space-y-2">
        {files.map((file) => (
          <FileDiff key={file.path} file={file} open={files.length <= 4} />
        ))}
      </div>
    </DrawerSection>
  )
}

function FileDiff({ file, open }: { file: DiffFile; open: boolean }) {
  const [limit, setLimit] = useState(FIRST_LINES)
  const rest = file.lines.length - limit
  return (
    <details open={open} className="overflow-hidden rounded-xl border border-hairline">
      <summary className="flex items-center gap-3 px-3 py-2 hover:bg-hover">
        <code className="min-w-0 flex-1 font-mono text-xs break-all">{file.path}</code>
        <span className="tabular text-xs">
          <span className="text-completed">+{file.added}</span>{' '}
          <span className="text-failed">−{file.removed}</span>
        </span>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <div tabIndex={0} className="overflow-x-auto bg-sunken py-1 font-mono text-xs leading-5">
        <div className="w-max min-w-full">
          {file.lines.slice(0, limit).map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a diff never changes
            <Line key={index} line={line} />
          ))}
        </div>
        {rest > 0 && (
          <button
            type="button"
            onClick={() => setLimit(Number.POSITIVE_INFINITY)}
            className="px-3 py-1 font-sans underline underline-offset-4"
          >
            Show {counted(rest, 'more line')}
          </button>
        )}
      </div>
    </details>
  )
}

function Line({ line }: { line: DiffLine }) {
  const { sign, style, says } = LOOKS[line.kind]
  return (
    <div className={classes('flex whitespace-pre', style)}>
      <span aria-hidden className="tabular w-11 shrink-0 pr-2 text-right text-soft select-none">
        {line.number}
      </span>
      <span aria-hidden className="w-4 shrink-0 select-none">
        {sign}
      </span>
      {says && <span className="sr-only">{says}</span>}
      <span className="pr-4">{line.text}</span>
    </div>
  )
}
