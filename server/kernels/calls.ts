// The gateway's one `runner` channel: calls out, each with a deadline; events in.
import type * as z from 'zod/mini'
import { ResponseHead } from '#protocol/channel.ts'
import type { Channel } from '#protocol/channelState.ts'
import { decodeCommand, encodeCommand } from '#protocol/codec.ts'
import type { Link } from '#protocol/link.ts'
import type { Message } from '#protocol/reassemble.ts'
import { RUNNER_CALLS, type RunnerCall, RunnerEvent, RunnerRefusal } from '#protocol/runner.ts'
import { decodeJson } from '#protocol/text.ts'
import type { Clock } from '#protocol/wire.ts'

/** How long the runner may take for an answer; none of its calls waits for a kernel. */
const DEADLINE = 15_000

type Body<C extends RunnerCall> = z.infer<(typeof RUNNER_CALLS)[C]['body']>
type Answer<C extends RunnerCall> = z.infer<(typeof RUNNER_CALLS)[C]['answer']>
export type Called<C extends RunnerCall> =
  | { readonly type: 'answered'; readonly answer: Answer<C> }
  | { readonly type: 'refused'; readonly refusal: RunnerRefusal }
  | { readonly type: 'absent' }

type Reply = { readonly status: number; readonly body: unknown } | null // null: no answer came
type Handlers = { opened(): void; event(event: RunnerEvent): void; unread(): void; ended(): void }

export class Calls {
  readonly #link: Link
  readonly #channel: Channel
  readonly #clock: Clock
  readonly #waiting = new Map<number, (reply: Reply) => void>()
  #open = true

  constructor(link: Link, clock: Clock, handlers: Handlers) {
    this.#link = link
    this.#clock = clock
    this.#channel = link.openChannel(
      { resource: { type: 'runner' } },
      {
        opened: handlers.opened,
        message: (message) => {
          this.#message(message, handlers)
          this.#channel.consumed(message.cost)
        },
        ended: () => {
          this.#open = false
          for (const answer of [...this.#waiting.values()]) answer(null)
          handlers.ended()
        },
      },
    )
  }

  /** `rest`: what follows the JSON line (the source, for /start). */
  async call<C extends RunnerCall>(name: C, body: Body<C>, rest?: string): Promise<Called<C>> {
    const json = JSON.stringify(body)
    const reply = await this.#ask(name, Buffer.from(rest === undefined ? json : `${json}\n${rest}`))
    if (reply === null) return { type: 'absent' }
    if (reply.status >= 400) return { type: 'refused', refusal: RunnerRefusal.parse(reply.body) }
    return { type: 'answered', answer: RUNNER_CALLS[name].answer.parse(reply.body) as Answer<C> }
  }

  #ask(path: string, body: Uint8Array): Promise<Reply> {
    if (!this.#open) return Promise.resolve(null)
    const head = { method: 'POST', path, contentType: 'application/json' }
    const sequence = this.#channel.send('request', encodeCommand(head, body))
    const { promise, resolve } = Promise.withResolvers<Reply>()
    const answer = (reply: Reply) => {
      cancel()
      this.#waiting.delete(sequence)
      resolve(reply)
    }
    const cancel = this.#clock.after(DEADLINE, () => answer(null))
    this.#waiting.set(sequence, answer)
    return promise
  }

  #message(message: Message, handlers: Handlers): void {
    if (message.kind === 'text') event(message, handlers)
    else if (!this.#answer(message)) this.#link.close('badFrame') // then `ended`: whoever waits is told
  }

  #answer(message: Message): boolean {
    const command = decodeCommand(message.payload)
    const head = ResponseHead.safeParse(command?.head)
    if (!command || !head.success) return false
    this.#waiting.get(head.data.request)?.({ status: head.data.status, body: decodeJson(command.body) })
    return true
  }
}

/** One that is not understood says nothing; the kernels of all the others depend on this link. */
function event(message: Message, handlers: Handlers): void {
  const read = RunnerEvent.safeParse(decodeJson(message.payload))
  if (read.success) handlers.event(read.data)
  else handlers.unread()
}
