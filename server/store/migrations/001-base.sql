CREATE TABLE notebooks (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  author TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  trashed INTEGER,
  bytes INTEGER NOT NULL,
  cells INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX notebooks_name ON notebooks (author, name) WHERE trashed IS NULL;

CREATE TABLE shares (
  notebook TEXT NOT NULL REFERENCES notebooks (id) ON DELETE CASCADE,
  grantee TEXT NOT NULL, -- a person, or 'workspace'
  access TEXT NOT NULL CHECK (access IN ('edit', 'view')),
  expires INTEGER,
  PRIMARY KEY (notebook, grantee)
) STRICT, WITHOUT ROWID;

-- Sources are bytes: what was written comes back, a NUL or a byte order mark included.
CREATE TABLE versions (
  id TEXT PRIMARY KEY,
  notebook TEXT NOT NULL REFERENCES notebooks (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  name TEXT,
  author TEXT NOT NULL,
  created INTEGER NOT NULL,
  sealed INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  source BLOB NOT NULL,
  layout TEXT,
  UNIQUE (notebook, number)
) STRICT;

CREATE TABLE drafts (
  id TEXT PRIMARY KEY,
  notebook TEXT NOT NULL REFERENCES notebooks (id) ON DELETE CASCADE,
  person TEXT NOT NULL,
  created INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  source BLOB NOT NULL
) STRICT;
CREATE INDEX drafts_of ON drafts (notebook, person, created);

CREATE TABLE sessions (
  hash TEXT PRIMARY KEY, -- SHA-256 of the cookie
  person TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of ON sessions (person);

CREATE TABLE preferences (
  person TEXT PRIMARY KEY,
  autorun INTEGER NOT NULL,
  theme TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE done (
  what TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
