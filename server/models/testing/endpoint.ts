// An endpoint that speaks OpenAI's chat completions on loopback, and its ways to be wrong: the name of the model says which.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Loopback } from '../../seams/testing/loopback.ts'

type Asked = {
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly max_tokens: number
  readonly temperature?: number
}
export type Request = { readonly path: string; readonly authorization: string | undefined; readonly body: Asked }
type Reply = (response: ServerResponse, asked: Asked) => void

const said = (content: string, finish: string | null = null) => ({ choices: [{ delta: { content }, finish_reason: finish }] })
const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`
const USED = { choices: [], usage: { prompt_tokens: 7, completion_tokens: 5 } }
const DONE = 'data: [DONE]\n\n'

function begin(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
}
const status =
  (code: number): Reply =>
  (response, { messages }) => {
    response.writeHead(code, { location: '/v1/elsewhere', 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: { message: `no: ${JSON.stringify(messages)}` } })) // as endpoints do, it quotes the prompt
  }
const stream =
  (...events: readonly string[]): Reply =>
  (response) => {
    begin(response)
    response.end(events.join(''))
  }

const lastWords = ({ messages }: Asked) => messages.at(-1)?.content ?? ''
const words = (asked: Asked) => lastWords(asked).match(/\S+\s*/g) ?? []

/** By the name of the model. */
const REPLIES: Readonly<Record<string, Reply>> = {
  echo: (response, asked) => {
    begin(response)
    response.write(`: a comment\n\n${event({ choices: [{ delta: { role: 'assistant' }, finish_reason: null }] })}`)
    for (const word of words(asked)) response.write(event(said(word)))
    response.end(`${event(said('', 'stop'))}${event(USED)}${DONE}`)
  },
  bytewise: (response, asked) => {
    begin(response)
    const bytes = Buffer.from(`${event(said(lastWords(asked)))}${event(said('', 'stop'))}${event(USED)}${DONE}`)
    const send = (at: number): void => {
      if (at >= bytes.length) return void response.end()
      response.write(bytes.subarray(at, at + 1), () => setImmediate(send, at + 1))
    }
    send(0)
  },
  halves: stream('data: {"choices":[{"delta":{"content":"a\\ud83d"}}]}\n\n', event(said('\ude00b\ud83d', 'stop')), DONE),
  uncounted: stream(event(said('twelve chars', 'stop')), DONE),
  undone: stream(event(said('no last line', 'stop')).trimEnd()),
  length: stream(event(said('cut', 'length')), event(USED), DONE),
  filter: stream(event(said('', 'content_filter')), event(USED), DONE),
  oddUsage: stream(event({ ...said('odd', 'stop'), usage: { prompt_tokens: -1 } }), DONE),
  cutOff: (response) => {
    begin(response)
    response.write(event(said('half of ')), () => response.socket?.destroy())
  },
  endless: (response) => {
    begin(response)
    const pour = (): void => {
      while (response.write(event(said('word '.repeat(1000)))) && !response.destroyed);
      if (!response.destroyed) response.once('drain', pour)
    }
    pour()
  },
  unended: (response) => {
    begin(response)
    response.write(event(said('a first word ')))
  },
  silent: () => undefined,
  brokenOff: stream(event(said('no end'))),
  failing: stream(event(said('then ')), event({ error: { message: 'overloaded' } })),
  nonsense: stream('data: {nonsense\n\n'),
  misshapen: stream(event({ choices: [{ delta: { content: 7 } }] })),
  notText: (response) => {
    begin(response)
    response.end(Buffer.from(event(said('\xff', 'stop')), 'latin1'))
  },
  longLine: (response) => {
    begin(response)
    response.end(`data: ${'x'.repeat(1 << 20)}`)
  },
  redirect: status(307),
  keyless: status(401),
  forbidden: status(403),
  absent: status(404),
  tooMany: status(429),
  away: status(503),
  rejected: status(400),
  broken: status(500),
}

export class Endpoint extends Loopback<Request> {
  get url(): string {
    return `${this.origin}/v1`
  }

  protected answer(
    { url: path = '', headers: { authorization } }: IncomingMessage,
    text: string,
    response: ServerResponse,
  ): void {
    const body = JSON.parse(text) as Asked
    this.requests.push({ path, authorization, body })
    const reply = REPLIES[body.model] ?? status(404)
    reply(response, body)
  }
}
