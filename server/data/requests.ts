// Requests to the owner for a table that is closed to somebody: asked by a person in the shell for a kernel of theirs that was refused,
// answered by who makes the rules. A grant is an edit of the table's policy like any other (edits.ts).
import type { NotebookId, PersonId, RequestId } from '#protocol/ids.ts'
import { REQUEST } from '#protocol/limits.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { Policy } from '#protocol/policy/policy.ts'
import type { KernelState } from '#protocol/runner.ts'
import type { Asking, RequestCard } from '#protocol/sight.ts'
import { refuse } from '../errors.ts'
import { mint } from '../ids.ts'
import { named } from '../notebooks/literals.ts'
import { type Asked, standOf } from '../policy/asking.ts'
import { decide } from '../policy/decide.ts'
import { mayName } from '../policy/naming.ts'
import type { Identity, Principal } from '../seams/identity.ts'
import type { AccessRequest, Requests as Stored } from '../seams/requests.ts'
import { namesOf } from './catalogue.ts'
import { mustGovern } from './edits.ts'
import { refusalOf } from './refusals.ts'
import type { Ruling } from './ruling.ts'
import { look } from './sight.ts'
import { THEIRS } from './words.ts'

const DAY = 86_400_000 // ms

type Asker = {
  /** About a table that this kernel of theirs was refused. What is hidden, unknown, or was never refused is answered alike. */
  ask(who: Principal, kernel: KernelState, table: string, words: string): Promise<{ id: RequestId }>
  withdraw(who: Principal, request: RequestId): Promise<void>
  /** How the person of a kernel stands with a table that it was refused; null: there is nothing to ask for. */
  asking(kernel: KernelState, table: string): Promise<Asking | null>
}
type Owner = {
  open(who: Principal): Promise<RequestCard[]>
  refuse(who: Principal, request: RequestId, words: string): Promise<void>
  /** Throws where it is no open request about that table, or where its person could not read the table under this policy. */
  judge(request: RequestId, table: string, policy: Policy): Promise<void>
  /** After an edit: what can be read by now was granted by it. */
  met(by: PersonId): Promise<void>
}
export type Requests = Asker & Owner
/** What a kernel of this person's is given to run; null: nothing. */
export type SourceFor = (notebook: NotebookId, person: PersonId) => Promise<string | null>
type Options = {
  readonly ruling: Ruling
  readonly stored: Stored
  readonly identity: Identity
  readonly sourceFor: SourceFor
}

export const makeRequests = (options: Options): Requests => ({ ...asker(options), ...owner(options) })

function asker({ ruling, stored, identity, sourceFor }: Options): Asker {
  const nameOf = namesOf(identity)
  const closedTo = async (person: PersonId, table: string) => {
    const looked = await look(ruling, table, await ruling.subject(person))
    return looked.ok ? null : looked.why
  }
  return {
    async ask({ id: person }, kernel, table, words) {
      const closed = await closedTo(person, table)
      if (closed === null || closed === 'absent' || !(await mayAskFrom(ruling, sourceFor, kernel, table)))
        throw refuse('not-found')
      const [{ version: policy }, at] = [await ruling.policy(table), ruling.now()]
      const request = { id: mint('r'), person, notebook: kernel.spec.notebook, table, policy, words, at }
      const { open, perDay: made } = REQUEST
      const answer = await stored.ask(request, { open, made, since: at - DAY })
      if (answer === 'known') throw refuse('request-known')
      if (answer === 'too-many') throw refuse('too-many-asked', { open, made })
      return { id: request.id }
    },
    async withdraw({ id: by }, request) {
      if ((await stored.get(request))?.person !== by) throw refuse('not-found')
      if (!(await stored.end(request, { state: 'withdrawn', by, at: ruling.now(), words: '' }))) throw refuse('request-ended')
    },
    async asking(kernel, table) {
      const { person } = kernel.spec
      if (kernel.spec.preview || !(await standsIn(sourceFor, kernel, table))) return null // what it was refused is not theirs to have
      const [closed, { version: policy }] = [await closedTo(person, table), await ruling.policy(table)]
      return askingOf(standOf({ closed, policy, last: await stored.last(person, table) }), (id) => nameOf(id).name)
    },
  }
}

