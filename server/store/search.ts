// A search of the library, over one connection. It walks every passage that holds a word, so it runs in a thread of its own
// (searching.ts): the gateway does not wait.
import type { DatabaseSync } from 'node:sqlite'
import { DOCUMENTS } from '#protocol/limits.ts'
import type { Compared, Found } from '../seams/knowledge.ts'
import { fused, type Place } from './fusion.ts'
import { NOTHING, nearestOf } from './nearest.ts'
import type { Question } from './searcher.ts'
import { type Held, held, label, VISIBLE } from './visible.ts'
import { tokenizer } from './words.ts'

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
  SELECT p.document, p.place FROM ranked JOIN passages p ON p.id = ranked.passage
  ORDER BY score DESC, p.document, p.place LIMIT :most`

const PASSAGE = `
  SELECT d.id AS document, d.title, d.source, d.label, p.text AS passage
  FROM passages p JOIN documents d ON d.id = p.document WHERE p.document = ? AND p.place = ?`

export type Search = (question: Question) => Compared

/** All that a search reads is of one moment: a document that is removed meanwhile is there to its end. */
export function searchOf(database: DatabaseSync): Search {
  const byWords = wordsLeg(database)
  const byMeaning = nearestOf(database)
  const passage = database.prepare(PASSAGE)
  const found = ({ document, place }: Place): Found => {
    const row = passage.get(document, place) as Found & { label: string }
    return { ...row, label: label.read(row.label, row.document) }
  }
  return ({ words, meant, clearance, limit }) => {
    database.exec('BEGIN')
    try {
      const most = Math.max(limit, DOCUMENTS.results)
      const near = meant ? byMeaning(meant, held(clearance), most) : NOTHING
      const all = fused(byWords(words, held(clearance), most), near.places, (place) => !near.has(place))
      return { found: all.slice(0, limit).map(found), compared: near.compared }
    } finally {
      database.exec('ROLLBACK')
    }
  }
}

function wordsLeg(database: DatabaseSync) {
  const wordsOf = tokenizer()
  const search = database.prepare(SEARCH)
  return (words: string, may: Held, most: number) =>
    search.all({ ...may, words: JSON.stringify(wordsOf(words, DOCUMENTS.words)), most }) as unknown as readonly Place[]
}
