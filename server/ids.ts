// Mints the opaque identifiers of protocol/ids.ts: 120 random bits, URL-safe.
import { randomBytes } from 'node:crypto'

export const mint = (prefix: 'p' | 'n' | 'v' | 'k' | 't' | 'd' | 'a' | 'r' | 'e'): string =>
  `${prefix}_${randomBytes(15).toString('base64url')}`
