// The seam over a server that speaks the Open Inference Protocol, version 2, over HTTP (MLServer, Triton, KServe). What it says when it refuses
// is not read: such texts quote rows.
import { INFERENCE } from '#protocol/limits.ts'
import type { Clock } from '#protocol/wire.ts'
import type { Batch, Deployed, Inference, InferenceFailure, Predicted } from '../seams/inference.ts'
import { parsed } from './described.ts'
import { columnsOf, Inferred, Metadata, tensorsOf } from './tensors.ts'

/** `model`: the server's own name of it. */
export type Route = { readonly model: string; readonly deployed: Deployed }
export type Routes = ReadonlyMap<string, Route>
export type Server = { readonly url: string; readonly key: string | null; readonly routes: Routes }
/** `within`: ms for an answer, as in INFERENCE. */
type Options = Server & { readonly clock: Clock; readonly within?: number }
type Asked = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: InferenceFailure }

export function oipInference(options: Options): Inference {
  return {
    list: async () => [...options.routes.values()].map(({ deployed }) => deployed),
    predict: (batch) => predicted(options, batch),
    forget: () => {},
    close: () => {},
  }
}

const failed = (why: InferenceFailure) => ({ ok: false, why }) as const

async function predicted(options: Options, { model, columns }: Batch): Promise<Predicted> {
  const route = options.routes.get(model)
  if (route === undefined) return failed('unknown')
  const over = new AbortController()
  const cancel = options.clock.after(options.within ?? INFERENCE.seconds, () => over.abort())
  try {
    return await scored(options, route, columns, over.signal)
  } finally {
    cancel()
  }
}

async function scored(options: Options, route: Route, columns: Batch['columns'], signal: AbortSignal): Promise<Predicted> {
  const path = `${options.url}/v2/models/${encodeURIComponent(route.model)}`
  const said = await asked(options, path, {}, signal)
  if (!said.ok) return said
  const metadata = Metadata.safeParse(said.value)
  if (!metadata.success) return failed('garbled')
  const inputs = tensorsOf(route.deployed, metadata.data, columns)
  if (inputs === null) return failed('unusable')
  const answer = await asked(options, `${path}/infer`, { method: 'POST', body: JSON.stringify({ inputs }) }, signal)
  if (!answer.ok) return answer
  const inferred = Inferred.safeParse(answer.value)
  const made = inferred.success ? columnsOf(inferred.data.outputs, columns[0]?.values.length ?? 0) : null
  return made === null ? failed('garbled') : { ok: true, columns: made }
}

async function asked({ key }: Options, url: string, init: RequestInit, signal: AbortSignal): Promise<Asked> {
  const authorization = key === null ? {} : { authorization: `Bearer ${key}` }
  const headers = { 'content-type': 'application/json', accept: 'application/json', ...authorization }
  try {
    const response = await fetch(url, { ...init, headers, redirect: 'manual', signal })
    if (!response.ok) {
      await response.body?.cancel()
      return failed(refusal(response.status))
    }
    const text = await bounded(response)
    return text === null ? failed('too-long') : { ok: true, value: parsed(text) }
  } catch {
    return failed(signal.aborted ? 'silent' : 'unreachable')
  }
}

function refusal(status: number): InferenceFailure {
  if (status >= 300 && status < 400) return 'redirected'
  if (status === 401 || status === 403) return 'unauthorised'
  if (status === 404) return 'unknown'
  if (status === 429 || status === 503) return 'busy'
  return status < 500 ? 'rejected' : 'failed'
}

/** Null: it is longer than an answer may be. */
async function bounded(response: Response): Promise<string | null> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.length
    if (size > INFERENCE.answer) return null
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}
