// A browser tab over its connections: one TabId, proved again at each return by a token that works once. The store holds
// its hash only, so a copy of the state is no way in; it is bound to the person and the sign-in it was made for.
import { createHash, randomBytes } from 'node:crypto'
import type { PersonId, TabId } from '#protocol/ids.ts'
import { SIGN_IN } from '#protocol/limits.ts'
import { mint } from '../ids.ts'
import type { Proof } from '../seams/identity.ts'
import type { Store } from '../seams/store.ts'

export type Welcome = { readonly tab: TabId; readonly person: PersonId; readonly resume: string; readonly resumed: boolean }

export async function welcome(tabs: Store['tabs'], proof: Proof, resume: string | undefined, now: number): Promise<Welcome> {
  const person = proof.principal.id
  const spent = resume === undefined ? null : await tabs.spend(hash(resume), now)
  const resumed = spent !== null && spent.person === person && spent.session === proof.session
  const tab = resumed ? spent.tab : mint('t')
  const token = randomBytes(24).toString('base64url')
  await tabs.put({ hash: hash(token), tab, person, session: proof.session, expires: now + SIGN_IN.session })
  return { tab, person, resume: token, resumed }
}

const hash = (token: string): string => createHash('sha256').update(token).digest('base64url')
