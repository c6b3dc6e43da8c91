"""Managed tables in DuckDB files. Only the data plane opens them; no statement of a person's ever runs here: plans are compiled by
the gateway, with bound parameters."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

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
STORED = (
    (lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind), "VARCHAR"),
    (pa.types.is_integer, "BIGINT"),
    (lambda kind: pa.types.is_floating(kind) or pa.types.is_decimal(kind), "DOUBLE"),
    (pa.types.is_boolean, "BOOLEAN"),
    (pa.types.is_date, "DATE"),
    (pa.types.is_timestamp, "TIMESTAMP"),
)

# Nothing a statement could name leads out of the database; nothing can be switched back on. In this order.
LOCKED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "lock_configuration": "true",
}


class DuckDb:
    """One database file. Cursors share it; each stream has its own and can be interrupted alone."""

    def __init__(self, path: str, memory: str, threads: int, spill: str | None = None) -> None:
        settings: dict[str, Any] = {"memory_limit": memory, "threads": threads, "preserve_insertion_order": "false"}
        settings |= {"temp_directory": spill} if spill else {}
        self.connection = duckdb.connect(path, config=settings)
        for name, value in LOCKED.items():
            self.connection.execute(f"SET {name} = {value}")

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def stream(self, sql: str, parameters: list[Any], seconds: float) -> Iterator[pa.RecordBatchReader]:
        """Record batches of at most ROWS rows, produced as they are read: memory stays bounded. TimeoutError after `seconds`."""
        cursor = self.connection.cursor()
        over = threading.Event()

        def stop() -> None:
            over.set()
            cursor.interrupt()

        late = threading.Timer(seconds, stop)
        late.start()
        try:
            yield cursor.sql(sql, params=parameters).to_arrow_reader(ROWS)
        except (duckdb.Error, pa.ArrowException) as error:
            if over.is_set():
                raise TimeoutError from error
            raise
        finally:
            late.cancel()
            cursor.close()

    def create(self, name: str, table: pa.Table) -> None:
        """A new table with these rows: there wholly, or not at all. Every column is brought to one of TYPES; ValueError: one cannot."""
        columns = ", ".join(f"CAST({quoted(field.name)} AS {_stored(field)}) AS {quoted(field.name)}" for field in table.schema)
        cursor = self.connection.cursor()
        try:
            cursor.register("incoming", table)
            cursor.execute(f"CREATE TABLE {quoted(name)} AS SELECT {columns} FROM incoming")
        finally:
            cursor.close()

    def tables(self) -> dict[str, list[tuple[str, str]]]:
        """Every table with its columns, each of a type that policies speak of."""
        sql = "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY table_name, column_index"
        found: dict[str, list[tuple[str, str]]] = {}
        for table, column, kind in self.connection.cursor().execute(sql).fetchall():
            found.setdefault(table, []).append((column, TYPES[kind]))
        return found


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _stored(field: pa.Field) -> str:
    for fits, stored in STORED:
        if fits(field.type):
            return stored
    raise ValueError(f"a column of type {field.type} cannot be stored")
