"""What every table engine of the data plane must do (dataplane.engine.Engine). test_engines.py runs it on each."""

import datetime
import math
import socket
import threading
import time
import unittest
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import pyarrow as pa

from dataplane import flat
from dataplane.engine import INCOMING, Engine, Step, Stop, Stopped, Write
from dataplane.parameters import bound
from dataplane.plans import Plan, Plans, Refused
from dataplane.streams import Streams

SOON = 20.0  # seconds in which whatever is asked to end has ended
LONG = 60.0
BATCH = 131_072  # rows
NAMES = ("plain", 'a "quoted" one', "dotted.name", "Straße – 表", "semi;colon--", "per%cent $1 ?", "select")

MOMENT = datetime.datetime
VALUES: dict[str, tuple[pa.DataType, list[Any]]] = {
    "text": (pa.string(), ["", "a", "O'Brien; --", '"', "\\", "\u00e9", "e\u0301", "😀", "￿", "x" * 100_000, "line\nbreak\ttab"]),
    "integer": (pa.int64(), [0, -1, 2**63 - 1, -(2**63)]),
    "real": (pa.float64(), [0.0, -0.0, 0.1, 5e-324, 1.7976931348623157e308, math.inf, -math.inf, math.nan]),
    "boolean": (pa.bool_(), [True, False]),
    "date": (pa.date32(), [datetime.date(1, 1, 1), datetime.date(1969, 12, 31), datetime.date(9999, 12, 31)]),
    "timestamp": (pa.timestamp("us"), [MOMENT(1, 1, 1), MOMENT(1969, 12, 31, 23, 59, 59, 999_999), MOMENT.max]),
}
CASTS = {"text": "TEXT", "integer": "BIGINT", "real": "FLOAT8", "boolean": "BOOLEAN", "date": "DATE", "timestamp": "TIMESTAMP"}
# Neither needs more than a table of 100,000 rows: one answers nothing for hours, the other does not come to its end.
SILENT = "SELECT sum((a.i * b.i) % 7) AS s FROM many a, many b"
ENDLESS = "SELECT a.i FROM many a, many b"


CAME = pa.record_batch({"i": [1, 2, None], "s": ["a", None, "b"]})  # by a write


def coming(write: str, *steps: Step, makes: str | None = None) -> Write:
    return Write(write, "k", CAME.schema, lambda: iter([CAME, CAME.slice(0, 0)]), [*steps], makes)


def everything() -> pa.Table:
    """A column of each type with all its values, then nulls."""
    most = max(len(values) for _, values in VALUES.values()) + 1
    return pa.table({name: pa.array(values + [None] * (most - len(values)), kind) for name, (kind, values) in VALUES.items()})


