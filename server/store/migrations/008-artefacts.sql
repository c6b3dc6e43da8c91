-- What is said of artefacts; their bytes are files beside this state.
CREATE TABLE artefacts (
  id TEXT PRIMARY KEY,
  kernel TEXT NOT NULL,
  save TEXT NOT NULL, -- the library's id: a save that is asked twice happens once
  notebook TEXT NOT NULL,
  maker TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('table', 'picture', 'chart', 'file')),
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  digest TEXT NOT NULL,
  label TEXT NOT NULL, -- JSON
  inputs TEXT NOT NULL, -- JSON
  released TEXT NOT NULL, -- JSON
  version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (kernel, save)
) STRICT, WITHOUT ROWID;
CREATE INDEX artefacts_of ON artefacts (maker, bytes);
CREATE INDEX artefacts_at ON artefacts (at);

-- What tables that kernels made are made from, joined over all that was written to each.
CREATE TABLE made_tables (
  name TEXT PRIMARY KEY,
  kernel TEXT NOT NULL,
  notebook TEXT NOT NULL,
  maker TEXT NOT NULL,
  inputs TEXT NOT NULL, -- JSON
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
