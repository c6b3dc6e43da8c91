// Passages by what they mean: exactly, one after the other, and only those that may be seen. An index of neighbours would be faster and
// would find fewer than there are when most are hidden.
import type { DatabaseSync } from 'node:sqlite'
import type { Meant } from '../seams/knowledge.ts'
import { before, type Place } from './fusion.ts'
import { type Held, VISIBLE } from './visible.ts'

const VECTORS = `
  SELECT e.document, e.first, e.vectors FROM (${VISIBLE}) d CROSS JOIN embeddings e ON e.document = d.id
  WHERE e.model = :model AND e.dimensions = :dimensions`

const ONE = `
  SELECT 1 FROM embeddings WHERE document = ? AND first <= ? AND ? < first + count AND model = ? AND dimensions = ?`

type Row = { readonly document: string; readonly first: number; readonly vectors: Uint8Array }
type Near = Place & { readonly likeness: number }
/** `compared`: how many there are, of which the nearest are given. `has`: is that one among those that there are? */
export type Nearest = {
  readonly places: readonly Place[]
  readonly compared: number
  readonly has: (place: Place) => boolean
}
export const NOTHING: Nearest = { places: [], compared: 0, has: () => true }

export function nearestOf(database: DatabaseSync) {
  const vectors = database.prepare(VECTORS)
  const one = database.prepare(ONE)
  return ({ model, vector }: Meant, may: Held, most: number): Nearest => {
    const best = new Best(most)
    let compared = 0
    for (const row of vectors.iterate({ ...may, model, dimensions: vector.length })) {
      const { document, first, vectors: bytes } = row as Row
      const all = floats(bytes)
      const count = all.length / vector.length
      compared += count
      for (let n = 0; n < count; n += 1) best.offer(document, first + n, product(all, n * vector.length, vector))
    }
    const has = ({ document, place }: Place) => one.get(document, place, place, model, vector.length) !== undefined
    return { places: best.all(), compared, has }
  }
}

const floats = (bytes: Uint8Array): Float32Array =>
  new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / Float32Array.BYTES_PER_ELEMENT)

/** Of vectors of length one: their cosine. Four sums side by side keep the processor busy. */
function product(all: Float32Array, from: number, vector: Float32Array): number {
  const { length } = vector
  let [a, b, c, d] = [0, 0, 0, 0]
  let n = 0
  for (; n + 3 < length; n += 4) {
    a += (all[from + n] as number) * (vector[n] as number)
    b += (all[from + n + 1] as number) * (vector[n + 1] as number)
    c += (all[from + n + 2] as number) * (vector[n + 2] as number)
    d += (all[from + n + 3] as number) * (vector[n + 3] as number)
  }
  for (; n < length; n += 1) a += (all[from + n] as number) * (vector[n] as number)
  return a + b + c + d
}

/** The most alike of what is offered. What cannot be among them any more is let go now and then, not at each offer. */
class Best {
  readonly #most: number
  #kept: Near[] = []
  #floor = Number.NEGATIVE_INFINITY

  constructor(most: number) {
    this.#most = most
  }

  offer(document: string, place: number, likeness: number): void {
    if (likeness < this.#floor) return
    this.#kept.push({ document, place, likeness })
    if (this.#kept.length >= 4 * this.#most + 100) this.#sift()
  }

  all(): readonly Place[] {
    this.#sift()
    return this.#kept.map(({ document, place }) => ({ document, place }))
  }

  #sift(): void {
    this.#kept = this.#kept.sort((a, b) => b.likeness - a.likeness || before(a, b)).slice(0, this.#most)
    if (this.#kept.length === this.#most) this.#floor = this.#kept.at(-1)?.likeness ?? this.#floor
  }
}
