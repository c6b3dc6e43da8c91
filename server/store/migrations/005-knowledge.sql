CREATE TABLE documents (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  source TEXT NOT NULL, -- the name of the file
  label TEXT NOT NULL, -- JSON
  person TEXT NOT NULL, -- who added it
  at INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE passages (
  id INTEGER PRIMARY KEY,
  document TEXT NOT NULL REFERENCES documents (id),
  place INTEGER NOT NULL, -- in the document, from 0
  text TEXT NOT NULL,
  UNIQUE (document, place)
) STRICT;

-- By passages.id, the title before the text. Only which word stands in which passage is kept; questions are cut into words by the same tokenizer
-- (store/words.ts).
CREATE VIRTUAL TABLE passage_index USING fts5 (
  text, content='', contentless_delete=1, detail=none, tokenize='porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE passage_words USING fts5vocab (passage_index, 'instance');
