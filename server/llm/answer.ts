// One answer on its way to a kernel, which pulls it: text is kept from the place that the kernel last asked from, so that what was
// lost is asked for again and nothing comes twice. While much waits the endpoint is read no further.
import type { Answered } from '#protocol/library.ts'
import { MODEL } from '#protocol/limits.ts'
import type { Clock } from '#protocol/wire.ts'
import type { Failure, Heard, Models, Prompt } from '../seams/models.ts'
import type { Asker } from './rule.ts'

type Next = Answered<'llm.next'>
type End = Extract<Heard, { type: 'end' | 'failed' }>
export type More = Next | { readonly failed: Failure | 'withdrawn' } | 'misplaced'

/** How it ended: `heard` null: nobody wanted more of it. `bytes`: of its text, UTF-8. */
export type Outcome = { readonly heard: End | null; readonly bytes: number }

const WITHDRAWN = { failed: 'withdrawn' } as const

export class Answer {
  readonly outcome: Promise<Outcome>
  readonly asker: Asker // as it was when this was decided
  readonly model: string // the endpoint's own name
  readonly #clock: Clock
  readonly #abort = new AbortController()
  readonly #forgotten: () => void
  #text = ''
  #from = 0 // the place of the text's first character
  #end: End | null = null
  #ended = false
  #withdrawn = false
  #changed = Promise.withResolvers<void>()
  #cancelIdle: () => void = () => {}

  /** `forgotten`: nobody asked for a while. */
  constructor(models: Models, prompt: Prompt, asker: Asker, clock: Clock, forgotten: () => void) {
    this.asker = asker
    this.model = prompt.model
    this.#clock = clock
    this.#forgotten = forgotten
    this.#asked()
    this.outcome = this.#hear(models.ask(prompt, this.#abort.signal))
  }

  get running(): boolean {
    return !this.#ended
  }

  /** What comes after a place; waits for it, but not for ever. */
  async next(after: number): Promise<More> {
    this.#asked()
    if (this.#withdrawn) return WITHDRAWN
    if (!this.#forget(after)) return 'misplaced'
    let waited = false
    const cancel = this.#clock.after(MODEL.poll, () => {
      waited = true
      this.#change()
    })
    while (this.#text === '' && !this.#ended && !waited && !this.#withdrawn) await this.#changed.promise
    cancel()
    this.#asked()
    return this.#more()
  }

  /** The rules have changed: nothing more of it is given, what waits neither. */
  withdraw(): void {
    this.#withdrawn = true
    this.cancel()
  }

  cancel(): void {
    this.#cancelIdle()
    this.#abort.abort()
    this.#change()
  }

  #more(): More {
    if (this.#withdrawn) return WITHDRAWN
    const text = this.#text
    const end = this.#end
    if (text === '' && end?.type === 'failed') return { failed: end.why }
    return { text, at: this.#from + text.length, end: end?.type === 'end' ? end.why : null }
  }

  async #hear(heard: AsyncIterable<Heard>): Promise<Outcome> {
    let bytes = 0
    for await (const one of heard) {
      if (one.type !== 'text') {
        this.#end = one
        break
      }
      bytes += Buffer.byteLength(one.text)
      this.#text += one.text
      this.#change()
      while (this.#text.length > MODEL.unread && !this.#abort.signal.aborted) await this.#changed.promise
    }
    this.#ended = true
    this.#change()
    return { heard: this.#end, bytes }
  }

  /** What the kernel has by now. False: it cannot have that. */
  #forget(after: number): boolean {
    if (after < this.#from || after > this.#from + this.#text.length) return false
    this.#text = this.#text.slice(after - this.#from)
    this.#from = after
    this.#change()
    return true
  }

  #asked(): void {
    this.#cancelIdle()
    this.#cancelIdle = this.#clock.after(MODEL.idle, () => {
      this.cancel()
      this.#forgotten()
    })
  }

  #change(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}
