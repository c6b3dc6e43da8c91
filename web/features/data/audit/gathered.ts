// Parts that are told from the newest back, put together the oldest first.
type Part = { readonly events: readonly unknown[]; readonly older: number | null }

export async function gathered(part: (before: number | null) => Promise<Part>): Promise<readonly unknown[]> {
  const parts: (readonly unknown[])[] = []
  let before: number | null = null
  do {
    const { events, older }: Part = await part(before)
    parts.unshift(events)
    before = older
  } while (before !== null)
  return parts.flat()
}
