// An artefact's bytes on their way out: what it is called as a file, and as what it may be taken. Only pictures, which the data plane has
// made itself, have a type of their own; all else is bytes to a browser.
import type { Readable } from 'node:stream'
import type { ArtefactKind } from '#protocol/library/artefacts.ts'
import type { StoredArtefact } from '../seams/artefacts.ts'

export type Content = { readonly name: string; readonly type: string; readonly bytes: number; readonly stream: Readable }

const BYTES = 'application/octet-stream'
const KINDS: Record<ArtefactKind, { readonly ending: string; readonly type: string }> = {
  table: { ending: '.parquet', type: BYTES },
  picture: { ending: '.png', type: 'image/png' },
  chart: { ending: '.json', type: BYTES },
  file: { ending: '', type: BYTES },
}

export function contentOf({ name, kind, bytes }: StoredArtefact, stream: Readable): Content {
  const { ending, type } = KINDS[kind]
  return { name: name.toLowerCase().endsWith(ending) ? name : name + ending, type, bytes, stream }
}
