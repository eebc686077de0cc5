/** What differs between two values of a field, down to the words of texts that are alike: pure. */
import { diffWordsWithSpace } from 'diff'
import { shownValue } from './revisions'

export interface Piece {
  text: string
  changed: boolean
}

export interface Marked {
  before: Piece[]
  after: Piece[]
}

/** Where less than this share of the longer text stays, words are no help: it is another text. */
const ALIKE = 0.4
const LONGEST = 20_000
const PATIENCE_MS = 100

/** Both values in pieces, what is only in one of them marked. */
export function markedParts(old: unknown, now: unknown): Marked {
  if (Array.isArray(old) && Array.isArray(now)) return markedLines(old, now)
  const [before, after] = [shownValue(old), shownValue(now)]
  return markedWords(before, after) ?? { before: whole(before), after: whole(after) }
}

const whole = (text: string): Piece[] => (text ? [{ text, changed: false }] : [])

function markedLines(old: unknown[], now: unknown[]): Marked {
  const [before, after] = [old.map(shownValue), now.map(shownValue)]
  const pieces = (lines: string[], others: string[]) =>
    lines.map((line, at) => ({
      text: at < lines.length - 1 ? `${line}\n` : line,
      changed: !others.includes(line),
    }))
  return { before: pieces(before, after), after: pieces(after, before) }
}

/** Both texts in pieces, what is only in one of them marked; nothing where they are too unlike. */
export function markedWords(old: string, now: string): Marked | undefined {
  if (!old || !now || old.length > LONGEST || now.length > LONGEST) return undefined
  const parts = diffWordsWithSpace(old, now, { timeout: PATIENCE_MS })
  if (!parts) return undefined
  const same = parts.filter((part) => !part.added && !part.removed)
  const length = same.reduce((sum, part) => sum + part.value.length, 0)
  if (length < ALIKE * Math.max(old.length, now.length)) return undefined
  return {
    before: parts.filter((part) => !part.added).map(pieceOf),
    after: parts.filter((part) => !part.removed).map(pieceOf),
  }
}

const pieceOf = (part: { value: string; added: boolean; removed: boolean }): Piece => ({
  text: part.value,
  changed: part.added || part.removed,
})
