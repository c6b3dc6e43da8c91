import type { DatabaseSync } from 'node:sqlite'
import { DOCUMENTS } from '#protocol/limits.ts'
import type { Knowledge, NewDocument, StoredDocument } from '../seams/knowledge.ts'
import { type Append, appender } from './audit.ts'
import { transaction } from './database.ts'
import { makeSearcher } from './searcher.ts'
import { vectors } from './vectors.ts'
import { held, label, VISIBLE } from './visible.ts'

const LIST = `
  SELECT id, title, source, label, person AS "by", at, bytes, (SELECT count(*) FROM passages WHERE document = d.id) AS passages
  FROM documents d WHERE id IN (${VISIBLE})`

/** `close` ends the thread that searches. */
export type OpenKnowledge = Knowledge & { readonly close: () => Promise<void> }

export function knowledge(database: DatabaseSync): OpenKnowledge {
  const searcher = makeSearcher(String(database.location()))
  const all = database.prepare(`${LIST} ORDER BY title COLLATE NOCASE, id`)
  const one = database.prepare(`${LIST} AND id = :id`)
  const append = appender(database)
  const add = adder(database, append)
  const remove = remover(database, append)
  return {
    documents: async (clearance) => all.all(held(clearance)).map(read),
    document: async (id, clearance) => {
      const row = one.get({ ...held(clearance), id })
      return row ? read(row) : null
    },
    add: async (document, passages) => transaction(database, () => add(document, passages)),
    remove: async (id, by, at) => transaction(database, () => remove(id, by, at)),
    search: async (words, clearance, limit) => (await searcher.search({ words, meant: null, clearance, limit })).found,
    hybrid: (words, meant, clearance, limit) => searcher.search({ words, meant, clearance, limit }),
    vectors: vectors(database),
    close: searcher.close,
  }
}

function read(row: unknown): StoredDocument {
  const found = row as StoredDocument & { label: string }
  return { ...found, label: label.read(found.label, found.id) }
}

function adder(database: DatabaseSync, append: Append) {
  const count = database.prepare(
    'SELECT (SELECT count(*) FROM documents) AS documents, (SELECT count(*) FROM passages) AS passages',
  )
  const document = database.prepare(
    'INSERT INTO documents (id, title, source, label, person, at, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const passage = database.prepare('INSERT INTO passages (document, place, text) VALUES (?, ?, ?)')
  const index = database.prepare('INSERT INTO passage_index (rowid, text) VALUES (?, ?)')
  return ({ id, title, source, label: of, by, at, bytes }: NewDocument, passages: readonly string[]) => {
    const before = count.get() as { documents: number; passages: number }
    if (before.documents >= DOCUMENTS.all) return 'too-many-documents'
    if (before.passages + passages.length > DOCUMENTS.passages) return 'too-many-passages'
    document.run(id, title, source, label.write(of, id), by, at, bytes)
    for (const [place, text] of passages.entries()) index.run(passage.run(id, place, text).lastInsertRowid, `${title}\n${text}`)
    append({ kind: 'document-added', person: by, document: id, label: of }, at)
    return 'added'
  }
}

function remover(database: DatabaseSync, append: Append) {
  const index = database.prepare('DELETE FROM passage_index WHERE rowid IN (SELECT id FROM passages WHERE document = ?)')
  const embeddings = database.prepare('DELETE FROM embeddings WHERE document = ?')
  const passages = database.prepare('DELETE FROM passages WHERE document = ?')
  const document = database.prepare('DELETE FROM documents WHERE id = ?')
  return (id: string, by: string, at: number) => {
    index.run(id)
    embeddings.run(id)
    passages.run(id)
    if (document.run(id).changes === 0) return false
    append({ kind: 'document-removed', person: by, document: id }, at)
    return true
  }
}
