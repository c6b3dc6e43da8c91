"""Managed tables in a PostgreSQL, through ADBC. Plans run in transactions that cannot write, as a role that owns nothing. Each table
has row level security as a second wall: it shows this role its rows only inside a transaction that says it runs a plan, and lets them
be changed only inside one that says it writes (docs/decisions/0016)."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from typing import Any

import pyarrow as pa
from adbc_driver_manager.dbapi import Connection
from adbc_driver_manager.dbapi import Error
from adbc_driver_manager.dbapi import Error as Away  # on beginning: no server, or it does not know us
from adbc_driver_postgresql import StatementOptions, dbapi

from dataplane.engine import INCOMING, Stop, Uncertain, Write, kind_of, quoted, running
from dataplane.plans import Refused

ROWS = 32_768  # of one fetch: the driver holds its rows as they came, and as Arrow
POOL = 8  # connections that wait for the next statement
IDLE = 60  # seconds a transaction may wait for us: longer than a kernel that does not read is waited for
SLACK = 5  # seconds after which the server ends what we should have ended
SOON = 2  # seconds in which it is known what came of a write
NAME = 63  # bytes of one: the server cuts what is longer
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

# What a plan and a write run in. pg_catalog first: no table or function of the same name stands before what a statement means.
READS = "READ ONLY; SET LOCAL cursor_tuple_fraction = 1"
WRITES = "ISOLATION LEVEL REPEATABLE READ; SET LOCAL scrydon.write = 'open'"
BEGIN = """BEGIN TRANSACTION {how}; SET LOCAL scrydon.plan = 'open'; SET LOCAL statement_timeout = {milliseconds};
  SET LOCAL idle_in_transaction_session_timeout = '{idle}s'; SET LOCAL search_path = pg_catalog, {schema}, pg_temp"""
# What was written, by the id that the library gave it, and the table that was made. It is in no catalogue: no statement of the gateway names it.
LEDGER = "scrydon_writes"
LEDGER_IS = """CREATE TABLE IF NOT EXISTS {place} (id TEXT, kernel TEXT, rows BIGINT NOT NULL, made TEXT, PRIMARY KEY (id, kernel));
  GRANT SELECT, INSERT ON {place} TO {role}"""
ENTER = f"INSERT INTO {LEDGER} (id, kernel, rows, made) VALUES ($1, $2, $3, nullif($4, ''))"
# Waits for whoever enters the same: a session of a former data plane may still be at it.
WAIT = f"INSERT INTO {LEDGER} (id, kernel, rows) VALUES ($1, $2, 0) ON CONFLICT (id, kernel) DO NOTHING RETURNING id"
# Why the server did not write, by its SQLSTATE or the class of it.
REASONS = {"22": "unfit", "23": "conflict", "40": "busy", "54": "unfit", "55": "busy", "42501": "read-only"}
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
    """One schema of one database. `url` signs in as the role that plans run as, `owner` as the one that new tables belong to (None: there
    can be no new ones, and nothing is written). Each statement has a connection to itself."""

    dialect = "postgres"

    def __init__(self, url: str, owner: str | None = None) -> None:
        self.url = url
        self.base = dbapi.connect(url, autocommit=True)
        self.owner = owner
        self.writes = owner is not None
        self.waiting: list[Connection] = []
        try:
            self.role, self.schema = self._admitted()
            if owner is not None:
                with _signed_in(owner) as connection:
                    _script(connection, LEDGER_IS.format(place=self._place(LEDGER), role=quoted(self.role)))
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
        if self.owner is None:
            raise Refused("read-only")
        role = self.url if write.makes is None else self.owner  # whoever makes a table owns it
        with _signed_in(role) as connection, _told():
            rows = self._write(connection, write, seconds)
            with counting:
                _all(connection, ENTER, [write.id, write.kernel, rows, write.makes or ""])
                _commit(connection)
            return rows

    def _write(self, connection: Connection, write: Write, seconds: float) -> int:
        with running(seconds, None, connection.adbc_cancel) as check:
            check()
            self._begin(connection, WRITES, seconds)
            rows = _staged(connection, pa.RecordBatchReader.from_batches(write.schema, write.batches()))
            if write.makes is not None:
                self._give_way(connection, write.makes)
                self._make(connection, write.makes)
            for step in write.steps:
                check()
                answered = _all(connection, step.sql, step.parameters)
                if step.none is not None and answered.column(0)[0].as_py():
                    raise Refused(step.none)
            check()
            return rows

    def _give_way(self, connection: Connection, name: str) -> None:
        """What is left of one that a write made and that never came into the catalogue: it is nobody's."""
        if _all(connection, f"SELECT 1 FROM {LEDGER} WHERE made = $1 LIMIT 1", [name]).num_rows:
            _script(connection, f"DROP TABLE IF EXISTS {self._place(name)}")

    def _make(self, connection: Connection, name: str) -> None:
        """A table of what came, behind the wall."""
        _bounded(name)
        place = self._place(name)
        statements = [f"CREATE TABLE {place} AS TABLE {INCOMING}", *wall(place, self.role), *gate(place, self.role)]
        _script(connection, "; ".join(statements))

    def written(self, write: str, kernel: str) -> int | None:
        if self.owner is None:
            return None
        with _signed_in(self.url) as connection:
            self._begin(connection, "READ WRITE", SOON)
            if _all(connection, WAIT, [write, kernel]).num_rows:
                return None  # what was entered goes again
            found = _all(connection, f"SELECT rows FROM {LEDGER} WHERE id = $1 AND kernel = $2", [write, kernel])
            return int(found.column("rows")[0].as_py())

    def create(self, name: str, table: pa.Table) -> None:
        if self.owner is None:
            raise ValueError("no role is named that could own a new table")
        stored = pa.schema([(field.name, STORED[kind_of(field)][1]) for field in table.schema])
        with _signed_in(self.owner) as connection:
            self._begin(connection, WRITES, IDLE)
            _staged(connection, table.cast(stored).to_reader())
            self._make(connection, name)
            _script(connection, "COMMIT")

    def _place(self, name: str) -> str:
        return f"{quoted(self.schema)}.{quoted(name)}"

    def _begin(self, connection: Connection, how: str, seconds: float) -> None:
        milliseconds = round((seconds + SLACK) * 1000)
        _script(connection, BEGIN.format(how=how, milliseconds=milliseconds, idle=IDLE, schema=quoted(self.schema)))

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
        with suppress(IndexError):  # none waits
            while True:
                connection = self.waiting.pop()
                try:
                    self._begin(connection, READS, seconds)
                    return connection
                except Away:
                    connection.close()
        connection = self.base.adbc_clone()
        self._begin(connection, READS, seconds)
        return connection


