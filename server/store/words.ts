// The words of a person's question, as the index knows them. The question is indexed by itself and read back, so it never is part
// of an FTS expression: quotes, operators and columns are text like any other.
import { DatabaseSync } from 'node:sqlite'

/** Answers at most `most` different words, the first ones. */
export function tokenizer(): (text: string, most: number) => readonly string[] {
  const memory = new DatabaseSync(':memory:')
  memory.exec(`CREATE VIRTUAL TABLE question USING fts5 (text, content='', tokenize='porter unicode61 remove_diacritics 2');
    CREATE VIRTUAL TABLE question_words USING fts5vocab (question, 'instance')`)
  const clear = memory.prepare(`INSERT INTO question (question) VALUES ('delete-all')`)
  const put = memory.prepare('INSERT INTO question (rowid, text) VALUES (1, ?)')
  const words = memory.prepare('SELECT term FROM question_words GROUP BY term ORDER BY min("offset") LIMIT ?')
  return (text, most) => {
    clear.run()
    put.run(text)
    return (words.all(most) as { term: string }[]).map(({ term }) => term)
  }
}
