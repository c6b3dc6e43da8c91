"""Managed tables in DuckDB files. Only the data plane opens them; no statement of a person's ever runs here: plans are compiled by
the gateway, with bound parameters."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import duckdb
import pyarrow as pa

from dataplane.engine import INCOMING, Stop, Write, kind_of, quoted, running
from dataplane.plans import Refused

ROWS = 131_072  # of one record batch, at most

# The engine's types, and what policies call them (protocol/policy/values.ts).
TYPES = {
    "VARCHAR": "text",
    "BIGINT": "integer",
    "DOUBLE": "real",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
}
STORED = {kind: stored for stored, kind in TYPES.items()}

# Nothing a statement could name leads out of the database; nothing can be switched back on. In this order.
LOCKED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "lock_configuration": "true",
}


# What was written, by the id that the library gave it: beside the tables, in a schema that no statement of the gateway names.
LEDGER = "CREATE SCHEMA IF NOT EXISTS ledger; CREATE TABLE IF NOT EXISTS ledger.writes (id VARCHAR, kernel VARCHAR, rows BIGINT)"


class DuckDb:
    """One database file. Cursors share it; each stream has its own and can be interrupted alone."""

    dialect = "duckdb"
    writes = True

    def __init__(self, path: str, memory: str, threads: int, spill: str | None = None) -> None:
        settings: dict[str, Any] = {"memory_limit": memory, "threads": threads, "preserve_insertion_order": "false"}
        settings |= {"temp_directory": spill} if spill else {}
        self.connection = duckdb.connect(path, config=settings)
        for name, value in LOCKED.items():
            self.connection.execute(f"SET {name} = {value}")
        self.connection.execute(LEDGER)

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def stream(self, sql: str, parameters: list[Any], seconds: float, stop: Stop | None = None) -> Iterator[pa.RecordBatchReader]:
        """Record batches of at most ROWS rows."""
        with self._cursor(seconds, stop) as cursor:
            yield cursor.sql(sql, params=parameters).to_arrow_reader(ROWS)

    @contextmanager
    def _cursor(self, seconds: float, stop: Stop | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self.connection.cursor()
        try:
            with running(seconds, stop, cursor.interrupt):
                yield cursor
        finally:
            cursor.close()

    def write(self, write: Write, seconds: float, counting: AbstractContextManager[None]) -> int:
        with self._cursor(seconds) as cursor:
            try:
                rows = self._write(cursor, write)
                with counting:
                    cursor.execute("COMMIT")
                return rows
            except (duckdb.ConstraintException, duckdb.TransactionException):
                raise Refused("conflict") from None
            finally:
                with suppress(duckdb.Error):  # it was committed, or never begun
                    cursor.execute("ROLLBACK")

    def _write(self, cursor: duckdb.DuckDBPyConnection, write: Write) -> int:
        cursor.execute("BEGIN")
        cursor.register("arriving", pa.RecordBatchReader.from_batches(write.schema, write.batches()))
        rows = _first(cursor.execute(f"CREATE TEMP TABLE {INCOMING} AS SELECT * FROM arriving"))
        if write.makes is not None:  # what is left of one that was made and never came into the catalogue goes: it is nobody's
            cursor.execute(f"CREATE OR REPLACE TABLE {quoted(write.makes)} AS SELECT {_stored(write.schema)} FROM {INCOMING}")
        for step in write.steps:
            if _first(cursor.execute(step.sql, step.parameters)) and step.none is not None:
                raise Refused(step.none)
        cursor.execute("INSERT INTO ledger.writes VALUES (?, ?, ?)", [write.id, write.kernel, rows])
        return rows

    def written(self, write: str, kernel: str) -> int | None:
        found = self.connection.cursor().execute("SELECT rows FROM ledger.writes WHERE id = ? AND kernel = ?", [write, kernel]).fetchone()
        return found[0] if found else None

    def create(self, name: str, table: pa.Table) -> None:
        cursor = self.connection.cursor()
        try:
            cursor.register("incoming", table)
            cursor.execute(f"CREATE TABLE {quoted(name)} AS SELECT {_stored(table.schema)} FROM incoming")
        finally:
            cursor.close()

    def tables(self) -> dict[str, list[tuple[str, str]]]:
        sql = "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal AND schema_name = 'main' AND database_name = current_database() ORDER BY table_name, column_index"
        found: dict[str, list[tuple[str, str]]] = {}
        for table, column, kind in self.connection.cursor().execute(sql).fetchall():
            found.setdefault(table, []).append((column, TYPES[kind]))
        return found


def _stored(schema: pa.Schema) -> str:
    return ", ".join(f"CAST({quoted(field.name)} AS {STORED[kind_of(field)]}) AS {quoted(field.name)}" for field in schema)


def _first(answered: duckdb.DuckDBPyConnection) -> int:
    """The count that a statement answers."""
    row = answered.fetchone()
    return int(row[0]) if row else 0