class EngineContract(unittest.TestCase):
    """Subclassed with an `engine` that has no tables yet; it is closed by whoever made it."""

    engine: Engine

    @classmethod
    def setUpClass(cls) -> None:
        cls.engine = cls.made()
        cls.engine.create("many", pa.table({"i": range(100_000)}))
        cls.engine.create("everything", everything())

    @classmethod
    def made(cls) -> Engine:
        raise NotImplementedError

    def read(self, sql: str, *parameters: Any) -> pa.Table:
        with self.engine.stream(sql, list(parameters), LONG) as reading:
            return pa.Table.from_batches(reading, reading.schema)

    def works(self) -> None:
        self.assertEqual(self.read("SELECT count(*) AS n FROM many").to_pylist(), [{"n": 100_000}])

    # Types and names

    def test_values_of_every_type_come_back_as_they_were(self) -> None:
        names = ", ".join(f'"{name}"' for name in VALUES)
        found = self.read(f"SELECT {names} FROM everything")
        expected = pa.schema([(name, kind) for name, (kind, _) in VALUES.items()])
        self.assertTrue(found.schema.equals(expected, check_metadata=True), found.schema)
        for name in VALUES:
            with self.subTest(name):
                shown = [repr(value) for value in found.column(name).to_pylist()]
                self.assertEqual(sorted(shown), sorted(repr(value) for value in everything().column(name).to_pylist()))

    def test_a_parameter_of_every_type_finds_its_value(self) -> None:
        for name, (_, values) in VALUES.items():
            for value in values:
                if isinstance(value, float) and not math.isfinite(value):
                    continue  # no literal
                given = value.isoformat() if isinstance(value, datetime.date) else value
                sql = f'SELECT count(*) AS n FROM everything WHERE "{name}" = CAST($1 AS {CASTS[name]})'
                with self.subTest(name, value=repr(value)[:20]):
                    found = self.read(sql, *bound([{"type": name, "value": given}]))
                    self.assertEqual(found.column("n").to_pylist(), [2 if value == 0 and name == "real" else 1])

    def test_bytes_are_a_parameter(self) -> None:
        found = self.read("SELECT CAST($1 AS BYTEA) AS b", *bound([{"type": "bytes", "value": "00ff27"}]))
        self.assertEqual(found.to_pylist(), [{"b": b"\x00\xff'"}])

    def test_an_empty_table_and_no_row_have_their_columns(self) -> None:
        self.engine.create("empty", everything().slice(0, 0))
        for sql in ("SELECT * FROM empty", "SELECT * FROM everything WHERE FALSE"):
            found = self.read(sql)
            self.assertEqual((found.num_rows, found.schema.types), (0, [kind for kind, _ in VALUES.values()]))

    def test_odd_names(self) -> None:
        for name in NAMES:
            with self.subTest(name):
                column = name[::-1]
                self.engine.create(name, pa.table({column: ["here"], name + "?": [1]}))
                table, wanted = ('"' + each.replace('"', '""') + '"' for each in (name, column))
                self.assertEqual(self.read(f"SELECT {wanted} FROM {table}").to_pylist(), [{column: "here"}])
                self.assertEqual(self.engine.tables()[name], [(column, "text"), (name + "?", "integer")])

    def test_every_column_is_of_a_type_that_policies_speak_of(self) -> None:
        table = pa.table({
            "small": pa.array([1, None], pa.int8()),
            "single": pa.array([0.5, None], pa.float32()),
            "coded": pa.array(["a", None]).dictionary_encode(),
            "at": pa.array([1, None], pa.timestamp("ms")),
        })
        self.engine.create("narrow", table)
        self.assertEqual(self.engine.tables()["narrow"], [("small", "integer"), ("single", "real"), ("coded", "text"), ("at", "timestamp")])
        self.assertEqual([*self.read("SELECT * FROM narrow").slice(0, 1).to_pylist()[0].values()][:3], [1, 0.5, "a"])

    def test_a_table_is_there_wholly_or_not_at_all(self) -> None:
        with self.assertRaises(ValueError):
            self.engine.create("wrong", pa.table({"a": [1], "b": [[1]]}))
        self.assertNotIn("wrong", self.engine.tables())
        with self.assertRaises(Exception):
            self.engine.create("many", pa.table({"other": [1]}))
        self.assertEqual(self.engine.tables()["many"], [("i", "integer")])
        self.works()

    # Statements as the gateway writes them

    def test_masked_filtered_and_asked_of_what_is_seen(self) -> None:
        rows = {"name": ["ada", "bob", "eve", None], "land": ["AT", "DE", "FR", "AT"], "pay": [10, 20, 30, 40]}
        self.engine.create("people", pa.table(rows))
        shown = 'CAST($1 AS TEXT) AS "name", "land" AS "land", "pay" - ("pay" % 20) AS "pay"'
        inner = f'SELECT {shown} FROM people WHERE ("land" IN (CAST($2 AS TEXT), CAST($3 AS TEXT)))'
        asked = f'SELECT "name", "pay" FROM ({inner}) AS seen WHERE ("pay" < CAST($4 AS BIGINT)) ORDER BY 2 ASC NULLS LAST LIMIT 2'
        self.assertEqual(self.read(asked, "***", "AT", "DE", 40).to_pylist(), [{"name": "***", "pay": 0}, {"name": "***", "pay": 20}])
        unmasked = f'SELECT count(*) AS n FROM ({inner}) AS seen WHERE ("name" = CAST($4 AS TEXT))'
        self.assertEqual(self.read(unmasked, "***", "AT", "DE", "ada").to_pylist(), [{"n": 0}])

    def test_a_parameter_is_never_part_of_the_statement(self) -> None:
        self.assertEqual(self.read("SELECT CAST($1 AS TEXT) AS t", "'; DROP TABLE many; --").to_pylist(), [{"t": "'; DROP TABLE many; --"}])
        self.works()

    def test_an_error_says_no_value(self) -> None:
        plan = Plan("q", "k", "SELECT CAST($1 AS BIGINT) AS a", [{"type": "text", "value": "secret"}], 5, LONG, None, 1 << 30, 1, 1, [])
        plans = Plans(policy=1, rights={"k": 1})
        plans.add(plan)
        ours, theirs = socket.socketpair()
        with ours, theirs, self.assertLogs("dataplane") as logged:
            Streams(plans, self.engine).serve("k", "q", theirs)
            said = ours.recv(1000)
        self.assertTrue(said.endswith(b'{"error": "failed"}'), said)
        self.assertNotIn("secret", str([record.__dict__ for record in logged.records]))

    # Ends

    def ended(self, expected: type[Exception], sql: str, seconds: float, stop: Stop | None = None, first: Callable[[], Any] = int) -> int:
        """Answers how many rows came; `first` is called once some have."""
        rows, began = 0, time.monotonic()
        with self.assertRaises(expected), self.engine.stream(sql, [], seconds, stop) as reading:
            for batch in reading:
                if rows == 0:
                    first()
                rows += batch.num_rows
        self.assertLess(time.monotonic() - began, seconds + SOON)
        return rows

    def test_time_is_bounded_before_a_row_and_between_them(self) -> None:
        self.assertEqual(self.ended(TimeoutError, SILENT, 0.2), 0)
        self.assertGreater(self.ended(TimeoutError, ENDLESS, 2), 0)
        self.works()

    def test_it_is_stopped_before_a_row_and_between_them(self) -> None:
        silent, endless = Stop(), Stop()
        threading.Timer(0.3, silent.now).start()
        self.assertEqual(self.ended(Stopped, SILENT, SOON, silent), 0)
        later = threading.Timer(0.1, endless.now)
        self.assertGreater(self.ended(Stopped, ENDLESS, SOON, endless, later.start), 0)
        self.works()

    def test_one_that_is_stopped_leaves_another_alone(self) -> None:
        stop = Stop()
        with self.engine.stream("SELECT i FROM many", [], LONG) as reading:
            rows = iter(reading)
            read = [next(rows)]
            threading.Timer(0.3, stop.now).start()
            self.ended(Stopped, SILENT, SOON, stop)
            read += rows
        self.assertEqual(sum(batch.num_rows for batch in read), 100_000)

    def test_two_at_once(self) -> None:
        first, second = "SELECT a.i FROM many a, many b WHERE b.i < 3", "SELECT i FROM many"
        with self.engine.stream(first, [], LONG) as one, self.engine.stream(second, [], LONG) as other:
            rows = iter(one)
            count = next(rows).num_rows
            self.assertEqual(sum(batch.num_rows for batch in other), 100_000)
            self.assertEqual(count + sum(batch.num_rows for batch in rows), 300_000)

    def test_one_that_is_left_in_the_middle_holds_nothing_up(self) -> None:
        for _ in range(5):
            with self.engine.stream(ENDLESS, [], LONG) as reading:
                self.assertGreater(next(iter(reading)).num_rows, 0)
        self.works()

    def test_memory_is_bounded_at_any_size(self) -> None:
        """500 MB in rows, of which a reader that takes its time holds one batch."""
        sql = "SELECT a.i, repeat('x', 200) AS t FROM many a, many b WHERE b.i < 25"
        with self.engine.stream(sql, [], LONG) as reading:
            rows, before = 0, resident()
            most = before
            for batch in reading:
                self.assertLessEqual(batch.num_rows, BATCH)
                rows += batch.num_rows
                most = max(most, resident())
        self.assertEqual(rows, 2_500_000)
        self.assertLess(most - before, 150)


