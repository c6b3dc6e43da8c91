// Two orders of passages as one, by reciprocal ranks (Cormack, Clarke, Büttcher 2009): what stands high in either stands high. Scores
// of words and of meanings have no common measure; ranks have.
export type Place = { readonly document: string; readonly place: number } // of a passage

const K = 60 // the paper's: how much the first places count over the next

/** `wordsOnly`: of what cannot stand in the order by meaning, which its rank by words stands for, too: it would come after all that can. */
export function fused(words: readonly Place[], near: readonly Place[], wordsOnly: (place: Place) => boolean): readonly Place[] {
  const scores = new Map<string, { readonly place: Place; readonly score: number }>()
  const count = (place: Place, rank: number, orders: number) => {
    const key = `${place.document} ${place.place}`
    scores.set(key, { place, score: (scores.get(key)?.score ?? 0) + orders / (K + 1 + rank) })
  }
  for (const [rank, place] of words.entries()) count(place, rank, wordsOnly(place) ? 2 : 1)
  for (const [rank, place] of near.entries()) count(place, rank, 1)
  return [...scores.values()].sort((a, b) => b.score - a.score || before(a.place, b.place)).map(({ place }) => place)
}

/** Of what is alike, the same comes first each time. */
export function before(a: Place, b: Place): number {
  if (a.document !== b.document) return a.document < b.document ? -1 : 1
  return a.place - b.place
}
