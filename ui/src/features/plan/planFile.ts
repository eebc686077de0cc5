/** What a chosen or dropped file holds, or why it cannot be a plan: told before it is sent. */
import { megabytes } from '@/lib/format'

/** What the server takes of a plan, in bytes. */
const MOST_BYTES = 10 * 1024 * 1024
/** Where a null byte, which no text has, shows itself. */
const PROBED_BYTES = 8_000

type Found = { text: string; refusal?: undefined } | { text?: undefined; refusal: string }

/** Huge and binary files are refused before they are read as a whole. */
export async function textOf(file: File): Promise<Found> {
  if (file.size > MOST_BYTES) {
    const most = megabytes(MOST_BYTES)
    return {
      refusal: `${file.name} has ${megabytes(file.size)}; a plan file has at most ${most}. Choose the plan itself.`,
    }
  }
  try {
    const start = new Uint8Array(await file.slice(0, PROBED_BYTES).arrayBuffer())
    if (start.includes(0)) {
      return {
        refusal: `${file.name} is not text. Choose a plan or a task list in YAML, JSON or Markdown.`,
      }
    }
    return { text: await file.text() }
  } catch (error) {
    // A folder can be dropped too, and a file can vanish after it was chosen.
    if (!(error instanceof DOMException)) throw error
    return { refusal: `${file.name} cannot be read. Choose a file, not a folder.` }
  }
}
