-- Every version of every table, policy and subject; the newest holds. Its epoch is the workspace's.
CREATE TABLE edits (
  epoch INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('table', 'policy', 'subject')),
  name TEXT NOT NULL, -- of the table, or the person's id
  version INTEGER NOT NULL,
  value TEXT NOT NULL, -- JSON
  person TEXT NOT NULL, -- whose edit
  at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  UNIQUE (kind, name, version)
) STRICT;
CREATE TRIGGER edits_stay BEFORE UPDATE ON edits BEGIN SELECT RAISE(ABORT, 'edits are kept'); END;
CREATE TRIGGER edits_remain BEFORE DELETE ON edits BEGIN SELECT RAISE(ABORT, 'edits are kept'); END;
-- A replacing insert deletes without asking the trigger above.
CREATE TRIGGER edits_add BEFORE INSERT ON edits
WHEN EXISTS (SELECT 1 FROM edits WHERE epoch = NEW.epoch OR (kind = NEW.kind AND name = NEW.name AND version = NEW.version))
BEGIN SELECT RAISE(ABORT, 'edits are kept'); END;

CREATE TABLE kernel_labels (
  kernel TEXT PRIMARY KEY,
  label TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;

-- What a live kernel has read, as it was decided (JSON of the gateway's own): judged again when policies change.
CREATE TABLE kernel_reads (
  kernel TEXT NOT NULL,
  held TEXT NOT NULL,
  PRIMARY KEY (kernel, held)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL CHECK (at BETWEEN 0 AND 9007199254740991),
  previous TEXT NOT NULL,
  hash TEXT NOT NULL,
  entry TEXT NOT NULL, -- JSON, as it was hashed
  person TEXT AS (json_extract(entry, '$.person')),
  about TEXT AS (json_extract(entry, '$.table'))
) STRICT;
CREATE INDEX audit_person ON audit (person, seq);
CREATE INDEX audit_about ON audit (about, seq);
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is appended to only'); END;
CREATE TRIGGER audit_remains BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is appended to only'); END;
CREATE TRIGGER audit_adds BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the audit is appended to only'); END;

-- The newest link a second time: a removed tail is missed by it.
CREATE TABLE audit_head (
  only INTEGER PRIMARY KEY CHECK (only = 0),
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;
