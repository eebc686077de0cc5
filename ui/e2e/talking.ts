/** A model that holds a conversation as a test tells it to, and plans with recorded answers. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RecordedModel } from './model'

export interface Turn {
  reply: string
  questions?: string[]
  goal?: string
  ready?: boolean
}

/** What becomes of one question: a turn, its beginning alone, an error, or any other answer. */
type Step = { turn: Turn } | { beginning: string } | { status: number } | { answer: object }

export class TalkingModel {
  private readonly steps: Step[] = []
  private readonly server: Server

  constructor(private readonly planner?: RecordedModel) {
    this.server = createServer((request, response) => void this.answer(request, response))
  }

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  /** Let the next question, and each after it, be met so. */
  next(...steps: Step[]): void {
    this.steps.push(...steps)
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request)
    // Where there is a planner it is asked what is not said in a conversation.
    if (this.planner && !body.includes('"agreed"')) {
      await forward(this.planner, request, response, body)
      return
    }
    const step = this.steps.shift() ?? { status: 400 }
    if ('status' in step) {
      response.writeHead(step.status, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify({ error: { message: 'No.' } }))
      return
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    if ('beginning' in step) {
      response.write(
        chunk({ delta: { role: 'assistant', content: `{"reply": "${step.beginning}` } }),
      )
      return
    }
    if ('answer' in step) {
      end(response, JSON.stringify(step.answer))
      return
    }
    const turn = {
      questions: [],
      goal: '',
      ready: false,
      agreed: false,
      repository: '',
      ...step.turn,
    }
    const { reply, ...rest } = turn
    response.write(
      chunk({ delta: { role: 'assistant', content: JSON.stringify({ reply }).slice(0, -1) } }),
    )
    end(response, `, ${JSON.stringify(rest).slice(1)}`)
  }
}

async function forward(
  planner: RecordedModel,
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
): Promise<void> {
  const path = request.url?.replace('/v1', '') ?? ''
  const answer = await fetch(`${planner.url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
  })
  response.writeHead(answer.status, {
    'Content-Type': answer.headers.get('Content-Type') ?? 'application/json',
  })
  response.end(await answer.text())
}

function end(response: ServerResponse, content: string): void {
  response.write(chunk({ delta: { role: 'assistant', content } }))
  response.write(chunk({ delta: {}, finish_reason: 'stop' }))
  response.end('data: [DONE]\n\n')
}

const chunk = (choice: object): string =>
  `data: ${JSON.stringify({
    id: 'answer',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'test',
    choices: [{ index: 0, finish_reason: null, ...choice }],
  })}\n\n`

async function read(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const piece of request) body += piece
  return body
}
