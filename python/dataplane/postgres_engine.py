"""Managed tables in a PostgreSQL, through ADBC. Plans run in transactions that cannot write, as a role that owns nothing. Each table
has row level security as a second wall: it shows this role its rows only inside a transaction that says it runs a plan
(docs/decisions/0016)."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from typing import Any

import pyarrow as pa
from adbc_driver_manager.dbapi import Connection
from adbc_driver_manager.dbapi import Error as Away  # on beginning: no server, or it does not know us
from adbc_driver_postgresql import StatementOptions, dbapi

from dataplane.engine import Stop, Write, kind_of, quoted, running
from dataplane.plans import Refused

ROWS = 32_768  # of one fetch: the driver holds its rows as they came, and as Arrow
POOL = 8  # connections that wait for the next statement
IDLE = 60  # seconds a transaction may wait for us: longer than a kernel that does not read is waited for
WHOLE = {StatementOptions.USE_COPY.value: "false"}  # COPY takes no parameters

# The server's types that policies speak of, all of which the gateway's statements widen to one of six (server/policy/dialect.ts).
TYPES = {
    "text": "text",
    "varchar": "text",
    "int2": "integer",
    "int4": "integer",
    "int8": "integer",
    "float4": "real",
    "float8": "real",
    "bool": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}
# What a new table stores, and the Arrow type that is sent.
STORED = {
    "text": ("TEXT", pa.string()),
    "integer": ("BIGINT", pa.int64()),
    "real": ("DOUBLE PRECISION", pa.float64()),
    "boolean": ("BOOLEAN", pa.bool_()),
    "date": ("DATE", pa.date32()),
    "timestamp": ("TIMESTAMP", pa.timestamp("us")),
}

# What a plan runs in. pg_catalog first: no table or function of the same name stands before what a statement means.
BEGIN = """BEGIN TRANSACTION READ ONLY; SET LOCAL scrydon.plan = 'open'; SET LOCAL statement_timeout = {milliseconds};
  SET LOCAL idle_in_transaction_session_timeout = '{idle}s'; SET LOCAL cursor_tuple_fraction = 1;
  SET LOCAL search_path = pg_catalog, {schema}, pg_temp"""
WHO = """SELECT current_user::text, current_schema()::text, current_setting('server_encoding'), rolsuper OR rolbypassrls
  FROM pg_catalog.pg_roles WHERE rolname = current_user"""
# Tables behind the wall, of others, and of them the columns that this role may read and policies can speak of.
TABLES = """SELECT c.relname::text, a.attname::text, t.typname::text
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid AND t.typnamespace = 'pg_catalog'::regnamespace
  WHERE c.relnamespace = to_regnamespace(quote_ident($1)) AND c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid)
    AND c.relrowsecurity AND c.relforcerowsecurity AND NOT pg_has_role(c.relowner, 'MEMBER')
    AND has_column_privilege(c.oid, a.attnum, 'SELECT')
  ORDER BY c.relname COLLATE "C", a.attnum"""


class Unfit(Exception):
    """This server, or this role in it, cannot be used; says why."""


class Postgres:
    """One schema of one database. `url` signs in as the role that reads, `owner` as the one that new tables belong to (None: there
    can be no new ones). Each statement has a connection to itself."""

    dialect = "postgres"
    writes = False  # the role that plans run as cannot

    def __init__(self, url: str, owner: str | None = None) -> None:
        self.base = dbapi.connect(url, autocommit=True)
        self.owner = owner
        self.waiting: list[Connection] = []
        try:
            self.role, self.schema = self._admitted()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        for connection in (*self.waiting, self.base):
            connection.close()

    def _admitted(self) -> tuple[str, str]:
        role, schema, encoding, unbound = _one(self.base, WHO)
        if unbound:
            raise Unfit(f"the role {role} is a superuser or bypasses row level security, so nothing would hold it")
        if encoding != "UTF8":
            raise Unfit(f"the database is encoded in {encoding}; it must be UTF8")
        if schema is None:
            raise Unfit(f"no schema that exists is on the search_path of the role {role}")
        return role, schema

    @contextmanager
    def stream(self, sql: str, parameters: list[Any], seconds: float, stop: Stop | None = None) -> Iterator[pa.RecordBatchReader]:
        """Record batches of at most ROWS rows."""
        with self._plan(seconds, stop) as (connection, check):
            _all(connection, f"DECLARE rows NO SCROLL CURSOR FOR {sql}", parameters)
            yield _batches(connection, check)

    def tables(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        with self._plan(IDLE, None) as (connection, _):
            listed = _all(connection, TABLES, [self.schema])
        for table, column, kind in zip(*(part.to_pylist() for part in listed.columns), strict=True):
            if kind in TYPES:
                found.setdefault(table, []).append((column, TYPES[kind]))
        return found

    def write(self, write: Write, seconds: float, counting: AbstractContextManager[None]) -> int:
        raise Refused("read-only")

    def written(self, write: str, kernel: str) -> int | None:
        return None

    def create(self, name: str, table: pa.Table) -> None:
        if self.owner is None:
            raise ValueError("no role is named that could own a new table")
        kinds = [kind_of(field) for field in table.schema]
        stored = table.cast(pa.schema([(field.name, STORED[kind][1]) for field, kind in zip(table.schema, kinds, strict=True)]))
        columns = ", ".join(f"{quoted(field.name)} {STORED[kind][0]}" for field, kind in zip(table.schema, kinds, strict=True))
        place = f"{quoted(self.schema)}.{quoted(name)}"
        with closing(dbapi.connect(self.owner)) as connection:
            _script(connection, f"CREATE TABLE {place} ({columns})")
            with connection.cursor() as cursor:
                cursor.adbc_ingest(name, stored, mode="append", db_schema_name=self.schema)
            _script(connection, "; ".join(wall(place, self.role)))
            connection.commit()

    @contextmanager
    def _plan(self, seconds: float, stop: Stop | None) -> Iterator[tuple[Connection, Callable[[], None]]]:
        """A transaction that says it runs a plan, and that the server itself ends should we not."""
        connection = self._begun(seconds)
        try:
            with running(seconds, stop, connection.adbc_cancel) as check:
                check()
                yield connection, check
            check()  # one that was told to end may still be ended
            _script(connection, "ROLLBACK")
        except BaseException:
            connection.close()
            raise
        if len(self.waiting) < POOL:
            self.waiting.append(connection)
        else:
            connection.close()

    def _begun(self, seconds: float) -> Connection:
        """On a connection that waits, unless the server has ended it meanwhile, or on a new one."""
        begin = BEGIN.format(milliseconds=max(1, round(seconds * 1000)), idle=IDLE, schema=quoted(self.schema))
        with suppress(IndexError):  # none waits
            while True:
                connection = self.waiting.pop()
                try:
                    _script(connection, begin)
                    return connection
                except Away:
                    connection.close()
        connection = self.base.adbc_clone()
        _script(connection, begin)
        return connection


def wall(table: str, role: str) -> list[str]:
    """What the owner of a table (named as SQL has it) states, so that plans of this role read it, and nothing else of it does."""
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY scrydon ON {table} FOR SELECT TO {quoted(role)} USING ((SELECT current_setting('scrydon.plan', true)) = 'open')",
        f"GRANT SELECT ON {table} TO {quoted(role)}",
    ]


def _all(connection: Connection, sql: str, parameters: list[Any] | None = None) -> pa.Table:
    with connection.cursor(adbc_stmt_kwargs=WHOLE) as cursor:
        cursor.execute(sql, parameters or None)
        return cursor.fetch_arrow_table()


def _script(connection: Connection, sql: str) -> None:
    """Statements that answer nothing."""
    with connection.cursor() as cursor:
        cursor.executescript(sql)


def _one(connection: Connection, sql: str) -> tuple[Any, ...]:
    return tuple(column[0].as_py() for column in _all(connection, sql).columns)


def _batches(connection: Connection, check: Callable[[], None]) -> pa.RecordBatchReader:
    """Fetches the next rows when they are asked for."""
    fetch = f"FETCH FORWARD {ROWS} FROM rows"
    first = _all(connection, fetch)
    schema = pa.schema([(field.name, field.type) for field in first.schema])  # without the server's own words about it

    def fetched() -> Iterator[pa.RecordBatch]:
        table = first
        while table.num_rows > 0:
            yield from (pa.RecordBatch.from_arrays(batch.columns, schema=schema) for batch in table.to_batches())
            check()
            table = _all(connection, fetch)

    return pa.RecordBatchReader.from_batches(schema, fetched())
