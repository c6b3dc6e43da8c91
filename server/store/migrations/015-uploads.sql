-- What each file beside a notebook counts as. Of a file that has no row, which was there before, that is not known: it counts as the workspace does,
-- and no less than any file beside it.
CREATE TABLE uploads (
  notebook TEXT NOT NULL REFERENCES notebooks (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  label TEXT NOT NULL, -- JSON
  PRIMARY KEY (notebook, name)
) STRICT, WITHOUT ROWID;
