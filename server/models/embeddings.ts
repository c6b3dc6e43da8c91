// The seam over an endpoint that speaks OpenAI's embeddings (POST …/embeddings). What the endpoint says when it refuses is not read:
// such texts quote what was sent.
import * as z from 'zod/mini'
import { EMBEDDING } from '#protocol/limits.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { Clock } from '#protocol/wire.ts'
import type { Embedded, Embedder, Embeddings } from '../seams/embeddings.ts'
import { Failed, refusal } from './openai.ts'

type Options = { readonly url: string; readonly key: string | null; readonly model: string; readonly clock: Clock }

/** Of the numbers each is looked at once, in `vectorOf`. */
const Body = z.object({ data: z.array(z.object({ index: z.int(), embedding: z.array(z.unknown()) })) })

/** The same model at another address may be another one. */
export function openAiEmbedder({ label, ...options }: Options & { readonly label: Label }): Embedder {
  return { model: `${options.url} ${options.model}`, label, embeddings: openAiEmbeddings(options) }
}

export function openAiEmbeddings(options: Options): Embeddings {
  return { embed: (texts, within, signal) => asked(options, texts, within, signal) }
}

async function asked(options: Options, texts: readonly string[], within: number, signal: AbortSignal): Promise<Embedded> {
  const over = new AbortController()
  let ranOut = false
  let answered = false
  const cancel = options.clock.after(within, () => {
    ranOut = true
    over.abort()
  })
  try {
    const body = await post(options, texts, AbortSignal.any([signal, over.signal]))
    answered = true
    return { ok: true, vectors: vectorsIn(await textOf(body), texts.length) }
  } catch (error) {
    if (error instanceof Failed) return { ok: false, why: error.why }
    if (ranOut) return { ok: false, why: 'silent' }
    return { ok: false, why: answered ? 'cut' : 'unreachable' }
  } finally {
    cancel()
    over.abort() // what is left unread of its answer
  }
}

async function post({ url, key, model }: Options, texts: readonly string[], signal: AbortSignal) {
  const body = JSON.stringify({ model, input: texts.map((text) => text.toWellFormed()), encoding_format: 'float' })
  const authorization = key === null ? {} : { authorization: `Bearer ${key}` }
  const headers = { 'content-type': 'application/json', accept: 'application/json', ...authorization }
  const response = await fetch(`${url}/embeddings`, { method: 'POST', headers, body, redirect: 'manual', signal })
  if (!response.ok) throw new Failed(refusal(response.status))
  if (response.body === null) throw new Failed('garbled')
  return response.body
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size > EMBEDDING.answer) throw new Failed('too-long')
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

function vectorsIn(text: string, count: number): readonly Float32Array[] {
  const body = Body.safeParse(parsed(text))
  if (!body.success || body.data.data.length !== count) throw new Failed('garbled')
  const vectors = body.data.data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => vectorOf(embedding))
  const inOrder = new Set(body.data.data.map(({ index }) => index)).size === count
  const alike = vectors.every(({ length }) => length === vectors[0]?.length)
  if (!inOrder || !alike) throw new Failed('garbled')
  return vectors
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Failed('garbled')
  }
}

/** Of length one, so that the product of two is their cosine. */
function vectorOf(numbers: readonly unknown[]): Float32Array {
  if (numbers.length > EMBEDDING.dimensions || !numbers.every((number) => typeof number === 'number')) throw new Failed('garbled')
  const length = Math.hypot(...numbers)
  if (!Number.isFinite(length) || length === 0) throw new Failed('garbled')
  return Float32Array.from(numbers, (number) => number / length)
}
