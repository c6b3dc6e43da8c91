ALTER TABLE preferences ADD COLUMN editor TEXT NOT NULL DEFAULT '{}'; -- marimo's settings of this person, JSON
