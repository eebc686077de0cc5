/** The REST client: typed from the OpenAPI document, errors as one kind of exception. */
import createClient, { type Middleware } from 'openapi-fetch'
import type { paths } from './schema'
import type { ErrorAnswer } from './types'

export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message)
    this.name = 'ApiError'
  }
}

/** Whether the session is over: then the server's own page, at any address, says what to do. */
export const isSignedOut = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 401

const isErrorAnswer = (value: unknown): value is ErrorAnswer =>
  typeof value === 'object' && value !== null && 'error' in value

async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null)
  if (isErrorAnswer(body)) {
    const { message, code, details } = body.error
    return new ApiError(message, response.status, code, details)
  }
  return new ApiError(`The server answered ${response.status}.`, response.status, 'unknown')
}

const raise: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await errorOf(response)
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === 'AbortError') return error
    return new ApiError('The server cannot be reached. Is Masterplan running?', 0, 'unreachable')
  },
}

export const api = createClient<paths>({
  baseUrl: '/',
  // Tells a deliberate change from a form that another site sends.
  headers: { 'X-Masterplan-Actor': 'operator' },
  fetch: (request) => globalThis.fetch(request),
})
api.use(raise)

/** What an answer holds; an answer that failed has been thrown already. */
export async function answer<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

/** Every problem of a plan on a line of its own, as the server lists them. */
export function problemsOf(error: Error): string[] {
  const problems = error instanceof ApiError ? error.details.problems : undefined
  return Array.isArray(problems) ? problems.map(String) : [messageOf(error)]
}

/** A plan file, sent as the text it is: the server tells YAML from JSON and names every problem. */
export const asText = (text: string) => ({
  body: text as never,
  bodySerializer: (body: unknown) => body as string,
  headers: { 'Content-Type': 'text/plain' },
})

/** A plan file as it is, its line endings and byte order mark too, which text fields drop. */
export const asUpload = (file: File) => ({
  body: file as never,
  bodySerializer: (body: unknown) => {
    const form = new FormData()
    form.append('file', body as File)
    return form
  },
})
