/**
 * The little of Markdown that models write, as a list of parts. What comes of it is shown as text:
 * no part can become markup, a link or an image.
 */
export type Inline = { kind: 'text' | 'code' | 'strong'; text: string }
export type Block =
  | { kind: 'code'; text: string }
  | { kind: 'paragraph'; parts: Inline[] }
  | { kind: 'list'; ordered: boolean; items: Inline[][] }

const FENCE = /^\s*(`{3,}|~{3,})/
const ITEM = /^\s*(?:([-*•])|\d{1,3}[.)])\s+(.*)$/

export function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const fence = FENCE.exec(line)?.[1]
    if (fence) {
      // An answer that is still being written has not closed its block yet.
      const end = lines.findIndex((each, place) => place > at && each.trim() === fence)
      const last = end < 0 ? lines.length : end
      blocks.push({ kind: 'code', text: lines.slice(at + 1, last).join('\n') })
      at = last
    } else addLine(blocks, line, lines[at - 1]?.trim() === '')
  }
  return blocks
}

function addLine(blocks: Block[], line: string, apart: boolean): void {
  const item = ITEM.exec(line)
  const before = blocks.at(-1)
  if (item) {
    const ordered = item[1] === undefined
    const parts = inlinesOf(item[2] ?? '')
    if (before?.kind === 'list' && before.ordered === ordered) before.items.push(parts)
    else blocks.push({ kind: 'list', ordered, items: [parts] })
  } else if (line.trim() !== '') {
    const parts = inlinesOf(line.replace(/^#{1,6}\s+/, ''))
    if (before?.kind === 'paragraph' && !apart)
      before.parts.push({ kind: 'text', text: '\n' }, ...parts)
    else blocks.push({ kind: 'paragraph', parts })
  }
}

function inlinesOf(line: string): Inline[] {
  return line
    .split(/(`[^`]+`|\*\*[^*]+\*\*)/)
    .filter((part) => part !== '')
    .map((part) => {
      if (part.length > 2 && part.startsWith('`') && part.endsWith('`')) {
        return { kind: 'code', text: part.slice(1, -1) }
      }
      if (part.length > 4 && part.startsWith('**') && part.endsWith('**')) {
        return { kind: 'strong', text: part.slice(2, -2) }
      }
      return { kind: 'text', text: part }
    })
}
