// What a kernel said and nobody has yet acknowledged. One ring is one stream: a run of sequences from 1, named so that a
// client can tell a continuation from a new beginning. Nothing leaves it silently: once a message was dropped, no client
// that lacks it can resume (`canResume`), and the next attach begins a new stream.
import { randomBytes } from 'node:crypto'
import type { ResumePoint } from '#protocol/channel.ts'
import { RING } from '#protocol/limits.ts'

export type Entry = { readonly sequence: number; readonly kind: 'text' | 'response'; readonly payload: Uint8Array }

export class Ring {
  readonly stream = randomBytes(9).toString('base64url')
  #entries: (Entry | undefined)[] = []
  #head = 0 // index of the oldest kept entry: shifting a long array for each message would be quadratic
  #next = 1
  #bytes = 0
  readonly #charge: (bytes: number) => void

  /** `charge` hears of every change in size: the bound over all rings is kept elsewhere (budget.ts). */
  constructor(charge: (bytes: number) => void = () => {}) {
    this.#charge = charge
  }

  get next(): number {
    return this.#next
  }
  /** Sequence of the oldest message still here; `next` when there is none. */
  get tail(): number {
    return this.#next - this.length
  }
  get length(): number {
    return this.#entries.length - this.#head
  }
  /** What the messages here cost: their payloads and RING.entry for each. */
  get bytes(): number {
    return this.#bytes
  }

  push(kind: Entry['kind'], payload: Uint8Array): Entry {
    const entry = { sequence: this.#next, kind, payload: alone(payload) }
    this.#next += 1
    this.#entries.push(entry)
    this.#account(cost(entry))
    return entry
  }

  at(sequence: number): Entry | undefined {
    return sequence < this.tail ? undefined : this.#entries[this.#head + sequence - this.tail]
  }

  /** A client that has everything up to `received` lacks nothing that is gone. */
  canResume(point: ResumePoint): boolean {
    return point.stream === this.stream && point.received >= this.tail - 1 && point.received < this.#next
  }

  /** Messages up to `sequence` arrived: nobody will ask for them again. */
  acknowledge(sequence: number): void {
    while (this.length > 0 && this.tail <= sequence) this.#drop()
  }

  /** Drops the oldest until they cost at most `bound` bytes. */
  trim(bound: number): void {
    while (this.#bytes > bound) this.#drop()
  }

  /** Overwrites and forgets everything: at revoke, at the kernel's end, and when a new stream begins. */
  wipe(): void {
    for (const entry of this.#entries) entry?.payload.fill(0)
    this.#entries = []
    this.#head = 0
    this.#account(-this.#bytes)
  }

  #drop(): void {
    const entry = this.#entries[this.#head]
    if (!entry) return
    this.#entries[this.#head] = undefined
    this.#head += 1
    this.#account(-cost(entry))
    if (this.#head * 2 >= this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head)
      this.#head = 0
    }
  }

  #account(bytes: number): void {
    this.#bytes += bytes
    this.#charge(bytes)
  }
}

const cost = ({ payload }: Entry): number => payload.byteLength + RING.entry

/** A small message is a view of all that its socket read with it: kept, it would hold that too. */
function alone(payload: Uint8Array): Uint8Array {
  return payload.buffer.byteLength > 2 * payload.byteLength + RING.entry ? Buffer.from(payload) : payload
}
