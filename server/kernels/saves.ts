// Saving. marimo writes the notebook and answers with its text; that answer is committed, with fsync, before the browser
// hears of it. The runner keeps answers until they are acknowledged, so one that a killed gateway had not passed on comes
// again, with its tag, and is committed then: committing the same text twice changes nothing.
import { ResponseHead } from '#protocol/channel.ts'
import { decodeCommand, encodeCommand } from '#protocol/codec.ts'
import type { KernelId } from '#protocol/ids.ts'
import type { Message } from '#protocol/reassemble.ts'
import { type AnswerVerdict, pass } from '#protocol/relay.ts'
import { type KernelSpec, powersOf } from '#protocol/runner.ts'
import type { Document } from '../seams/document.ts'

/** Saves of one kernel whose layout, or whose commit, is remembered: more are never under way. */
const REMEMBERED = 64

/** What was asked for in one stream of a kernel's channel, by the sequence of the command. */
type Ledger = { readonly stream: string; readonly layouts: Map<number, string | null>; readonly committed: Set<number> }

export class Saves {
  readonly #document: Pick<Document, 'commit'>
  readonly #ledgers = new Map<KernelId, Ledger>()

  constructor(document: Pick<Document, 'commit'>) {
    this.#document = document
  }

  /** The layout travels in the command, not in the answer. */
  asked(kernel: KernelId, stream: string, sequence: number, layout: string | null | undefined): void {
    if (layout !== undefined) remember(this.#ledger(kernel, stream).layouts, sequence, layout)
  }

  async answered(spec: KernelSpec, stream: string, message: Message): Promise<AnswerVerdict> {
    const answer = decodeCommand(message.payload)
    const head = ResponseHead.safeParse(answer?.head)
    if (!answer || !head.success) return { type: 'close', reason: 'badFrame' }
    const { request, status } = head.data
    const ledger = this.#ledger(spec.id, stream)
    if (status !== 200 || ledger.committed.has(request)) return pass()
    const { id: kernel, notebook, person } = spec
    const writer = { kernel, notebook, person, trusted: powersOf(spec) === 'edit' }
    const result = await this.#document.commit(writer, answer.body.slice(), ledger.layouts.get(request))
    if (result.type === 'committed' || result.type === 'unchanged') {
      ledger.layouts.delete(request)
      ledger.committed.add(request)
      trim(ledger.committed)
      return pass()
    }
    const body = Buffer.from(JSON.stringify(result.refusal))
    return { type: 'replace', payload: encodeCommand({ request, status: 409, contentType: 'application/json' }, body) }
  }

  forget(kernel: KernelId): void {
    this.#ledgers.delete(kernel)
  }

  #ledger(kernel: KernelId, stream: string): Ledger {
    const known = this.#ledgers.get(kernel)
    if (known?.stream === stream) return known
    const begun = { stream, layouts: new Map<number, string | null>(), committed: new Set<number>() }
    this.#ledgers.set(kernel, begun)
    return begun
  }
}

function remember(layouts: Map<number, string | null>, sequence: number, layout: string | null): void {
  layouts.set(sequence, layout)
  trim(layouts)
}

function trim(kept: Map<number, unknown> | Set<number>): void {
  for (const oldest of kept.keys()) {
    if (kept.size <= REMEMBERED) return
    kept.delete(oldest)
  }
}
