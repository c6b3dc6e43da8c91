// State at rest. Methods speak the domain, never SQL; each is one transaction, so no caller holds one open. A promise that
// resolves means the change is on the disk.
import type { NotebookId, PersonId, TabId, VersionId } from '#protocol/ids.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { EditorSettings } from '#protocol/settings.ts'
import type { Allowance } from './allowance.ts'
import type { Artefacts } from './artefacts.ts'
import type { Audit } from './audit.ts'
import type { Governance } from './governance.ts'
import type { Knowledge } from './knowledge.ts'
import type { MadeTables } from './made.ts'
import type { Requests } from './requests.ts'

/** One person, or every member of the workspace. */
export type Grantee = 'workspace' | PersonId
export type Share = { readonly with: Grantee; readonly right: 'edit' | 'view'; readonly expires: number | null }

export type StoredNotebook = {
  readonly id: NotebookId
  readonly name: string
  readonly author: PersonId
  readonly created: number
  readonly updated: number
  readonly trashed: number | null
  readonly bytes: number
  readonly cells: number | null
  readonly label: Label // as bytes and cells, of the newest version
  readonly shares: readonly Share[]
  readonly sharing: number // how often its shares were edited
}
/** `onto`: the number of edits that it was made from. */
export type Sharing = { readonly by: PersonId; readonly at: number; readonly onto: number }
/** When shares run out next, and of which notebooks. */
export type Due = { readonly at: number; readonly notebooks: readonly NotebookId[] }

export type StoredVersion = {
  readonly id: VersionId
  readonly notebook: NotebookId
  readonly number: number
  readonly name: string | null
  readonly author: PersonId
  readonly created: number
  readonly bytes: number
  readonly cells: number | null
  readonly label: Label // of the kernel that wrote it
  readonly released: readonly Grantee[] // who may see it without that clearance
}
export type Content = { readonly source: string; readonly layout: string | null }
export type Head = { readonly version: StoredVersion; readonly content: Content }

/** `sealed`: made, imported, restored or named: no later save is coalesced into it. */
export type Write = Content & {
  readonly id: VersionId
  readonly notebook: NotebookId
  readonly author: PersonId
  readonly at: number
  readonly bytes: number
  readonly cells: number | null
  readonly label: Label
  readonly sealed: boolean
  readonly coalesce: number // a save joins an unsealed version of the same author and label begun within so many ms
}
export type NewNotebook = Pick<StoredNotebook, 'id' | 'name' | 'author' | 'created' | 'shares'>

export type StoredDraft = {
  readonly id: VersionId
  readonly notebook: NotebookId
  readonly person: PersonId
  readonly created: number
  readonly bytes: number
  readonly source: string
  readonly label: Label
}
export type StoredSession = {
  readonly hash: string
  readonly person: PersonId
  readonly created: number
  readonly expires: number
}
export type StoredTab = {
  readonly hash: string
  readonly tab: TabId
  readonly person: PersonId
  readonly session: string
  readonly expires: number
}
export type StoredPreferences = {
  readonly autorun: boolean
  readonly theme: 'system' | 'light' | 'dark'
  readonly editor: EditorSettings
}

/** Contents that one person trusts, the newest: more are forgotten. */
export const TRUSTED = 2000

export interface Store {
  readonly notebooks: {
    create(notebook: NewNotebook, first: Write): Promise<'created' | 'name-taken'>
    get(id: NotebookId): Promise<StoredNotebook | null>
    /** All, newest first; `trashed` picks the trash or what is outside of it. Rights are the caller's affair. */
    list(trashed: boolean): Promise<readonly StoredNotebook[]>
    rename(id: NotebookId, name: string, at: number): Promise<'renamed' | 'name-taken' | 'absent'>
    trash(id: NotebookId, at: number): Promise<void>
    restore(id: NotebookId): Promise<'restored' | 'name-taken' | 'absent'>
    /** Of one author, the trash included: how many, and the bytes of their versions and drafts. */
    stored(author: PersonId): Promise<{ readonly ids: readonly NotebookId[]; readonly bytes: number }>
    /** Removes for good what was trashed before; answers whose uploads may go. */
    purge(before: number): Promise<readonly NotebookId[]>
    /** Each of them instead of what there was with the same, all or none, on record. */
    share(id: NotebookId, shares: readonly Share[], edit: Sharing): Promise<'shared' | 'stale' | 'absent'>
    /** On record. False: it was not shared with them. */
    unshare(id: NotebookId, grantee: Share['with'], by: PersonId, at: number): Promise<boolean>
    /** The soonest after this moment; null: none runs out. */
    expiring(after: number): Promise<Due | null>
  }
  readonly versions: {
    head(notebook: NotebookId): Promise<Head | null>
    list(notebook: NotebookId): Promise<readonly StoredVersion[]>
    content(notebook: NotebookId, version: VersionId): Promise<Content | null>
    /** The version written: a new one, or the one it was coalesced into. */
    write(write: Write): Promise<StoredVersion>
    /** For these to see, and sealed, on record; `stale`: it is not the newest, and nothing was changed. */
    release(version: StoredVersion, to: readonly Grantee[], by: PersonId, at: number): Promise<'released' | 'stale'>
    /** Names and seals the newest version. */
    name(notebook: NotebookId, name: string): Promise<StoredVersion | null>
  }
  readonly drafts: {
    /** Keeps at most `keep` of a person and notebook, the newest. */
    put(draft: StoredDraft, keep: number): Promise<void>
    list(notebook: NotebookId, person: PersonId): Promise<readonly StoredDraft[]>
  }
  readonly sessions: {
    put(session: StoredSession): Promise<void>
    get(hash: string, now: number): Promise<StoredSession | null>
    endAll(person: PersonId): Promise<void>
    /** Has this person a session that began by then and was not signed out of? One that ran out counts until it is swept. */
    since(person: PersonId, at: number): Promise<boolean>
    /** Whoever has a session that is alive, the last to sign in first. */
    people(now: number): Promise<readonly PersonId[]>
    sweep(now: number): Promise<void>
  }
  /** Resume tokens of browser tabs, hashed. Spending one removes it, so a second use finds nothing. */
  readonly tabs: {
    put(tab: StoredTab): Promise<void>
    spend(hash: string, now: number): Promise<StoredTab | null>
    sweep(now: number): Promise<void>
  }
  /** What people trust to run as them, by digests of source and layout. */
  readonly trust: {
    /** By this person, or by everybody. */
    holds(person: PersonId, digest: string): Promise<boolean>
    /** `instead`: forgotten in the same moment. */
    put(person: PersonId | 'everybody', digest: string, at: number, instead?: string): Promise<void>
  }
  /** What the files beside notebooks count as, by their names; gone with the notebook. The bytes are not here. */
  readonly uploads: {
    labels(notebook: NotebookId): Promise<ReadonlyMap<string, Label>>
    /** Instead of what it counted as. */
    put(notebook: NotebookId, name: string, label: Label): Promise<void>
    remove(notebook: NotebookId, name: string): Promise<void>
  }
  readonly preferences: {
    get(person: PersonId): Promise<StoredPreferences | null>
    put(person: PersonId, preferences: StoredPreferences): Promise<void>
  }
  readonly governance: Governance
  readonly audit: Audit
  readonly allowance: Allowance
  readonly knowledge: Knowledge
  readonly artefacts: Artefacts
  readonly made: MadeTables
  readonly requests: Requests
  /** Things done once for this state, such as seeding. */
  done(what: string): Promise<boolean>
  markDone(what: string, at: number): Promise<void>
  close(): Promise<void>
}
