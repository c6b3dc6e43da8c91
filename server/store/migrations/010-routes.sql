-- What an owner says of a language model, and a model that they deploy, are two more kinds of edit. A CHECK cannot be changed: the table is made again.
CREATE TABLE edits_of_all (
  epoch INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('table', 'policy', 'subject', 'workspace', 'route', 'deployed')),
  name TEXT NOT NULL, -- of the table or the model, the person's id, or 'workspace'
  version INTEGER NOT NULL,
  value TEXT NOT NULL, -- JSON
  person TEXT NOT NULL, -- whose edit
  at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  UNIQUE (kind, name, version)
) STRICT;
INSERT INTO edits_of_all SELECT * FROM edits;
DROP TABLE edits;
ALTER TABLE edits_of_all RENAME TO edits;
CREATE TRIGGER edits_stay BEFORE UPDATE ON edits BEGIN SELECT RAISE(ABORT, 'edits are kept'); END;
CREATE TRIGGER edits_remain BEFORE DELETE ON edits BEGIN SELECT RAISE(ABORT, 'edits are kept'); END;
-- A replacing insert deletes without asking the trigger above.
CREATE TRIGGER edits_add BEFORE INSERT ON edits
WHEN EXISTS (SELECT 1 FROM edits WHERE epoch = NEW.epoch OR (kind = NEW.kind AND name = NEW.name AND version = NEW.version))
BEGIN SELECT RAISE(ABORT, 'edits are kept'); END;

-- By its alias: a model may have a bound of its own. Answers of before are of none.
ALTER TABLE model_tokens ADD COLUMN model TEXT NOT NULL DEFAULT '';
