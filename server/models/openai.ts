// The seam over an endpoint that speaks OpenAI's chat completions (POST …/chat/completions, streamed). What the endpoint says when it
// refuses is not read: such texts quote prompts.
import * as z from 'zod/mini'
import { MODEL } from '#protocol/limits.ts'
import type { Clock } from '#protocol/wire.ts'
import type { Failure, Heard, Models, Prompt } from '../seams/models.ts'
import { dataOf, TooLong } from './lines.ts'

export type Endpoint = { readonly url: string; readonly key: string | null }
/** `silence`, `whole`: ms, as in MODEL. */
type Options = Endpoint & { readonly clock: Clock; readonly silence?: number; readonly whole?: number }

const Count = z.int().check(z.gte(0), z.lte(100_000_000))
const Usage = z.object({ prompt_tokens: Count, completion_tokens: Count })
const Choice = z.object({
  delta: z.optional(z.object({ content: z.nullish(z.string()) })),
  finish_reason: z.nullish(z.string()),
})
const Chunk = z.object({
  choices: z.array(Choice),
  usage: z.catch(z.nullish(Usage), null),
  error: z.optional(z.never()),
})
type Chunk = z.infer<typeof Chunk>

/** Why an answer is none, on its way out. */
export class Failed extends Error {
  readonly why: Failure
  constructor(why: Failure) {
    super(why)
    this.why = why
  }
}

export function openAiModels(options: Options): Models {
  return { ask: (prompt, signal) => asked(options, prompt, signal) }
}

async function* asked(options: Options, prompt: Prompt, signal: AbortSignal): AsyncGenerator<Heard> {
  const patience = new Patience(options, signal)
  try {
    for await (const heard of answer(dataOf(patience.chunks(await post(options, prompt, patience))))) {
      if (signal.aborted) return
      yield heard
    }
  } catch (error) {
    if (!signal.aborted) yield { type: 'failed', why: why(error, patience) }
  } finally {
    patience.end()
  }
}

async function post({ url, key }: Options, prompt: Prompt, patience: Patience): Promise<ReadableStream<Uint8Array>> {
  const { model, messages, tokens, temperature } = prompt
  const wanted = { model, messages, max_tokens: tokens, stream: true, stream_options: { include_usage: true } }
  const body = JSON.stringify(temperature === null ? wanted : { ...wanted, temperature })
  const authorization = key === null ? {} : { authorization: `Bearer ${key}` }
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream', ...authorization }
  const init = { method: 'POST', headers, body, redirect: 'manual', signal: patience.signal } as const
  const response = await patience.during(() => fetch(`${url}/chat/completions`, init))
  if (!response.ok) throw new Failed(refusal(response.status))
  if (response.body === null) throw new Failed('garbled')
  return response.body
}

export function refusal(status: number): Failure {
  if (status >= 300 && status < 400) return 'redirected'
  if (status === 401 || status === 403) return 'unauthorised'
  if (status === 404) return 'unknown'
  if (status === 429 || status === 503) return 'busy'
  return status < 500 ? 'rejected' : 'failed'
}

async function* answer(events: AsyncIterable<string>): AsyncGenerator<Heard> {
  let end: 'complete' | 'length' | 'filter' | null = null
  let used: number | null = null
  let length = 0
  let half = '' // of a pair of surrogates that two events share
  for await (const event of events) {
    if (event === '[DONE]') break
    const { choices, usage } = chunkOf(event)
    const [choice] = choices
    if (usage) used = usage.prompt_tokens + usage.completion_tokens
    if (choice?.finish_reason) end = endOf(choice.finish_reason)
    const heard = half + (choice?.delta?.content ?? '')
    half = /[\uD800-\uDBFF]$/.exec(heard)?.[0] ?? ''
    const text = heard.slice(0, heard.length - half.length).toWellFormed()
    length += text.length
    if (length > MODEL.answer) throw new TooLong()
    if (text !== '') yield { type: 'text', text }
  }
  if (end === null) throw new Failed('cut')
  yield { type: 'end', why: end, used }
}

function endOf(reason: string): 'complete' | 'length' | 'filter' {
  if (reason === 'length') return 'length'
  return reason === 'content_filter' ? 'filter' : 'complete'
}

function chunkOf(event: string): Chunk {
  let value: unknown
  try {
    value = JSON.parse(event)
  } catch {
    throw new Failed('garbled')
  }
  if (typeof value === 'object' && value !== null && 'error' in value) throw new Failed('failed')
  const chunk = Chunk.safeParse(value)
  if (!chunk.success) throw new Failed('garbled')
  return chunk.data
}

function why(error: unknown, { ranOut, answered }: Patience): Failure {
  if (error instanceof Failed) return error.why
  if (error instanceof TooLong) return 'too-long'
  if (ranOut) return 'silent'
  if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'garbled'
  return answered ? 'cut' : 'unreachable'
}

/** How long is waited: for each word, and in all. The time that a reader takes between two words counts in all only. */
class Patience {
  readonly signal: AbortSignal
  readonly #clock: Clock
  readonly #silence: number
  readonly #over = new AbortController()
  readonly #cancel: () => void
  ranOut = false
  answered = false

  constructor({ clock, silence = MODEL.silence, whole = MODEL.whole }: Options, signal: AbortSignal) {
    this.#clock = clock
    this.#silence = silence
    this.signal = AbortSignal.any([signal, this.#over.signal])
    this.#cancel = clock.after(whole, () => this.#runOut())
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    const cancel = this.#clock.after(this.#silence, () => this.#runOut())
    try {
      return await work()
    } finally {
      cancel()
    }
  }

  async *chunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
    const reader = body.getReader()
    this.answered = true
    for (;;) {
      const { done, value } = await this.during(() => reader.read())
      if (done) return
      yield value
    }
  }

  end(): void {
    this.#cancel()
    this.#over.abort()
  }

  #runOut(): void {
    this.ranOut = true
    this.#over.abort()
  }
}
