"""Each engine against the contract, and what only one of them has."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from typing import Any

import pyarrow as pa
from adbc_driver_postgresql import dbapi

from dataplane.duckdb_engine import DuckDb
from dataplane.engine import INCOMING, Engine, Step, Uncertain
from dataplane.plans import Refused
from dataplane.postgres_engine import LEDGER, Postgres, Unfit, gate, wall
from tests.engine_contract import CAME, LONG, EngineContract, WritesContract, coming
from tests.postgres_server import Server, deaf, postgres


class OnDuckDb(WritesContract):
    @classmethod
    def made(cls) -> Engine:
        engine = DuckDb(":memory:", "256MB", 2)
        cls.addClassCleanup(engine.close)
        return engine

    def own(self, statement: str) -> None:
        self.engine.connection.execute(statement)


class OnPostgres(WritesContract):
    server: Server

    @classmethod
    def made(cls) -> Engine:
        cls.server = cls.enterClassContext(postgres())
        engine = Postgres(cls.server.plane, cls.server.owner)
        cls.addClassCleanup(engine.close)
        return engine

    def own(self, statement: str) -> None:
        self.said(self.server.owner, statement, "SELECT 1")

    def said(self, url: str, *statements: str) -> list[Any]:
        """What a session of its own answers to the last of some statements, in one transaction."""
        with closing(dbapi.connect(url)) as connection, connection.cursor() as cursor:
            for statement in statements[:-1]:
                cursor.execute(statement)
            cursor.execute(statements[-1])
            found = cursor.fetchall()
            connection.commit()
            return found

    def make(self, name: str, *statements: str) -> None:
        self.said(self.server.owner, f"CREATE TABLE {name} (i BIGINT)", f"INSERT INTO {name} VALUES (1)", *statements)

    def test_rows_show_themselves_to_plans_only(self) -> None:
        count, opened = "SELECT count(*) FROM many", "SET LOCAL scrydon.plan = 'open'"
        self.assertEqual(self.said(self.server.plane, count), [(0,)])
        self.assertEqual(self.said(self.server.owner, count), [(0,)])
        self.assertEqual(self.said(self.server.owner, opened, count), [(0,)])
        self.said(self.server.owner, "GRANT SELECT ON many TO PUBLIC")
        self.said(self.server.superuser, "CREATE ROLE stranger LOGIN")
        self.assertEqual(self.said(self.server.plane.replace("user=plane", "user=stranger"), opened, count), [(0,)])
        self.works()

    def test_what_a_plan_opened_is_closed_after_it(self) -> None:
        with closing(dbapi.connect(self.server.plane)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT set_config('scrydon.plan', 'open', true)")
            cursor.execute("SELECT count(*) FROM many")
            self.assertEqual(cursor.fetchall(), [(100_000,)])
            connection.commit()
            cursor.execute("SELECT count(*) FROM many")
            self.assertEqual(cursor.fetchall(), [(0,)])

    def test_a_table_without_the_wall_or_of_its_own_is_not_served(self) -> None:
        role = self.engine.role
        enabled, forced, policy, granted = wall("half", role)
        self.make("half", enabled, policy, granted)
        self.make("bare", f"GRANT SELECT ON bare TO {role}")
        self.make("whole", *wall("whole", role))
        self.said(self.server.superuser, "CREATE TABLE own (i BIGINT)", *wall("own", role), f"ALTER TABLE own OWNER TO {role}")
        found = self.engine.tables()
        self.assertEqual([name for name in ("half", "bare", "own", "whole") if name in found], ["whole"])
        self.said(self.server.owner, forced)
        self.assertIn("half", self.engine.tables())

    def test_columns_that_it_may_not_read_or_policies_cannot_speak_of_are_not_there(self) -> None:
        names = "a TEXT, b BIGINT, c NUMERIC, d INT[], e TIMESTAMPTZ, f VARCHAR(3), g SMALLINT, h REAL, secret TEXT"
        role = self.engine.role
        fewer = (f"REVOKE SELECT ON mixed FROM {role}", f"GRANT SELECT (a, b, c, d, e, f, g, h) ON mixed TO {role}")
        self.said(self.server.owner, f"CREATE TABLE mixed ({names})", *wall("mixed", role), *fewer)
        self.assertEqual(self.engine.tables()["mixed"], [("a", "text"), ("b", "integer"), ("f", "text"), ("g", "integer"), ("h", "real")])

    def test_a_role_that_nothing_holds_is_not_taken(self) -> None:
        for attribute in ("SUPERUSER", "BYPASSRLS"):
            self.said(self.server.superuser, f"CREATE ROLE {attribute} LOGIN {attribute}")
            with self.assertRaisesRegex(Unfit, "row level security"):
                Postgres(self.server.plane.replace("user=plane", f"user={attribute.lower()}"))

    def test_a_database_of_another_encoding_is_not_taken(self) -> None:
        with closing(dbapi.connect(self.server.superuser, autocommit=True)) as connection:
            connection.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING LATIN1 LOCALE 'C'").close()
        with self.assertRaisesRegex(Unfit, "LATIN1"):
            Postgres(self.server.plane.replace("///tables", "///latin"))

    def test_a_plan_cannot_write(self) -> None:
        self.make("inbox", *wall("inbox", self.engine.role), f"GRANT INSERT ON inbox TO {self.engine.role}")
        self.own(f"CREATE POLICY anybody ON inbox FOR INSERT TO {self.engine.role} WITH CHECK (true)")
        body = "INSERT INTO public.inbox VALUES (2) RETURNING i"
        self.said(self.server.owner, f"CREATE FUNCTION writes() RETURNS BIGINT LANGUAGE sql AS '{body}'")
        with self.assertRaisesRegex(Exception, "read-only"):
            self.read("SELECT writes()")

    def test_rows_are_changed_by_writes_only(self) -> None:
        change = ("SET LOCAL scrydon.plan = 'open'", f"DELETE FROM {self.inbox} RETURNING i")
        self.write(self.take)
        self.assertEqual(self.said(self.server.plane, *change), [])
        with self.assertRaisesRegex(dbapi.Error, "row-level security"):
            self.said(self.server.plane, f"INSERT INTO {self.inbox} VALUES (4, '') RETURNING i")
        self.assertEqual(self.found(), CAME.to_pylist())
        self.assertEqual(len(self.said(self.server.plane, "SET LOCAL scrydon.write = 'open'", *change)), 3)

    def test_a_table_that_the_server_lets_nobody_change_is_read_only(self) -> None:
        self.make("outbox", *wall("outbox", self.engine.role))
        for statement in (f"INSERT INTO outbox SELECT i FROM {INCOMING}", "DELETE FROM outbox"):
            self.assertEqual(self.refused(self.take, Step(statement, [], None)).reason, "read-only")
        self.assertEqual(self.read("SELECT i FROM outbox").to_pylist(), [{"i": 1}])

    def test_without_an_owner_it_takes_no_writes_and_says_so(self) -> None:
        with closing(Postgres(self.server.plane)) as reader:
            self.assertEqual((self.engine.writes, reader.writes), (True, False))
            with self.assertRaises(Refused) as caught:
                reader.write(coming("w", self.take), LONG, nullcontext())
            self.assertEqual((caught.exception.reason, reader.written("w", "k")), ("read-only", None))
        self.nothing()

    def test_what_a_type_or_name_of_the_server_cannot_hold_is_unfit(self) -> None:
        self.make("narrow_", *wall("narrow_", self.engine.role), *gate("narrow_", self.engine.role), "ALTER TABLE narrow_ ALTER i TYPE SMALLINT")
        self.assertEqual(self.refused(Step(f"INSERT INTO narrow_ SELECT i * 40000 FROM {INCOMING}", [], None)).reason, "unfit")
        self.assertEqual(self.refused(makes="ä" * 32).reason, "unfit")
        self.assertEqual(self.write(makes="ä" * 31 + "b"), 3)

    def test_a_rule_that_is_looked_at_as_it_comes_to_count_is_a_conflict_too(self) -> None:
        self.own(f"ALTER TABLE {self.inbox} ADD UNIQUE (i) DEFERRABLE INITIALLY DEFERRED")
        self.assertEqual(self.refused(self.take, self.take).reason, "conflict")

    def test_a_table_that_no_write_made_does_not_give_way(self) -> None:
        self.make('"their.own"')
        with self.assertRaises(dbapi.Error):
            self.write(makes="their.own")
        self.assertEqual(self.said(self.server.superuser, 'SELECT i FROM "their.own"'), [(1,)])

    def test_two_that_change_the_same_rows_are_one_after_the_other(self) -> None:
        self.write(self.take)
        empty = Step(f"DELETE FROM {self.inbox}", [], None)
        with closing(dbapi.connect(self.server.plane)) as other, other.cursor() as cursor:
            for statement in ("SET LOCAL scrydon.plan = 'open'", "SET LOCAL scrydon.write = 'open'", empty.sql):
                cursor.execute(statement)
            with self.once_it_waits(other.commit), self.assertRaises(Refused) as caught:
                self.engine.write(coming("second", empty, self.take), LONG, nullcontext())
        self.assertEqual((caught.exception.reason, self.found()), ("busy", []))

    @contextmanager
    def once_it_waits(self, act: Callable[[], None]) -> Iterator[None]:
        waits = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'plane' AND wait_event_type = 'Lock'"
        deadline = time.monotonic() + 60

        def watch() -> None:
            while self.said(self.server.superuser, waits) == [(0,)] and time.monotonic() < deadline:
                time.sleep(0.01)
            act()

        acting = threading.Thread(target=watch, daemon=True)
        acting.start()
        try:
            yield
        finally:
            acting.join()  # before its connection is closed

    # A connection that goes as a write comes to count

    def test_before_it_is_told_to_the_write_has_not_happened(self) -> None:
        @contextmanager
        def counting() -> Iterator[None]:
            self.said(self.server.superuser, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'plane'")
            yield

        with self.assertRaises(dbapi.Error):
            self.write(self.take, counting=counting())
        self.nothing()

    def test_after_it_was_told_to_what_is_answered_is_what_is_there(self) -> None:
        """By a gate that passes COMMIT on, and nothing back."""
        with deaf(self.server.plane) as url, closing(Postgres(url, self.server.owner)) as engine:
            with self.assertRaises(Uncertain):
                engine.write(coming(self.name, self.take), LONG, nullcontext())
        self.assertEqual((self.engine.written(self.name, "k"), self.found()), (3, CAME.to_pylist()))

    def test_what_another_session_is_about_to_enter_is_waited_for(self) -> None:
        for commits, rows in ((True, 7), (False, None)):
            write = f"{self.name} {commits}"
            with closing(dbapi.connect(self.server.plane)) as other, other.cursor() as cursor:
                cursor.execute(f"INSERT INTO {LEDGER} VALUES ('{write}', 'k', 7, NULL)")
                with self.once_it_waits(other.commit if commits else other.rollback):
                    self.assertEqual(self.engine.written(write, "k"), rows)

    def test_nothing_stands_before_what_a_statement_means(self) -> None:
        self.said(self.server.owner, "CREATE FUNCTION public.lower(text) RETURNS text LANGUAGE sql AS 'SELECT $1'")
        self.said(self.server.superuser, f"ALTER ROLE {self.engine.role} SET search_path = public, pg_catalog")
        self.addCleanup(self.said, self.server.superuser, f"ALTER ROLE {self.engine.role} RESET search_path")
        self.assertEqual(self.read("SELECT lower(CAST($1 AS TEXT)) AS t", "A").to_pylist(), [{"t": "a"}])

    def test_a_session_that_the_server_ends_is_an_error_and_the_next_read_works(self) -> None:
        with self.assertRaises(dbapi.Error), self.engine.stream("SELECT a.i FROM many a, many b", [], LONG) as reading:
            next(iter(reading))
            self.said(self.server.superuser, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'plane'")
            list(reading)
        self.works()

    def test_what_runs_ends_in_the_server_too(self) -> None:
        self.test_it_is_stopped_before_a_row_and_between_them()
        running = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'plane' AND query LIKE '%many a, many b%' AND state <> 'idle'"
        self.assertEqual(self.said(self.server.superuser, running), [(0,)])

    def test_without_an_owner_there_are_no_new_tables(self) -> None:
        reader = Postgres(self.server.plane)
        with closing(reader), self.assertRaises(ValueError):
            reader.create("new", pa.table({"a": [1]}))
        self.assertNotIn("new", self.engine.tables())


del EngineContract, WritesContract  # the loader would take them for tests of their own
