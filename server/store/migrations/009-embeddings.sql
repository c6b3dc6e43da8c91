-- What passages mean, as an endpoint of embeddings put it: a row for those of one document that were asked for together.
CREATE TABLE embeddings (
  document TEXT NOT NULL REFERENCES documents (id),
  first INTEGER NOT NULL, -- the place of the first of its passages
  count INTEGER NOT NULL, -- of passages, which follow each other
  model TEXT NOT NULL,
  dimensions INTEGER NOT NULL, -- 0: the endpoint takes none of these passages
  vectors BLOB NOT NULL, -- float32, each of length one, one after the other
  UNIQUE (document, first)
) STRICT;
