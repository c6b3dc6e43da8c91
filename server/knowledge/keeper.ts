// Vectors for what is in the library, made in the background, batch after batch: whatever has none yet, so that a start goes on where
// the last one ended. Only what the endpoint may be sent, and each document on record before its first passage is.
import { EMBEDDING } from '#protocol/limits.ts'
import { dominates } from '#protocol/policy/label.ts'
import type { Clock } from '#protocol/wire.ts'
import { mint } from '../ids.ts'
import type { Log } from '../log.ts'
import type { Embedder } from '../seams/embeddings.ts'
import type { Batch } from '../seams/knowledge.ts'
import type { Store } from '../seams/store.ts'

type Given = {
  readonly embedder: Embedder
  readonly store: Pick<Store, 'knowledge' | 'audit' | 'governance'>
  readonly clock: Clock
  readonly log: Log
  readonly now: () => number
}
const PROBE = 'A passage of a few words.' // of nobody's: does the endpoint take any?

export class Keeper {
  readonly #given: Given
  readonly #stopped = new AbortController()
  #failures = 0
  #alone = 0 // passages that are asked for one by one: one of them was not taken
  #recorded: string | null = null // the last document that is on record
  #cancel: () => void = () => {}
  #work: Promise<void>

  constructor(given: Given) {
    this.#given = given
    this.#work = this.#turn(() => this.#begin())
  }

  async close(): Promise<void> {
    this.#stopped.abort()
    this.#cancel()
    await this.#work
  }

  async #turn(work: () => Promise<number>): Promise<void> {
    const wait = await work().catch((error: unknown) => {
      this.#given.log.error({ err: error }, 'vectors not made')
      return this.#later()
    })
    if (this.#stopped.signal.aborted) return
    this.#cancel = this.#given.clock.after(wait, () => {
      this.#work = this.#turn(() => this.#step())
    })
  }

  async #begin(): Promise<number> {
    const { embedder, store } = this.#given
    await store.knowledge.vectors.keep(embedder.model, embedder.label)
    return 0
  }

  /** ms until the next one. */
  async #step(): Promise<number> {
    const { embedder, store } = this.#given
    const { workspace } = await store.governance.workspace()
    if (!dominates(embedder.label, workspace.label)) return EMBEDDING.look
    const batch = await store.knowledge.vectors.next(embedder.label, this.#alone > 0 ? 1 : EMBEDDING.batch)
    if (batch === null) return EMBEDDING.look
    await this.#record(batch)
    const said = await this.#embed(batch.texts)
    if (said.ok) return this.#keep(batch, said.vectors)
    return said.why === 'rejected' ? this.#rejected(batch) : this.#failed(said.why)
  }

  #embed(texts: readonly string[]) {
    return this.#given.embedder.embeddings.embed(texts, EMBEDDING.within, this.#stopped.signal)
  }

  async #record({ document, label, by }: Batch): Promise<void> {
    if (this.#recorded === document) return
    await this.#given.store.audit.append({ kind: 'document-sent', person: by, document, label }, this.#given.now())
    this.#recorded = document
  }

  async #keep(batch: Batch, vectors: readonly Float32Array[] | null): Promise<number> {
    const { embedder, store } = this.#given
    if ((await store.knowledge.vectors.put(embedder.model, batch, vectors)) === 'unlike') {
      await store.knowledge.vectors.forget()
      return this.#failed('unlike')
    }
    this.#failures = 0
    this.#alone = Math.max(0, this.#alone - 1)
    return 0
  }

  /** Which one is it? Where the endpoint takes nothing at all, it is none of them. */
  async #rejected(batch: Batch): Promise<number> {
    if (batch.texts.length > 1) {
      this.#alone = batch.texts.length
      return 0
    }
    const probe = await this.#embed([PROBE])
    if (!probe.ok) return this.#failed(probe.why)
    const { document, first } = batch
    this.#given.log.warn({ id: mint('e'), document, passage: first }, 'a passage was not taken by the endpoint of embeddings')
    return this.#keep(batch, null)
  }

  #failed(why: string): number {
    if (!this.#stopped.signal.aborted) this.#given.log.warn({ id: mint('e'), why }, 'vectors not made')
    return this.#later()
  }

  #later(): number {
    this.#failures += 1
    return Math.min(EMBEDDING.retry * 2 ** (this.#failures - 1), EMBEDDING.retryMost)
  }
}
