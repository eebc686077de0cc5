/** The real server on a data directory of its own, which a test may kill and start again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Cookie, expect, type Page } from '@playwright/test'

const COMMAND =
  process.env.MASTERPLAN ?? new URL('../../.venv/bin/masterplan', import.meta.url).pathname
const LINK = /(http:\/\/\S+)\/sign-in\?code=(\S+)/
const TOKEN = 'token-of-the-browser-tests'

/** A worker that gives up, also while a server still starts, takes its servers along. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export class Server {
  url = ''
  private code = ''
  private cookies: Cookie[] = []
  private process: ChildProcess | undefined
  private readonly started = new Set<string>()

  constructor(
    private readonly dataDir: string,
    private readonly environment: Record<string, string> = {},
  ) {}

  /** Start, on the same port as before where there was one. */
  async start(): Promise<void> {
    const port = this.url ? new URL(this.url).port : '0'
    const child = spawn(COMMAND, ['up', '--port', port], {
      env: {
        ...process.env,
        MASTERPLAN_DATA_DIR: this.dataDir,
        MASTERPLAN_TOKEN: TOKEN,
        ...this.environment,
        COLUMNS: '400',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.process = child
    running.add(child)
    child.once('exit', () => running.delete(child))
    const [, url = '', code = ''] = await said(child, LINK)
    this.url = url
    this.code = code
  }

  /** End the process as a power cut would. */
  async kill(): Promise<void> {
    const child = this.process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  /** The link works once; whoever comes later brings the cookie that it gave. */
  async signIn(page: Page): Promise<void> {
    if (this.cookies.length > 0) {
      await page.context().addCookies(this.cookies)
      await page.goto(this.url)
    } else {
      await page.goto(`${this.url}/sign-in?code=${this.code}`)
      this.cookies = await page.context().cookies(this.url)
    }
    // A page that has loaded is not there yet: keys pressed now would be nobody's.
    await page.getByRole('heading', { name: 'Plans', level: 1 }).waitFor()
  }

  /** Do over REST what the test is not about. */
  async post<T>(path: string, body: unknown): Promise<T> {
    const response = await this.ask(path, body)
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }

  /** Put another plan in the place of one, as somebody else would meanwhile. */
  async put(path: string, plan: object): Promise<void> {
    const response = await this.ask(path, plan, 'PUT')
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  }

  async create(plan: object): Promise<string> {
    return (await this.post<{ masterplan_id: string }>('', plan)).masterplan_id
  }

  async run(plan: object): Promise<string> {
    const id = await this.create(plan)
    await this.execute(id)
    return id
  }

  /** Approve and execute a draft, while a page looks on or before one does. */
  async execute(id: string): Promise<void> {
    await this.post(`/${id}/approve`, {})
    await this.post(`/${id}/execute`, {})
    this.started.add(id)
  }

  /** Let a task of `held` go on, once it waits: it ends when the test says so, not in some time. */
  async release(id: string, key: string): Promise<void> {
    const { workspace_path: place } = await this.get<{ workspace_path: string }>(`/${id}`)
    const log = () => readFile(join(place, 'logs', `${key}-1.log`), 'utf8').catch(() => '')
    await expect.poll(log, { timeout: 60_000 }).toContain('waiting')
    await writeFile(join(place, 'attempts', `${key}-1`, 'go'), '')
  }

  /** Wait until the plan has ended, asking the server alone. */
  async completed(id: string): Promise<void> {
    await expect
      .poll(async () => (await this.get<{ status: string }>(`/${id}`)).status, { timeout: 60_000 })
      .toBe('completed')
  }

  async get<T>(path: string): Promise<T> {
    const response = await this.ask(path)
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }

  /** End what still runs, so that it takes nothing from the tests to come. */
  async endPlans(): Promise<void> {
    for (const id of this.started) {
      const response = await this.ask(`/${id}/cancel`, {})
      // A plan that has ended by itself cannot be cancelled: 400.
      if (!response.ok && response.status !== 400) throw new Error(`cancel: ${response.status}`)
    }
    this.started.clear()
  }

  private ask(
    path: string,
    body?: unknown,
    method = body === undefined ? 'GET' : 'POST',
  ): Promise<Response> {
    return fetch(`${this.url}/api/v1/masterplans${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${TOKEN}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }
}

export function said(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
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

export async function withServer(
  use: (server: Server) => Promise<void>,
  environment: Record<string, string> = {},
): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'masterplan-e2e-'))
  const server = new Server(dataDir, environment)
  try {
    await server.start()
    await use(server)
  } finally {
    await server.kill()
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
}

interface TestFixtures {
  /** A server that holds nothing, and may be killed. */
  server: Server
  /** A server that holds what earlier tests made: for tests that look at plans of their own. */
  shared: Server
}

export const test = base.extend<TestFixtures, { longLived: Server }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names out of the pattern
  server: async ({}, use) => withServer(use),
  longLived: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names out of the pattern
    async ({}, use) => withServer(use),
    { scope: 'worker' },
  ],
  shared: async ({ longLived }, use) => {
    await use(longLived)
    await longLived.endPlans()
  },
})
export { expect }
