// Who gets which version of a notebook's source: pure. That a person may open the notebook at all is rights.ts; a version is
// theirs if they are cleared for its label, or if it was released to them.

import type { PersonId } from '#protocol/ids.ts'
import { dominates, type Label, meet } from '#protocol/policy/label.ts'
import type { Profile } from '#protocol/policy/profile.ts'
import type { StoredVersion } from '../seams/store.ts'

export type Reader = { readonly person: PersonId; readonly clearance: Label }
type Judged = Pick<StoredVersion, 'label' | 'released'>

export const cleared = ({ clearance }: Reader, { label }: { readonly label: Label }): boolean => dominates(clearance, label)

export const sees = (reader: Reader, version: Judged): boolean =>
  cleared(reader, version) || version.released.some((to) => to === 'workspace' || to === reader.person)

/** Of all versions, the newest first: the one that this person gets; null: there is none for them. */
export const newestFor = <T extends Judged>(reader: Reader, versions: readonly T[]): T | null =>
  versions.find((version) => sees(reader, version)) ?? null

/** In a preview: the newest that its person and such a reader both get. Nobody in particular: what was released to persons is not theirs. */
export const newestForBoth = <T extends Judged>(reader: Reader, { clearance }: Profile, versions: readonly T[]): T | null =>
  versions.find((version) => sees(reader, version) && sees({ person: '', clearance }, version)) ?? null

/**
 * What it counts with in the hands of a person who gets it: its label, or, where it was released to them, the most of that for which
 * they are cleared.
 */
export const counts = ({ clearance }: Reader, { label }: Judged): Label => meet(label, clearance)
