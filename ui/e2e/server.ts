/** The real server on a data directory of its own, which a test may kill and start again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Page } from '@playwright/test'

const COMMAND =
  process.env.MASTERPLAN ?? new URL('../../.venv/bin/masterplan', import.meta.url).pathname
const LINK = /(http:\/\/\S+)\/sign-in\?code=(\S+)/
const TOKEN = 'token-of-the-browser-tests'

export class Server {
  url = ''
  private code = ''
  private process: ChildProcess | undefined

  constructor(private readonly dataDir: string) {}

  /** Start, on the same port as before where there was one. */
  async start(): Promise<void> {
    const port = this.url ? new URL(this.url).port : '0'
    const child = spawn(COMMAND, ['up', '--port', port], {
      env: {
        ...process.env,
        MASTERPLAN_DATA_DIR: this.dataDir,
        MASTERPLAN_TOKEN: TOKEN,
        COLUMNS: '400',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.process = child
    const [, url = '', code = ''] = await said(child, LINK)
    this.url = url
    this.code = code
  }

  /** End the process as a power cut would. */
  async kill(): Promise<void> {
    const child = this.process
    if (!child || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  async signIn(page: Page): Promise<void> {
    await page.goto(`${this.url}/sign-in?code=${this.code}`)
  }

  /** Do over REST what the test is not about. */
  async post<T>(path: string, body: unknown): Promise<T> {
    const response = await fetch(`${this.url}/api/v1/masterplans${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }

  async create(plan: object): Promise<string> {
    return (await this.post<{ masterplan_id: string }>('', plan)).masterplan_id
  }

  async run(plan: object): Promise<string> {
    const id = await this.create(plan)
    await this.post(`/${id}/approve`, {})
    await this.post(`/${id}/execute`, {})
    return id
  }
}

function said(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let output = ''
    const hear = (chunk: Buffer) => {
      output += chunk.toString()
      const found = pattern.exec(output)
      if (found) resolve(found)
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.once('exit', (code) => reject(new Error(`The server ended (${code}):\n${output}`)))
  })
}

export const test = base.extend<{ server: Server }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names out of the pattern
  server: async ({}, use) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'masterplan-e2e-'))
    const server = new Server(dataDir)
    await server.start()
    await use(server)
    await server.kill()
    await rm(dataDir, { recursive: true, force: true })
  },
})
export { expect } from '@playwright/test'
