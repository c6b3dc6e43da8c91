// An endpoint that speaks OpenAI's embeddings on loopback: each text as counts of its runs of three letters, so that what is written
// alike lies close together, misspelt or not. And its ways to be wrong: the name of the model says which.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Loopback } from '../../seams/testing/loopback.ts'

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

export class EmbeddingEndpoint extends Loopback<Request> {
  /** In the place of the model's own manner, when set. */
  manner: string | null = null

  get url(): string {
    return `${this.origin}/v1`
  }

  /** Every text that it was ever sent. */
  get texts(): readonly string[] {
    return this.requests.flatMap(({ body }) => body.input)
  }

  protected answer(
    { url: path = '', headers: { authorization } }: IncomingMessage,
    text: string,
    response: ServerResponse,
  ): void {
    const body = JSON.parse(text) as Asked
    this.requests.push({ path, authorization, body })
    const reply = REPLIES[this.manner ?? body.model] ?? status(404)
    reply(response, body)
  }
}
