// Which models a kernel may use, and what an answer counts with: pure.
import { dominates, type Label } from '#protocol/policy/label.ts'
import type { Role } from '#protocol/roles.ts'
import type { Message } from '../seams/models.ts'
import type { Term } from './terms.ts'

/** `label`: of the kernel, at the time of the question: what it has read may be in any prompt of its. */
export type Asker = { readonly mode: Role; readonly label: Label }
export type Judged =
  | { readonly ok: true; readonly route: Term }
  | { readonly ok: false; readonly why: 'absent' | 'closed' | 'readers' | 'label' }

/** Undefined: there is no route of that name. */
export function judge(route: Term | undefined, { mode, label }: Asker): Judged {
  if (route === undefined) return { ok: false, why: 'absent' }
  if (route.missing || route.open === 'nobody') return { ok: false, why: 'closed' }
  if (mode !== 'edit' && route.open !== 'readers') return { ok: false, why: 'readers' }
  return dominates(route.label, label) ? { ok: true, route } : { ok: false, why: 'label' }
}

/** May an answer that was begun for such a kernel, from this model of the endpoint's, go on under the rules of now? */
export function mayGoOn(route: Term | undefined, asker: Asker, model: string): boolean {
  const judged = judge(route, asker)
  return judged.ok && judged.route.model === model
}

const ENVELOPE = 16 // tokens that a message may take on top of its text
const BYTES = 3 // of a token, where the endpoint counts none: of English text one has four

const size = (messages: readonly Message[]) => messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0)

/** Tokens of a prompt, at most: one has a byte or more. */
export const mostOf = (messages: readonly Message[]): number => size(messages) + ENVELOPE * messages.length

/** What is charged where the endpoint does not say. */
export const estimate = (messages: readonly Message[], answer: number): number => Math.ceil((size(messages) + answer) / BYTES)

/** Days of allowances begin at midnight, UTC. */
export const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10)
