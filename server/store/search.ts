// A search of the library, over one connection. It walks every passage that holds a word, so it runs in a thread of its own
// (searching.ts): the gateway does not wait.
import type { DatabaseSync } from 'node:sqlite'
import { DOCUMENTS } from '#protocol/limits.ts'
import { dominated, Label } from '#protocol/policy/label.ts'
import type { Found } from '../seams/knowledge.ts'
import { json } from './json.ts'
import { tokenizer } from './words.ts'

/** Documents that `:levels` and `:markings` (JSON) dominate. */
export const VISIBLE = `
  SELECT id FROM documents WHERE label ->> '$.level' IN (SELECT value FROM json_each(:levels))
    AND NOT EXISTS (SELECT 1 FROM json_each(label, '$.markings') WHERE value NOT IN (SELECT value FROM json_each(:markings)))`

/**
 * Passages are ranked by how rare their words are among the passages that may be seen: FTS5's own bm25 counts hidden ones, too,
 * and so tells of them.
 */
const SEARCH = `
  WITH visible AS MATERIALIZED (SELECT p.id FROM (${VISIBLE}) d CROSS JOIN passages p ON p.document = d.id),
  hits AS MATERIALIZED (
    SELECT w.term, w.doc AS passage FROM json_each(:words) AS asked CROSS JOIN passage_words w ON w.term = asked.value
    WHERE w.doc IN visible
  ),
  seen AS MATERIALIZED (SELECT count(*) AS n FROM visible),
  weights AS MATERIALIZED (
    SELECT term, ln(1 + (n - count(*) + 0.5) / (count(*) + 0.5)) AS weight FROM hits, seen GROUP BY term
  ),
  ranked AS (SELECT passage, round(sum(weight), 9) AS score FROM hits JOIN weights USING (term) GROUP BY passage)
  SELECT d.id AS document, d.title, d.source, d.label, p.text AS passage
  FROM ranked JOIN passages p ON p.id = ranked.passage JOIN documents d ON d.id = p.document
  ORDER BY score DESC, d.id, p.place LIMIT :limit`

export const label = json('label', Label)

export const held = (clearance: Label) => ({
  levels: JSON.stringify(dominated(clearance.level)),
  markings: JSON.stringify(clearance.markings),
})

export type Search = (words: string, clearance: Label, limit: number) => readonly Found[]

export function searchOf(database: DatabaseSync): Search {
  const wordsOf = tokenizer()
  const search = database.prepare(SEARCH)
  return (words, clearance, limit) => {
    const asked = JSON.stringify(wordsOf(words, DOCUMENTS.words))
    return search.all({ ...held(clearance), words: asked, limit }).map((row) => {
      const found = row as Found & { label: string }
      return { ...found, label: label.read(found.label, found.document) }
    })
  }
}
