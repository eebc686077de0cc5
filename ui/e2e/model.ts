/** The embedded model's recorded answers, served to the product as a model is. */
import { type ChildProcess, spawn } from 'node:child_process'
import { said } from './server'

const PYTHON = new URL('../../.venv/bin/python', import.meta.url).pathname
const PROGRAM = new URL('../../tests/support/recorded_model.py', import.meta.url).pathname
const CASSETTE = new URL('recorded/roman.json', import.meta.url).pathname

/** What the answers were recorded for: `make record-answers` takes the same. */
export const GOAL =
  'A command line program that converts between numbers and Roman numerals: ' +
  '`python main.py 2024` prints MMXXIV and `python main.py MMXXIV` prints 2024.'

export class RecordedModel {
  private constructor(
    private readonly process: ChildProcess,
    readonly url: string,
  ) {}

  /** Start on a port that is free, or on one where an earlier model was. */
  static async start(port = '0'): Promise<RecordedModel> {
    const child = spawn(PYTHON, [PROGRAM, CASSETTE, port], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [url] = await said(child, /http:\S+/)
    return new RecordedModel(child, url)
  }

  /** Let so many answers through, then keep the questions waiting; null lets all through. */
  async open(answers: number | null): Promise<void> {
    const response = await fetch(new URL('/gate', this.url), {
      method: 'PUT',
      body: JSON.stringify({ open: answers }),
    })
    if (!response.ok) throw new Error(`gate: ${response.status}`)
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return
    const ended = new Promise((resolve) => this.process.once('exit', resolve))
    this.process.kill('SIGKILL')
    await ended
  }
}
