// An endpoint that speaks OpenAI's embeddings on loopback: each text as counts of its runs of three letters, so that what is written
// alike lies close together, misspelt or not. And its ways to be wrong: the name of the model says which.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Asked = { readonly model: string; readonly input: readonly string[]; readonly encoding_format?: string }
export type Request = { readonly path: string; readonly authorization: string | undefined; readonly body: Asked }
type Reply = (response: ServerResponse, asked: Asked) => void

const DIMENSIONS = 64

export function trigrams(text: string, dimensions = DIMENSIONS): number[] {
  const counts = Array.from({ length: dimensions }, () => 0)
  const letters = ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')} `
  for (let n = 0; n + 3 <= letters.length; n += 1) {
    const at = hash(letters.slice(n, n + 3)) % dimensions
    counts[at] = (counts[at] ?? 0) + 1
  }
  return counts
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (const letter of text) value = Math.imul(value ^ (letter.codePointAt(0) ?? 0), 0x01000193)
  return value >>> 0
}

const list = (vectors: readonly unknown[]) => ({
  object: 'list',
  data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
  model: 'any',
  usage: { prompt_tokens: 1, total_tokens: 1 },
})
function say(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(typeof value === 'string' ? value : JSON.stringify(value))
}
const of =
  (dimensions: number): Reply =>
  (response, { input }) =>
    say(response, list(input.map((text) => trigrams(text, dimensions))))
/** What is right, and then this is done to it. */
const spoilt =
  (spoil: (right: ReturnType<typeof list>) => unknown): Reply =>
  (response, { input }) =>
    say(response, spoil(list(input.map((text) => trigrams(text)))))
const status =
  (code: number): Reply =>
  (response, { input }) => {
    response.writeHead(code, { location: '/v1/elsewhere', 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: { message: `no: ${JSON.stringify(input)}` } })) // as endpoints do, it quotes
  }
const every = (right: ReturnType<typeof list>, embedding: unknown) => ({
  ...right,
  data: right.data.map((one) => ({ ...one, embedding })),
})

/** By the name of the model. */
const REPLIES: Readonly<Record<string, Reply>> = {
  trigrams: of(DIMENSIONS),
  longer: of(2 * DIMENSIONS),
  shuffled: spoilt((right) => ({ ...right, data: right.data.toReversed() })),
  particular: (response, asked) =>
    (asked.input.some((text) => text.includes('too long for it')) ? status(400) : of(DIMENSIONS))(response, asked),
  silent: () => undefined,
  unended: (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"data": [')
  },
  cutOff: (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"data": [', () => response.socket?.destroy())
  },
  endless: (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const pour = (): void => {
      while (response.write(' '.repeat(65_536)) && !response.destroyed);
      if (!response.destroyed) response.once('drain', pour)
    }
    pour()
  },
  nonsense: (response) => say(response, '{nonsense'),
  nothing: (response) => say(response, ''),
  misshapen: (response) => say(response, { data: 'none' }),
  failing: (response) => say(response, { error: { message: 'overloaded' } }),
  fewer: spoilt((right) => ({ ...right, data: right.data.slice(1) })),
  twice: spoilt((right) => ({ ...right, data: right.data.map((one) => ({ ...one, index: 0 })) })),
  unequal: spoilt((right) => ({ ...right, data: right.data.map((one, n) => (n === 0 ? one : { ...one, embedding: [1] })) })),
  base64: spoilt((right) => every(right, 'AAAAAA==')),
  noNumbers: spoilt((right) => every(right, ['1', null])),
  zero: spoilt((right) => every(right, [0, 0])),
  infinite: spoilt((right) => JSON.stringify(every(right, [1])).replaceAll('[1]', '[1e999]')),
  wide: spoilt((right) => every(right, Array(5000).fill(1))),
  empty: spoilt((right) => every(right, [])),
  redirect: status(307),
  keyless: status(401),
  forbidden: status(403),
  absent: status(404),
  tooMany: status(429),
  away: status(503),
  rejected: status(400),
  tooLarge: status(413),
  broken: status(500),
}

export class EmbeddingEndpoint {
  readonly requests: Request[] = []
  /** In the place of the model's own manner, when set. */
  manner: string | null = null
  readonly #server: Server
  readonly #open = new Set<ServerResponse>()

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`
  }

  /** Answers that are being written. */
  get open(): number {
    return this.#open.size
  }

  /** Every text that it was ever sent. */
  get texts(): readonly string[] {
    return this.requests.flatMap(({ body }) => body.input)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#open.add(response)
    response.on('close', () => this.#open.delete(response))
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = JSON.parse(Buffer.concat(parts).toString()) as Asked
    this.requests.push({ path: request.url ?? '', authorization: request.headers.authorization, body })
    const reply = REPLIES[this.manner ?? body.model] ?? status(404)
    reply(response, body)
  }
}
