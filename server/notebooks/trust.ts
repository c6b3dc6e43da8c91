// What somebody trusts to run as them: content, by its digest, wherever it stands. What they bring, and what they save from a trusted version, is
// trusted by it; somebody else's change is not until they press “Trust this version”.
import { createHash } from 'node:crypto'
import type { NotebookId, PersonId } from '#protocol/ids.ts'
import { refuse } from '../errors.ts'
import type { Principal } from '../seams/identity.ts'
import type { Content } from '../seams/store.ts'
import { account, type Desk } from './desk.ts'
import { findEditable } from './seen.ts'

export const digestOf = ({ source, layout }: Content): string =>
  createHash('sha256')
    .update(JSON.stringify([source, layout]))
    .digest('hex')

export const isTrusted = (desk: Desk, person: PersonId, content: Content): Promise<boolean> =>
  desk.store.trust.holds(person, digestOf(content))

/** `instead`: a save that went on in the same version; what it was before is nowhere any more. */
export const trust = (desk: Desk, person: PersonId | 'everybody', content: Content, instead?: Content): Promise<void> =>
  desk.store.trust.put(person, digestOf(content), desk.now(), instead && digestOf(instead))

/** Of what is stored now, by who edits it: nobody else has changed it since they opened it. */
export const trustNewest = (desk: Desk, who: Principal, id: NotebookId): Promise<void> =>
  desk.serial(id, async () => {
    await findEditable(desk, who, id)
    const holder = desk.leases.holder(id)
    if (holder === null) throw refuse('nobody-editing')
    if (holder !== who.id) throw refuse('being-edited', { who: account(desk, holder).name })
    const head = await desk.store.versions.head(id)
    if (!head) throw refuse('not-found')
    await trust(desk, who.id, head.content)
    desk.log.info({ notebook: id, person: who.id, version: head.version.id }, 'version trusted')
  })
