// The bearer: minted from the cookie, kept in memory only, renewed before it ends. One request at a time, however many ask.
import type { Answer } from './api.ts'

type Minted = Answer<'POST /api/bearer'>
/** `mint` answers null when the cookie is gone; it throws when the server cannot be reached. */
export type Mint = () => Promise<Minted | null>

const MARGIN = 30_000 // ms before its end at which a bearer is not handed out any more

export function createBearer(mint: Mint, now: () => number = Date.now) {
  let held: Minted | null = null
  let asking: Promise<Minted | null> | null = null

  async function renew(): Promise<Minted | null> {
    asking ??= mint().finally(() => {
      asking = null
    })
    held = await asking
    return held
  }

  return {
    async get(force = false): Promise<string | null> {
      if (!force && held !== null && held.expires - MARGIN > now()) return held.bearer
      return (await renew())?.bearer ?? null
    },
    renew,
    drop(): void {
      held = null
    },
  }
}
