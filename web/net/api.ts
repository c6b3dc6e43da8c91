// Typed calls over protocol/api.ts. A call is named by its line in the table; parameters fill the `:words` of its path.
// Every failure is a Refused with a code, one sentence and an id the person can quote.
import type * as z from 'zod/mini'
import { API, Refusal } from '#protocol/api.ts'
import { Refused, refusedLocally } from '../primitives/refused.ts'

/** A table of calls: the page has one from the start, its lazy parts bring their own. */
export type Calls = Readonly<Record<string, Spec>>
type Spec = { readonly body: z.ZodMiniType; readonly answer: z.ZodMiniType; readonly who: 'person' | 'cookie' | 'anyone' }
export type Body<C extends keyof typeof API> = z.input<(typeof API)[C]['body']>
export type Answer<C extends keyof typeof API> = z.output<(typeof API)[C]['answer']>
type Input<Body> = {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: Body
  readonly bytes?: Blob
  readonly signal?: AbortSignal
}

/** Method and path of a call. A missing parameter is a programming error, so it throws rather than asks `/undefined`. */
export function target(
  call: string,
  params: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string>> = {},
) {
  const [method = 'GET', pattern = '/'] = call.split(' ')
  const path = pattern.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name]
    if (value === undefined) throw new Error(`${call} needs ${name}`)
    return encodeURIComponent(value)
  })
  const search = new URLSearchParams(query).toString()
  return { method, path: search === '' ? path : `${path}?${search}` }
}

export type Credentials = {
  /** A bearer that is still good, or null when signed out. `renew` asks for a new one whatever the old one's age. */
  bearer(renew?: boolean): Promise<string | null>
  signedOut(): void
}
export type Fetch = (path: string, init: RequestInit) => Promise<Response>
export type ApiOf<T extends Calls> = <C extends keyof T & string>(
  call: C,
  input?: Input<z.input<T[C]['body']>>,
) => Promise<z.output<T[C]['answer']>>
export type Api = ApiOf<typeof API>

const WITHIN = { call: 30_000, upload: 600_000 } // ms; a file may come over a slow line
const SILENT = 'The server did not answer in time. Try again in a moment.'
const OFFLINE = 'The server cannot be reached. Check the connection and try again.'

export const createApi = (fetch: Fetch, credentials: Credentials, within = WITHIN): Api =>
  createApiOf(API, fetch, credentials, within)

export function createApiOf<T extends Calls>(calls: T, fetch: Fetch, credentials: Credentials, within = WITHIN): ApiOf<T> {
  async function send(call: string, input: Input<unknown>, bearer: string | null): Promise<Response> {
    const { method, path } = target(call, input.params, input.query)
    const headers: Record<string, string> = { 'x-scrydon': '1' }
    if (bearer !== null) headers.authorization = `Bearer ${bearer}`
    if (input.bytes) headers['content-type'] = 'application/octet-stream'
    else if (method !== 'GET') headers['content-type'] = 'application/json'
    const body = input.bytes ?? (method === 'GET' ? null : JSON.stringify(input.body ?? {}))
    const deadline = AbortSignal.timeout(input.bytes ? within.upload : within.call)
    const signal = input.signal ? AbortSignal.any([input.signal, deadline]) : deadline
    try {
      return await fetch(path, { method, headers, body, signal, credentials: 'same-origin' })
    } catch (cause) {
      if (input.signal?.aborted) throw cause
      throw refusedLocally('offline', deadline.aborted ? SILENT : OFFLINE)
    }
  }

  return async <C extends keyof T & string>(call: C, input: Input<unknown> = {}) => {
    const { who, answer } = calls[call] as T[C]
    const needed = who === 'person'
    const bearer = needed ? await credentials.bearer() : null
    if (needed && bearer === null) throw refusedLocally('signed-out', 'You are signed out.', 401)
    let response = await send(call, input, bearer)
    if (response.status === 401 && needed) {
      const renewed = await credentials.bearer(true)
      if (renewed !== null) response = await send(call, input, renewed)
      if (response.status === 401) credentials.signedOut()
    }
    return read(answer, response) as z.output<T[C]['answer']>
  }
}

async function read(shape: z.ZodMiniType, response: Response): Promise<unknown> {
  const text = await response.text()
  const value = parseJson(text)
  if (!response.ok) {
    const refusal = Refusal.safeParse(value)
    if (refusal.success) throw new Refused(refusal.data, response.status)
    throw refusedLocally('http', `The server answered ${response.status}. Try again in a moment.`, response.status)
  }
  const answer = shape.safeParse(value)
  if (!answer.success)
    throw refusedLocally('bad-answer', 'The server answered in a form this page does not know. Reload the page.')
  return answer.data
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch {
    return undefined
  }
}
