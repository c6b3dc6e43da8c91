// Who somebody is. Demo accounts on loopback now; OpenID Connect takes the same place later.
import type { PersonId } from '#protocol/ids.ts'
import type { Standing } from '#protocol/standings.ts'

export type Principal = { readonly id: PersonId; readonly name: string; readonly standing: Standing }

export interface Identity {
  /** The accounts a sign-in page may offer; empty where people sign in elsewhere. */
  accounts(): readonly Principal[]
  /** Null: no such person (any more). Asked again at each request, so a removed person is out at once. */
  find(person: PersonId): Principal | null
}

/** A proof of sign-in, alive for five minutes, only in memory: a restart asks the cookie for a new one. */
export type Proof = { readonly principal: Principal; readonly session: string; readonly expires: number }

/** What the REST layer, the multiplexer and the kernels' rights ask of sessions. */
export interface Sessions {
  /** Was this person signed in then, and has not signed out since? A kernel of that time may go on. */
  since(person: PersonId, at: number): Promise<boolean>
  /** The principal behind a bearer, or null when it is unknown, expired or signed out. */
  check(bearer: string): Proof | null
  /** Called once for each session that ends (sign-out, expiry): close what is open under it. */
  onEnd(listener: (ended: { readonly person: PersonId; readonly session: string }) => void): () => void
}
