// Saving, as the shell follows it: what became of each save command of a frame, and what no server has yet.
import { Refusal } from '#protocol/api.ts'
import { decodeJson } from '#protocol/text.ts'
import type { Clock } from '#protocol/wire.ts'
import type { SessionEvent } from '../features/notebook/session.ts'
import { LOCAL } from '../primitives/refused.ts'
import type { Answer, KernelChannel } from './relay.ts'

/** What became of all that was written. */
export type Kept =
  | { readonly type: 'saved' } // or there was nothing to save
  | { readonly type: 'drafted' } // the lease is somebody else's: the server keeps it beside the document
  | { readonly type: 'unsent'; readonly command: Uint8Array } // the body of a save command that was not taken
  | { readonly type: 'unknown' } // the page did not say

const SAVE = '/api/kernel/save'
const WITHIN = 2_000 // ms a page and its kernel have for a last save; the server takes it as long after a lost lease
const GONE: Refusal = { code: 'kernel-gone', message: 'the kernel has gone', id: LOCAL }

type Waiting = { readonly after: number; done(kept: Kept): void }

export class SaveWatch {
  readonly #clock: Clock
  readonly #tell: (event: SessionEvent) => void
  readonly #waiting = new Set<Waiting>()
  #asked = 0
  #unsent: Uint8Array | null = null

  constructor(clock: Clock, tell: (event: SessionEvent) => void) {
    this.#clock = clock
    this.#tell = tell
  }

  /** The same channel, with its save commands followed. */
  watch(channel: KernelChannel): KernelChannel {
    return {
      listen: (listener) => channel.listen(listener),
      request: (method, path, contentType, body) => {
        const send = () => channel.request(method, path, contentType, body)
        return path === SAVE && body ? this.#follow(body, send) : send()
      },
    }
  }

  /** Saves what is written and not saved; answers within 2 s, whatever the page does. */
  flush(frame: { save(): boolean }): Promise<Kept> {
    return new Promise((resolve) => {
      const stop = this.#clock.after(WITHIN, () => waiting.done(this.#rest()))
      const waiting = {
        after: this.#asked, // a save sent before may lack what was typed since
        done: (kept: Kept) => {
          stop()
          this.#waiting.delete(waiting)
          resolve(kept)
        },
      }
      this.#waiting.add(waiting)
      if (!frame.save()) waiting.done(this.#rest())
    })
  }

  /** The page's word: nothing is left to save. */
  unchanged(): void {
    this.#settle(this.#asked + 1, { type: 'saved' }, { type: 'saved', at: this.#clock.now() })
  }

  /** What is known without the page's word. */
  #rest(): Kept {
    return this.#unsent ? unsent(this.#unsent) : { type: 'unknown' }
  }

  async #follow(body: Uint8Array, send: () => Promise<Answer>): Promise<Answer> {
    this.#asked += 1
    const turn = this.#asked
    this.#unsent = body
    this.#tell({ type: 'saving' })
    try {
      const answer = await send()
      this.#answered(turn, body, answer)
      return answer
    } catch (error) {
      this.#settle(turn, unsent(body), refused(GONE))
      throw error
    }
  }

  #answered(turn: number, body: Uint8Array, answer: Answer): void {
    const refusal = answer.status === 200 ? null : refusalIn(answer)
    if (refusal === null) this.#settle(turn, { type: 'saved' }, { type: 'saved', at: this.#clock.now() })
    else if (refusal.code === 'not-the-editor') this.#settle(turn, { type: 'drafted' }, { type: 'drafted' })
    else this.#settle(turn, unsent(body), refused(refusal))
  }

  /** The newest save decides what is said; an older one says nothing about what was written after it. */
  #settle(turn: number, kept: Kept, event: SessionEvent): void {
    if (turn < this.#asked) return
    if (kept.type !== 'unsent') this.#unsent = null
    this.#tell(event)
    for (const waiting of [...this.#waiting]) if (turn > waiting.after) waiting.done(kept)
  }
}

const unsent = (command: Uint8Array): Kept => ({ type: 'unsent', command })
const refused = ({ message, id }: Refusal): SessionEvent => ({ type: 'save-refused', message, id })

/** The refusal an answer carries; one of a kernel's own has a status only. */
export function refusalIn({ status, body }: Answer): Refusal {
  const refusal = Refusal.safeParse(decodeJson(body))
  return refusal.success ? refusal.data : { code: 'kernel', message: `the kernel answered ${status}`, id: LOCAL }
}