def wall(table: str, role: str) -> list[str]:
    """What the owner of a table (named as SQL has it) states, so that plans of this role read it, and nothing else of it does."""
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY scrydon ON {table} FOR SELECT TO {quoted(role)} USING ((SELECT current_setting('scrydon.plan', true)) = 'open')",
        f"GRANT SELECT ON {table} TO {quoted(role)}",
    ]


def gate(table: str, role: str) -> list[str]:
    """What its owner states besides, so that writes of this role change it."""
    return [
        f"CREATE POLICY scrydon_write ON {table} TO {quoted(role)} USING ((SELECT current_setting('scrydon.write', true)) = 'open')",
        f"GRANT INSERT, DELETE ON {table} TO {quoted(role)}",
    ]


@contextmanager
def _told() -> Iterator[None]:
    """Why the server refused, without its words: they may hold values."""
    try:
        yield
    except Error as error:
        reason = _reason(error)
        if reason is None:
            raise
        raise Refused(reason) from None


def _reason(error: Error) -> str | None:
    state = error.sqlstate or ""
    return REASONS.get(state, REASONS.get(state[:2]))


def _commit(connection: Connection) -> None:
    try:
        _script(connection, "COMMIT")
    except Error as error:
        if _reason(error) is None:  # the connection went, or the server did
            raise Uncertain from error
        raise


def _bounded(*names: str) -> None:
    if any(len(name.encode()) > NAME for name in names):
        raise Refused("unfit")


def _staged(connection: Connection, reader: pa.RecordBatchReader) -> int:
    """The rows of INCOMING, which go with the transaction."""
    _bounded(*reader.schema.names)
    columns = ", ".join(f"{quoted(field.name)} {STORED[kind_of(field)][0]}" for field in reader.schema)
    _script(connection, f"CREATE TEMP TABLE {INCOMING} ({columns}) ON COMMIT DROP")
    with connection.cursor() as cursor:
        return cursor.adbc_ingest(INCOMING, reader, mode="append", db_schema_name="pg_temp")


def _signed_in(url: str) -> AbstractContextManager[Connection]:
    """A new session, in which a transaction is ours to begin: those of a clone are the driver's."""
    return closing(dbapi.connect(url, autocommit=True))


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
