-- What language models took, or may take, of people's tokens: a row for each answer. Rows of days gone by are swept.
CREATE TABLE model_tokens (
  kernel TEXT NOT NULL,
  answer TEXT NOT NULL,
  person TEXT NOT NULL,
  day TEXT NOT NULL, -- of UTC, as 2026-01-31
  tokens INTEGER NOT NULL CHECK (tokens >= 0),
  PRIMARY KEY (kernel, answer)
) STRICT, WITHOUT ROWID;
CREATE INDEX model_tokens_of ON model_tokens (person, day, tokens);