async function mayAskFrom(ruling: Ruling, sourceFor: SourceFor, kernel: KernelState, table: string): Promise<boolean> {
  if (kernel.spec.preview) return false
  const { rows, ends } = await ruling.decided(kernel.spec)
  return rows.some((row) => refusalOf(row, ends)?.table === table) && (await standsIn(sourceFor, kernel, table))
}

/** Who wrote a notebook decides what it asks for: a reader is led to ask for no name that they could not have read in its source. */
async function standsIn(sourceFor: SourceFor, { spec }: KernelState, table: string): Promise<boolean> {
  return spec.mode === 'edit' || named((await sourceFor(spec.notebook, spec.person)) ?? '', table)
}

function owner({ ruling, stored, identity }: Options): Owner {
  const nameOf = namesOf(identity)
  return {
    async open(who) {
      mustGovern(who)
      const { clearance } = await ruling.subject(who.id)
      const card = (request: AccessRequest) => cardOf(ruling, request, nameOf(request.person), clearance)
      const cards = await Promise.all((await stored.open()).map(card))
      return cards.flatMap((card) => card ?? [])
    },
    async refuse(who, request, words) {
      mustGovern(who)
      if ((await stored.get(request)) === null) throw refuse('not-found')
      if (!(await stored.end(request, { state: 'refused', by: who.id, at: ruling.now(), words }))) throw refuse('request-ended')
    },
    async judge(request, name, policy) {
      const [found, table] = await Promise.all([stored.get(request), ruling.table(name)])
      if (found?.table !== name || found.end !== null || table === null) throw refuse('request-ended')
      const decision = decide({ ...table, hidden: false }, policy, await ruling.subject(found.person), ruling.now())
      if (!decision.ok) throw refuse('request-unmet', { who: nameOf(found.person).name, why: THEIRS[decision.why] })
    },
    async met(by) {
      for (const { id, person, table } of await stored.open()) {
        const looked = await look(ruling, table, await ruling.subject(person))
        if (looked.ok) await stored.end(id, { state: 'granted', by, at: ruling.now(), words: '' })
      }
    },
  }
}

/** Null: whoever asked is gone, or may read it by now; or its name is not for who is told. */
async function cardOf(
  ruling: Ruling,
  request: AccessRequest,
  person: RequestCard['person'],
  clearance: Label,
): Promise<RequestCard | null> {
  const { id, table: name, words, at } = request
  const [table, subject, { policy, version }] = await Promise.all([
    ruling.table(name),
    ruling.subject(person.id),
    ruling.policy(name),
  ])
  if (table === null || !subject.member || !mayName(table, clearance)) return null
  const decision = decide({ ...table, hidden: false }, policy, subject, ruling.now()) // its owner may know why
  if (decision.ok || decision.why === 'absent') return null
  const { why: closed } = decision
  return {
    id,
    person,
    table: name,
    at,
    words,
    closed,
    why: THEIRS[closed],
    state: version === request.policy ? 'pending' : 'stale',
  }
}

function askingOf(asked: Asked, nameOf: (person: PersonId) => string): Asking | null {
  switch (asked.state) {
    case 'hidden':
      return null
    case 'none':
    case 'readable':
      return { state: asked.state }
    case 'pending':
    case 'stale':
      return { state: asked.state, id: asked.request.id, at: asked.request.at }
    case 'granted':
      return { state: asked.state, at: asked.end.at, by: nameOf(asked.end.by) }
    case 'refused':
      return { state: asked.state, at: asked.end.at, by: nameOf(asked.end.by), words: asked.end.words }
  }
}
