// Artefacts in words.
import type { ArtefactCard } from '#protocol/artefacts.ts'
import { type NameOf, releaseText } from '../words.ts'

/** Whom it is released to, for who may know. */
export function releasedText({ released, maker }: ArtefactCard, nameOf: NameOf): string {
  return released === null ? `Released by ${maker.name}` : releaseText(released, nameOf)
}