class WritesContract(EngineContract):
    """Of an engine that takes writes."""

    def own(self, statement: str) -> None:
        """Said by whoever owns the tables."""
        raise NotImplementedError

    def setUp(self) -> None:
        name = f"inbox {self.id().rpartition('.')[2][:50]}"
        self.engine.create(name, pa.table({"i": pa.array([], pa.int64()), "s": pa.array([], pa.string())}))
        self.inbox = '"' + name + '"'
        self.take = Step(f"INSERT INTO {self.inbox} SELECT i, s FROM {INCOMING}", [], None)
        self.name = self.id()

    def write(
        self, *steps: Step, seconds: float = LONG, counting: AbstractContextManager[None] | None = None, makes: str | None = None
    ) -> int:
        return self.engine.write(coming(self.name, *steps, makes=makes), seconds, counting or nullcontext())

    def refused(self, *steps: Step, **how: Any) -> Refused:
        """It is, and nothing came of it."""
        with self.assertRaises(Refused) as caught:
            self.write(*steps, **how)
        self.nothing()
        return caught.exception

    def nothing(self) -> None:
        self.assertEqual(self.found(), [])
        self.assertIsNone(self.engine.written(self.name, "k"))

    def found(self) -> list[dict[str, Any]]:
        return self.read(f"SELECT i, s FROM {self.inbox} ORDER BY i NULLS LAST").to_pylist()

    def test_it_says_that_it_takes_writes(self) -> None:
        self.assertTrue(self.engine.writes)

    def test_a_write_is_there_wholly_and_remembered_for_its_kernel(self) -> None:
        self.assertIsNone(self.engine.written(self.name, "k"))
        self.assertEqual(self.write(self.take), 3)
        self.assertEqual(self.found(), CAME.to_pylist())
        self.assertEqual([self.engine.written(self.name, kernel) for kernel in ("k", "other")], [3, None])
        self.assertEqual(self.engine.written(self.name + "'", "k"), None)

    def test_steps_come_in_order_with_their_parameters(self) -> None:
        kept = Step(f"DELETE FROM {self.inbox} WHERE i = CAST($1 AS BIGINT)", [1], None)
        self.write(self.take, kept)
        self.assertEqual(self.found(), CAME.slice(1).to_pylist())

    def test_a_step_that_counts_refuses_the_whole(self) -> None:
        check = Step(f"SELECT count(*) FROM {INCOMING} WHERE i > CAST($1 AS BIGINT)", [1], "outside")
        self.assertEqual(self.refused(self.take, check).reason, "outside")
        none = Step(f"SELECT count(*) FROM {INCOMING} WHERE i > CAST($1 AS BIGINT)", [2], "outside")
        self.assertEqual(self.write(none, self.take), 3)

    def test_it_counts_inside_of_what_lets_it(self) -> None:
        seen: list[int] = []

        @contextmanager
        def counting() -> Iterator[None]:
            seen.append(len(self.found()))
            yield
            seen.append(len(self.found()))

        self.write(self.take, counting=counting())
        self.assertEqual(seen, [0, 3])

    def test_what_does_not_let_it_refuses_the_whole(self) -> None:
        @contextmanager
        def counting() -> Iterator[None]:
            raise Refused("revoked")
            yield

        self.assertEqual(self.refused(self.take, counting=counting()).reason, "revoked")

    def test_a_rule_of_the_table_is_a_conflict_and_nothing_more_is_said(self) -> None:
        self.own(f"CREATE UNIQUE INDEX alike ON {self.inbox} (i)")
        refused = self.refused(self.take, self.take)
        self.assertEqual((refused.reason, refused.__cause__), ("conflict", None))
        self.assertEqual(self.write(self.take), 3)

    def test_what_comes_is_made_a_table_of_its_types(self) -> None:
        columns = {name: pa.array([None, *values], flat.TYPES[name]) for name, (_, values) in VALUES.items()}
        batches = [pa.record_batch({name: column.take([at % len(column)]) for name, column in columns.items()}) for at in range(12)]
        made = Write(self.name, "k", batches[0].schema, lambda: iter(batches), [], "made.of all")
        self.assertEqual(self.engine.write(made, LONG, nullcontext()), 12)
        self.assertEqual(self.engine.tables()["made.of all"], [(name, name) for name in VALUES])
        expected = pa.Table.from_batches(batches).to_pylist()
        self.assertEqual(sorted(map(repr, self.read('SELECT * FROM "made.of all"').to_pylist())), sorted(map(repr, expected)))

    def test_a_table_that_is_not_wanted_is_not_made(self) -> None:
        self.refused(Step(f"SELECT count(*) FROM {INCOMING}", [], "outside"), makes="unwanted")
        self.assertNotIn("unwanted", self.engine.tables())

    def test_what_a_write_made_gives_way_to_the_next_of_its_name(self) -> None:
        for at in (1, 2):
            self.assertEqual(self.engine.write(coming(f"{self.name} {at}", makes="an.orphan"), LONG, nullcontext()), 3)
        self.assertEqual(self.read('SELECT count(*) AS n FROM "an.orphan"').to_pylist(), [{"n": 3}])

    def test_what_was_made_is_written_to(self) -> None:
        self.engine.write(coming(f"{self.name} 1", makes="an.own"), LONG, nullcontext())
        self.engine.write(coming(f"{self.name} 2", Step('DELETE FROM "an.own" WHERE i IS NULL', [], None)), LONG, nullcontext())
        self.assertEqual(self.read('SELECT i FROM "an.own" ORDER BY 1').to_pylist(), [{"i": 1}, {"i": 2}])

    def test_a_write_does_not_outlast_its_time(self) -> None:
        began = time.monotonic()
        with self.assertRaises(TimeoutError):
            self.write(self.take, Step(SILENT, [], None), seconds=0.3)
        self.assertLess(time.monotonic() - began, SOON)
        self.nothing()
        self.works()

    def test_an_error_leaves_nothing(self) -> None:
        with self.assertRaises(Exception) as caught:
            self.write(self.take, Step("SELECT nothing", [], None))
        self.assertNotIsInstance(caught.exception, Refused)
        self.nothing()

    def test_what_it_remembers_is_no_table(self) -> None:
        before = set(self.engine.tables())
        self.write(self.take)
        self.assertEqual(set(self.engine.tables()), before)


def resident() -> float:
    """Memory of this process, in MB."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096 / 1e6

