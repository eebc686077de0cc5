/** A unified diff as git writes it, as lines that can be drawn. */
export type DiffLineKind = 'added' | 'removed' | 'context' | 'hunk' | 'note'
export interface DiffLine {
  kind: DiffLineKind
  text: string
  /** Its number in the new file, or in the old one where it was removed. */
  number?: number
}
export interface DiffFile {
  path: string
  added: number
  removed: number
  lines: DiffLine[]
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)$/

export function parseDiff(text: string): DiffFile[] {
  const files: DiffFile[] = []
  let before = 0
  let after = 0
  let inHunk = false
  for (const line of text.split('\n')) {
    if (line.startsWith('diff --git ')) {
      files.push({ path: pathOf(line), added: 0, removed: 0, lines: [] })
      inHunk = false
      continue
    }
    const file = files.at(-1)
    if (!file) continue
    const hunk = HUNK.exec(line)
    if (hunk) {
      before = Number(hunk[1])
      after = Number(hunk[2])
      inHunk = true
      file.lines.push({ kind: 'hunk', text: hunk[3]?.trim() ?? '' })
    } else if (!inHunk) {
      const note = noteOf(line)
      if (note) file.lines.push({ kind: 'note', text: note })
    } else if (line.startsWith('+')) {
      file.added += 1
      file.lines.push({ kind: 'added', text: line.slice(1), number: after++ })
    } else if (line.startsWith('-')) {
      file.removed += 1
      file.lines.push({ kind: 'removed', text: line.slice(1), number: before++ })
    } else if (line.startsWith(' ')) {
      before += 1
      file.lines.push({ kind: 'context', text: line.slice(1), number: after++ })
    } else if (line.startsWith('\\')) {
      file.lines.push({ kind: 'note', text: line.slice(2) })
    }
  }
  return files
}

/** The path after `b/`, which git repeats; names with odd characters stay as git quotes them. */
const pathOf = (line: string): string => {
  const names = line.slice('diff --git '.length)
  const at = names.lastIndexOf(' b/')
  return at >= 0 ? names.slice(at + 3) : names
}

function noteOf(line: string): string | undefined {
  if (line.startsWith('Binary files')) return 'A binary file'
  if (line.startsWith('new file')) return 'New file'
  if (line.startsWith('deleted file')) return 'Deleted'
  if (line.startsWith('new mode')) return `Mode becomes ${line.slice(9)}`
  return undefined
}
