-- What somebody trusts to run as them in a kernel that edits: by its content, wherever it stands.
CREATE TABLE trusted (
  person TEXT NOT NULL, -- or 'everybody': what the operator brought
  digest TEXT NOT NULL, -- of source and layout
  at INTEGER NOT NULL,
  PRIMARY KEY (person, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX trusted_at ON trusted (person, at);
