// The `runner` channel: the gateway's calls in, RunnerEvents out (protocol/runner.ts).
import type * as z from 'zod/mini'
import { RequestHead } from '#protocol/channel.ts'
import { decodeCommand, encodeCommand } from '#protocol/codec.ts'
import { NOTEBOOK } from '#protocol/limits.ts'
import type { Message } from '#protocol/reassemble.ts'
import { RUNNER_CALLS, type RunnerCall, type RunnerInfo, type RunnerRefusal } from '#protocol/runner.ts'
import { sizeText } from '#protocol/size.ts'
import { decodeJson } from '#protocol/text.ts'
import type { Kernels } from './kernels/kernels.ts'

type Reply = { readonly status: number; readonly body: unknown }
type Body<Call extends RunnerCall> = z.infer<(typeof RUNNER_CALLS)[Call]['body']>
type Handlers = { readonly [Call in RunnerCall]: (body: Body<Call>, rest: Uint8Array) => Reply }

const STATUS: Record<RunnerRefusal['code'], number> = {
  'machine-full': 503,
  exists: 409,
  'unknown-kernel': 404,
  'bad-request': 400,
  'zygote-down': 503,
  'single-person': 409,
}

const refused = (refusal: RunnerRefusal): Reply => ({ status: STATUS[refusal.code], body: refusal })
const bad = (message: string): Reply => refused({ code: 'bad-request', message })

export class Calls {
  readonly #handlers: Handlers

  constructor(kernels: Kernels, info: () => RunnerInfo) {
    this.#handlers = {
      '/info': () => ({ status: 200, body: info() }),
      '/list': () => ({ status: 200, body: { kernels: kernels.list() } }),
      '/start': (spec, source) => {
        if (source.byteLength > NOTEBOOK.source) return bad(`The notebook is larger than ${sizeText(NOTEBOOK.source)}.`)
        const started = kernels.start(spec, source.slice())
        return 'refusal' in started ? refused(started.refusal) : { status: 200, body: started.state }
      },
      '/stop': ({ kernel, cause }) =>
        kernels.stop(kernel, cause)
          ? { status: 200, body: {} }
          : refused({ code: 'unknown-kernel', message: 'There is no such kernel.' }),
    }
  }

  /** The answer to one request message, encoded. */
  answer(message: Message): Uint8Array {
    const command = decodeCommand(message.payload)
    const head = RequestHead.safeParse(command?.head)
    const reply = command && head.success ? this.#dispatch(head.data.path, command.body) : bad('The call has no valid head.')
    const tag = head.success ? head.data.tag : undefined
    const answer = {
      request: message.sequence,
      status: reply.status,
      contentType: 'application/json',
      ...(tag !== undefined && { tag }),
    }
    return encodeCommand(answer, Buffer.from(JSON.stringify(reply.body)))
  }

  #dispatch(path: string, body: Uint8Array): Reply {
    if (!isCall(path)) return bad('There is no such call.')
    return this.#call(path, body)
  }

  #call<Call extends RunnerCall>(call: Call, bytes: Uint8Array): Reply {
    const end = call === '/start' ? bytes.indexOf(NEWLINE) : bytes.byteLength
    if (end < 0) return bad('The source is missing.')
    const parsed = RUNNER_CALLS[call].body.safeParse(end === 0 ? {} : decodeJson(bytes.subarray(0, end)))
    if (!parsed.success) return bad(`The body of ${call} has another shape.`)
    return this.#handlers[call](parsed.data as Body<Call>, bytes.subarray(end + 1))
  }
}

const NEWLINE = 10

function isCall(path: string): path is RunnerCall {
  return Object.hasOwn(RUNNER_CALLS, path)
}
