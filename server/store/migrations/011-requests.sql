-- What people ask of the owner for a table that is closed to them. `policy`: the version that closed it when they asked.
CREATE TABLE requests (
  id TEXT NOT NULL UNIQUE,
  person TEXT NOT NULL,
  notebook TEXT NOT NULL,
  about TEXT NOT NULL, -- the table
  policy INTEGER NOT NULL,
  words TEXT NOT NULL,
  at INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'withdrawn', 'refused', 'granted')),
  ender TEXT,
  ended INTEGER,
  answer TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX requests_open ON requests (person, about) WHERE state = 'open';
CREATE INDEX requests_of ON requests (person, at);

-- What was decided for one kernel is found whatever else its person's kernels do.
ALTER TABLE audit ADD COLUMN kernel TEXT AS (json_extract(entry, '$.kernel'));
CREATE INDEX audit_kernel ON audit (kernel, seq);
