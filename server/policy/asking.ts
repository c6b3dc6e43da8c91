// How a person stands with a table that they were refused, by what they last asked of its owner: pure.
import type { AccessRequest, Ending } from '../seams/requests.ts'
import type { Refusal } from './decide.ts'

/** `closed` null: they may read it by now. `policy`: the version that decides now. `last`: what they asked, but for what they took back. */
export type Stand = { readonly closed: Refusal | null; readonly policy: number; readonly last: AccessRequest | null }
/**
 * hidden: there is nothing to ask for, it may be that there is no such table. none: they may ask. stale: open, and asked under other
 * rules. refused: under the rules as they are. readable: by now, and not by a request.
 */
export type Asked =
  | { readonly state: 'hidden' | 'none' | 'readable' }
  | { readonly state: 'pending' | 'stale'; readonly request: AccessRequest }
  | { readonly state: 'refused' | 'granted'; readonly end: Ending }

export function standOf({ closed, policy, last }: Stand): Asked {
  if (closed === 'absent') return { state: 'hidden' }
  const end = last?.end ?? null
  if (closed === null) return end?.state === 'granted' ? { state: 'granted', end } : { state: 'readable' }
  if (last === null) return { state: 'none' }
  if (end === null) return { state: last.policy === policy ? 'pending' : 'stale', request: last }
  const stands = end.state === 'refused' && last.policy === policy
  return stands ? { state: 'refused', end } : { state: 'none' } // a grant was taken back, or ran out
}
