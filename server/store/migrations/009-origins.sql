-- What those who write to a table had read: kept, each once.
CREATE TABLE table_inputs (
  name TEXT NOT NULL, -- of the table that is written
  input TEXT NOT NULL, -- JSON
  PRIMARY KEY (name, input)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER table_inputs_stay BEFORE UPDATE ON table_inputs BEGIN SELECT RAISE(ABORT, 'inputs are kept'); END;
CREATE TRIGGER table_inputs_remain BEFORE DELETE ON table_inputs BEGIN SELECT RAISE(ABORT, 'inputs are kept'); END;
