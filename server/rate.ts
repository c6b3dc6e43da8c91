// A token bucket per key. Full buckets are forgotten, and the table is bounded: at its bound the oldest goes.
export type Rate = { readonly burst: number; readonly perSecond: number }
type Bucket = { readonly tokens: number; readonly at: number }

export const RATE = {
  stranger: { burst: 240, perSecond: 20 }, // per peer address, before sign-in
  signIn: { burst: 120, perSecond: 2 },
  person: { burst: 400, perSecond: 50 },
} as const satisfies Record<string, Rate>

const KEYS = 10_000

/** Answers 0 when it may go on, else the seconds to wait. */
export type Limiter = (key: string, rate: Rate) => number

export function makeLimiter(now: () => number): Limiter {
  const buckets = new Map<string, Bucket>()
  return (key, { burst, perSecond }) => {
    const before = buckets.get(key) ?? { tokens: burst, at: now() }
    const tokens = Math.min(burst, before.tokens + ((now() - before.at) / 1000) * perSecond)
    buckets.delete(key)
    if (buckets.size >= KEYS) buckets.delete(buckets.keys().next().value as string)
    if (tokens < 1) {
      buckets.set(key, { tokens, at: now() })
      return Math.ceil((1 - tokens) / perSecond)
    }
    buckets.set(key, { tokens: tokens - 1, at: now() })
    return 0
  }
}
