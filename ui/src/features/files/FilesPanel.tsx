import { useQuery } from '@tanstack/react-query'
import { Download, FolderOpen } from 'lucide-react'
import { useState } from 'react'
import { filesQuery } from '@/api/queries'
import { GlassButton } from '@/components/glass/GlassButton'
import { GlassCard } from '@/components/glass/GlassCard'
import { Empty, Failed, Loading } from '@/components/ui/States'
import { classes } from '@/lib/classes'
import { counted } from '@/lib/format'

/** More than this many characters of a file are left to the download. */
const SHOWN_CHARACTERS = 200_000

/** What has been built so far: the files of the workspace's branch. */
export default function FilesPanel({ planId }: { planId: string }) {
  const files = useQuery(filesQuery(planId))
  const [chosen, setChosen] = useState<string>()
  if (files.isPending) return <Loading />
  if (files.error) return <Failed error={files.error} retry={() => void files.refetch()} />
  const paths = files.data.files
  if (paths.length === 0) {
    return (
      <Empty icon={FolderOpen} title="No files yet">
        <p>A task's files appear here once its checks have passed, all of them at once.</p>
      </Empty>
    )
  }
  const shown = chosen && paths.includes(chosen) ? chosen : paths[0]
  return (
    <GlassCard className="grid overflow-hidden md:grid-cols-[minmax(12rem,18rem)_minmax(0,1fr)]">
      <div className="border-hairline p-3 max-md:border-b md:border-r">
        <div className="mb-2 flex items-center justify-between gap-2 px-1">
          <span className="text-sm text-soft">{counted(paths.length, 'file')}</span>
          <GlassButton size="sm" asChild>
            <a href={`/api/v1/masterplans/${planId}/archive`} download>
              <Download aria-hidden className="size-4" />
              ZIP
            </a>
          </GlassButton>
        </div>
        <ul className="max-h-60 overflow-y-auto md:max-h-[32rem]">
          {paths.map((path) => (
            <li key={path}>
              <button
                type="button"
                aria-current={path === shown || undefined}
                onClick={() => setChosen(path)}
                className={classes(
                  'w-full rounded-md px-2 py-1 text-left font-mono text-xs break-all hover:bg-hover',
                  path === shown && 'bg-hover font-semibold',
                )}
              >
                {path}
              </button>
            </li>
          ))}
        </ul>
      </div>
      {shown && <FileContent key={`${shown} ${files.data.commit}`} planId={planId} path={shown} />}
    </GlassCard>
  )
}

function FileContent({ planId, path }: { planId: string; path: string }) {
  const address = `/api/v1/masterplans/${planId}/files/${path.split('/').map(encodeURIComponent).join('/')}`
  const file = useQuery({
    queryKey: ['files', planId, 'content', path],
    queryFn: async ({ signal }) => {
      const response = await fetch(address, { signal })
      if (!response.ok) throw new Error(`The file cannot be read (${response.status}).`)
      const isText = response.headers.get('Content-Type')?.startsWith('text/plain')
      return isText ? await response.text() : null
    },
  })
  return (
    <div className="min-w-0">
      <div className="flex items-center justify-between gap-3 border-b border-hairline px-4 py-2">
        <code className="min-w-0 font-mono text-xs break-all">{path}</code>
        <GlassButton size="sm" tone="quiet" asChild>
          <a href={address} download={path.split('/').at(-1)} aria-label={`Download ${path}`}>
            <Download aria-hidden className="size-4" />
          </a>
        </GlassButton>
      </div>
      {file.error && <Failed error={file.error} />}
      {file.data === null && <p className="p-4 text-soft">A binary file.</p>}
      {typeof file.data === 'string' && (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
          tabIndex={0}
          className="max-h-[36rem] overflow-auto p-4 font-mono text-xs leading-5"
        >
          {file.data.slice(0, SHOWN_CHARACTERS) || 'An empty file.'}
          {file.data.length > SHOWN_CHARACTERS && '\n… the rest is in the download.'}
        </pre>
      )}
    </div>
  )
}
