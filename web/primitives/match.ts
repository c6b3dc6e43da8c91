// Matching a name against what somebody typed. Case and accents do not count.
export const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

/** True when every word of the query stands somewhere in the text. */
export const matches = (text: string, query: string): boolean => finder(query)(fold(text))

/** The same for many texts, folded beforehand. */
export function finder(query: string): (folded: string) => boolean {
  const words = fold(query)
    .split(/\s+/)
    .filter((word) => word !== '')
  return (folded) => words.every((word) => folded.includes(word))
}

/** A rank for the palette, higher is better, null is no match: whole start, then word start, then inside, then in order. */
export function rank(text: string, query: string): number | null {
  const folded = fold(text)
  const wanted = fold(query.trim())
  if (wanted === '') return 0
  if (folded.startsWith(wanted)) return 4 - folded.length / 1000
  const at = folded.indexOf(wanted)
  if (at > 0) return (/[\s_\-.]/.test(folded[at - 1] ?? '') ? 3 : 2) - folded.length / 1000
  return inOrder(folded, wanted.replace(/\s+/g, '')) ? 1 - folded.length / 1000 : null
}

function inOrder(text: string, letters: string): boolean {
  let from = 0
  for (const letter of letters) {
    const at = text.indexOf(letter, from)
    if (at < 0) return false
    from = at + 1
  }
  return true
}
