const GOLDEN = 137.508 // degrees: neighbours end far apart

/** A steady hue (0–359) for a name. */
export function hueOf(name: string): number {
  let hash = 7
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360_007
  return Math.round(hash * GOLDEN) % 360
}
