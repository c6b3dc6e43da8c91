import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clock } from '../clock.ts'
import type { Embedded } from '../seams/embeddings.ts'
import type { Failure } from '../seams/models.ts'
import { openAiEmbeddings } from './embeddings.ts'
import { EmbeddingEndpoint, trigrams } from './testing/embedder.ts'

const KEY = 'sk-secret'
const PATIENT = 10_000 // ms
const SHORT = 200
const never = new AbortController().signal

let endpoint: EmbeddingEndpoint
beforeAll(async () => {
  endpoint = await new EmbeddingEndpoint().start()
})
afterAll(() => endpoint.close())

const at = (model: string, url = endpoint.url, key: string | null = KEY) => openAiEmbeddings({ url, key, model, clock })
const ask = (model: string, texts: readonly string[] = ['a law', 'a rule'], within = PATIENT): Promise<Embedded> =>
  at(model).embed(texts, within, never)

/** A port at which nobody listens any more. */
async function deadUrl(): Promise<string> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return `http://127.0.0.1:${port}/v1`
}

test('each text has its vector, of length one', async () => {
  const said = await ask('trigrams')
  if (!said.ok) throw new Error(said.why)
  expect(said.vectors).toHaveLength(2)
  const numbers = trigrams('a rule')
  const length = Math.hypot(...numbers)
  expect(said.vectors[1]).toEqual(Float32Array.from(numbers, (number) => number / length))
})

test('what is asked of the endpoint is the texts, under the key', async () => {
  await ask('trigrams', ['a law', 'half \ud83d of a pair'])
  expect(endpoint.requests.at(-1)).toEqual({
    path: '/v1/embeddings',
    authorization: `Bearer ${KEY}`,
    body: { model: 'trigrams', input: ['a law', 'half \ufffd of a pair'], encoding_format: 'float' },
  })
  await at('trigrams', endpoint.url, null).embed(['a law'], PATIENT, never)
  expect(endpoint.requests.at(-1)).toMatchObject({ authorization: undefined })
})

test('vectors are told apart by their index, in whatever order they come', async () => {
  expect(await ask('shuffled')).toEqual(await ask('trigrams'))
})

test.each<[string, Failure]>([
  ['keyless', 'unauthorised'],
  ['forbidden', 'unauthorised'],
  ['absent', 'unknown'],
  ['tooMany', 'busy'],
  ['away', 'busy'],
  ['rejected', 'rejected'],
  ['tooLarge', 'rejected'],
  ['broken', 'failed'],
  ['redirect', 'redirected'],
  ['cutOff', 'cut'],
  ['endless', 'too-long'],
  ['nonsense', 'garbled'],
  ['nothing', 'garbled'],
  ['misshapen', 'garbled'],
  ['failing', 'garbled'],
  ['fewer', 'garbled'],
  ['twice', 'garbled'],
  ['unequal', 'garbled'],
  ['base64', 'garbled'],
  ['noNumbers', 'garbled'],
  ['zero', 'garbled'],
  ['infinite', 'garbled'],
  ['wide', 'garbled'],
  ['empty', 'garbled'],
])('what may be wrong with it: %s is %s, and it is left', async (model, why) => {
  expect(await ask(model)).toEqual({ ok: false, why })
  await expect.poll(() => endpoint.open).toBe(0)
})

test('it is waited for so long, for its first word and for its last', async () => {
  for (const model of ['silent', 'unended']) expect(await ask(model, ['a law'], SHORT)).toEqual({ ok: false, why: 'silent' })
  await expect.poll(() => endpoint.open).toBe(0)
})

test('nobody there', async () => {
  expect(await at('trigrams', await deadUrl()).embed(['a law'], PATIENT, never)).toEqual({ ok: false, why: 'unreachable' })
})

test('a redirect is not followed: the texts stay at the address that was set', async () => {
  const before = endpoint.requests.length
  await ask('redirect')
  expect(endpoint.requests).toHaveLength(before + 1)
})

test('who gives up leaves it', async () => {
  const leaving = new AbortController()
  const said = at('silent').embed(['a law'], PATIENT, leaving.signal)
  await expect.poll(() => endpoint.open).toBe(1)
  leaving.abort()
  expect(await said).toMatchObject({ ok: false })
  await expect.poll(() => endpoint.open).toBe(0)
})
