// Two orders of passages as one, by reciprocal ranks (Cormack, Clarke, Büttcher 2009): what stands high in either stands high. Scores
// of words and of meanings have no common measure; ranks have.
export type Place = { readonly document: string; readonly place: number } // of a passage

const K = 60 // the paper's: how much the first places count over the next

export function fused(orders: readonly (readonly Place[])[]): readonly Place[] {
  const scores = new Map<string, { readonly place: Place; readonly score: number }>()
  for (const order of orders)
    for (const [rank, place] of order.entries()) {
      const key = `${place.document} ${place.place}`
      const score = (scores.get(key)?.score ?? 0) + 1 / (K + 1 + rank)
      scores.set(key, { place, score })
    }
  return [...scores.values()].sort((a, b) => b.score - a.score || before(a.place, b.place)).map(({ place }) => place)
}

/** Of what is alike, the same comes first each time. */
export function before(a: Place, b: Place): number {
  if (a.document !== b.document) return a.document < b.document ? -1 : 1
  return a.place - b.place
}
