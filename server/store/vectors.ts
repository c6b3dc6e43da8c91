// Vectors of passages at rest. Those of a document are made from its first passage to its last, so how many it has says where to go on.
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import type { Batch, Vectors } from '../seams/knowledge.ts'
import { transaction } from './database.ts'
import { held, label, VISIBLE } from './visible.ts'

const SLICE = 16 // rows that are deleted at once, so that nobody waits for all of them

const NEXT = `
  SELECT * FROM (
    SELECT d.id AS document, d.title, d.label, d.person AS "by", d.at,
      coalesce((SELECT e.first + e.count FROM embeddings e WHERE e.document = d.id ORDER BY e.first DESC LIMIT 1), 0) AS first
    FROM documents d WHERE d.id IN (${VISIBLE})
  ) d
  WHERE EXISTS (SELECT 1 FROM passages p WHERE p.document = d.document AND p.place >= d.first)
  ORDER BY d.at, d.document LIMIT 1`

export function vectors(database: DatabaseSync): Vectors {
  const forget = forgetter(database, 'true')
  const prune = forgetter(database, `model <> :model OR document NOT IN (${VISIBLE})`)
  const next = database.prepare(NEXT)
  const texts = database.prepare('SELECT text FROM passages WHERE document = ? AND place >= ? ORDER BY place LIMIT ?')
  return {
    keep: (model, ceiling) => prune({ model, ...held(ceiling) }),
    forget: () => forget({}),
    next: async (ceiling, most) => {
      const row = next.get(held(ceiling)) as (Batch & { title: string; label: string }) | undefined
      if (row === undefined) return null
      const { title, document, by, first } = row
      const all = texts.all(document, first, most) as { text: string }[]
      const under = all.map(({ text }) => `${title}\n${text}`)
      return { document, by, first, label: label.read(row.label, document), texts: under }
    },
    put: putter(database),
  }
}

/** In slices: others have their turn between two. */
function forgetter(database: DatabaseSync, which: string) {
  const slice = database.prepare(
    `DELETE FROM embeddings WHERE rowid IN (SELECT rowid FROM embeddings WHERE ${which} LIMIT ${SLICE})`,
  )
  return async (of: Record<string, string>) => {
    while (Number(slice.run(of).changes) === SLICE) await setImmediate()
  }
}

function putter(database: DatabaseSync): Vectors['put'] {
  const document = database.prepare('SELECT 1 FROM documents WHERE id = ?')
  const kept = database.prepare('SELECT dimensions FROM embeddings WHERE dimensions > 0 LIMIT 1') // all have the same
  const put = database.prepare(
    'INSERT INTO embeddings (document, first, count, model, dimensions, vectors) VALUES (?, ?, ?, ?, ?, ?)',
  )
  return async (model, { document: id, first, texts }, made) =>
    transaction(database, () => {
      if (document.get(id) === undefined) return 'gone'
      const dimensions = made?.[0]?.length ?? 0
      const before = kept.get() as { dimensions: number } | undefined
      if (dimensions > 0 && before && before.dimensions !== dimensions) return 'unlike'
      put.run(id, first, texts.length, model, dimensions, bytesOf(made ?? []))
      return 'kept'
    })
}

const bytesOf = (vectors: readonly Float32Array[]) =>
  Buffer.concat(vectors.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)))
