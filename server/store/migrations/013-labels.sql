-- What a version or a draft counts as: the join of the workspace and all that the kernel which wrote it had read. Of those that were written before,
-- that is not known: they count as the workspace does at this upgrade.
ALTER TABLE versions ADD COLUMN label TEXT NOT NULL DEFAULT '{"level":"public","markings":[]}'; -- JSON
ALTER TABLE versions ADD COLUMN cells INTEGER;
ALTER TABLE drafts ADD COLUMN label TEXT NOT NULL DEFAULT '{"level":"public","markings":[]}'; -- JSON
ALTER TABLE notebooks ADD COLUMN label TEXT NOT NULL DEFAULT '{"level":"public","markings":[]}'; -- JSON; of the newest version

CREATE TEMP TABLE counted AS
  SELECT json_extract(value, '$.label') AS label FROM edits WHERE kind = 'workspace' ORDER BY version DESC LIMIT 1;
UPDATE versions SET label = (SELECT label FROM counted) WHERE EXISTS (SELECT 1 FROM counted);
UPDATE drafts SET label = (SELECT label FROM counted) WHERE EXISTS (SELECT 1 FROM counted);
UPDATE notebooks SET label = (SELECT label FROM counted) WHERE EXISTS (SELECT 1 FROM counted);
DROP TABLE counted;
UPDATE versions SET cells = (SELECT n.cells FROM notebooks n WHERE n.id = versions.notebook)
  WHERE number = (SELECT max(v.number) FROM versions v WHERE v.notebook = versions.notebook);

-- Versions that somebody let others see although they are classified above them.
CREATE TABLE releases (
  version TEXT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
  grantee TEXT NOT NULL, -- a person, or 'workspace'
  PRIMARY KEY (version, grantee)
) STRICT, WITHOUT ROWID;
