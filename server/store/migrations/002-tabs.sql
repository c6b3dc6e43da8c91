CREATE TABLE tabs (
  hash TEXT PRIMARY KEY, -- SHA-256 of the resume token, which is spent by its use
  tab TEXT NOT NULL,
  person TEXT NOT NULL,
  session TEXT NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tabs_of ON tabs (session, expires);
