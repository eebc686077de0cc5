import { useEffect } from 'react'
import { PAGE_SIZE } from '@/api/queries'
import { GlassButton } from '@/components/glass/GlassButton'

interface Props {
  page: number
  total: number
  onGo(page: number): void
}

/** The way through a list of several pages, newest first. */
export function Pager({ page, total, onGo }: Props) {
  const pages = Math.max(Math.ceil(total / PAGE_SIZE), 1)
  // What a page held may all have gone elsewhere.
  useEffect(() => {
    if (page > pages) onGo(pages)
  })
  if (pages === 1) return null
  return (
    <nav aria-label="Pages" className="flex items-center justify-center gap-3">
      <GlassButton size="sm" disabled={page <= 1} onClick={() => onGo(page - 1)}>
        Newer
      </GlassButton>
      <span className="tabular text-sm text-soft">
        {page} of {pages}
      </span>
      <GlassButton size="sm" disabled={page >= pages} onClick={() => onGo(page + 1)}>
        Older
      </GlassButton>
    </nav>
  )
}
