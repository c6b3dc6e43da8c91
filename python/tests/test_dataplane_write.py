"""Writes as a hostile kernel and a gateway meet them: real sockets, a real engine, real workers."""

import json
import queue
import socket
import struct
import tempfile
import time
import unittest
from contextlib import closing, suppress
from typing import Any
from unittest.mock import patch

import pyarrow as pa

from dataplane import flat, frames, intake, worker, writes
from dataplane.duckdb_engine import DuckDb
from dataplane.engine import Uncertain
from dataplane.plans import Intake, Plans
from tests.test_dataplane import DEADLINE, ENDLESS, House, plan

COLUMNS = [["s", "text"], ["i", "integer"]]
SCHEMA = pa.schema([("s", pa.string()), ("i", pa.int64())])
ROWS = pa.table({"s": ["x", None, "é"], "i": [1, 2, None]}, schema=SCHEMA)
INSERT = {"sql": "INSERT INTO t SELECT s, i FROM scrydon_incoming", "parameters": [], "none": None}


def stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def frame(kind: bytes, body: bytes) -> bytes:
    return frames.HEAD.pack(kind, len(body)) + body


def framed(body: bytes, promised: int | None = None, chunk: int = 1 << 16) -> bytes:
    parts = [frame(b"D", body[start : start + chunk]) for start in range(0, len(body), chunk)]
    return b"".join([*parts, frame(b"E", json.dumps({"bytes": len(body) if promised is None else promised}).encode())])


class WritingHouse(House):
    """Also with the gateway's ear for what is told unasked."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.made = 0
        super().__init__()

    def say(self, **request: Any) -> dict[str, Any]:
        self.send(**request)
        while "id" not in (said := self.line()):
            self.told.append(said)
        assert said.pop("id") == self.asked
        return said

    @property
    def newest(self) -> str:
        return f"w{self.made}"

    def hear(self, what: str, plan_id: str | None = None) -> dict[str, Any]:
        """The next of that kind, about the newest intake if no other is named."""
        plan_id = plan_id or self.newest
        while True:
            for place, said in enumerate(self.told):
                if what in said and said[what]["plan"] == plan_id and said[what]["end"] != "begun":
                    return self.told.pop(place)[what]
            self.told.append(self.line())

    def expect(self, kernel: str = "k", **changed: Any) -> str:
        self.made += 1
        spec = {"columns": COLUMNS, "rows": 1_000_000}
        base = {"id": self.newest, "kernel": kernel, "kind": "arrow", "spec": spec, "life": 5, "seconds": 20, "size": 1 << 22}
        said = self.say(op="intake", intake={**base, "policy": 1, "rights": 1, "about": ["t:t"], **changed})
        assert said == {"ok": True}, said
        return self.newest

    def hand(self, body: bytes, kernel: str = "k") -> dict[str, Any]:
        """Sends what is framed, and answers the last frame; nothing of it came: it was cut."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(DEADLINE)
            connection.connect(self.door(kernel))
            with suppress(ConnectionError):
                connection.sendall(self.newest.encode() + b"\n" + body)
            return answer(connection)

    def commit(self, *steps: dict[str, Any], write: str, plan_id: str | None = None, **changed: Any) -> dict[str, Any]:
        plan_id = plan_id or self.newest
        base = {"plan": plan_id, "write": write, "kernel": "k", "columns": COLUMNS, "seconds": 10, "policy": 1, "rights": 1, "about": ["t:t"]}
        self.say(op="commit", commit={**base, "steps": [*steps], **changed})
        return self.hear("wrote", plan_id)

    def rows(self, sql: str = "SELECT s, i FROM t ORDER BY i") -> list[list[Any]]:
        return self.say(op="ask", sql=sql, parameters=[], seconds=5)["rows"]


def answer(connection: socket.socket) -> dict[str, Any]:
    got = b""
    with suppress(ConnectionError):
        while part := connection.recv(1 << 16):
            got += part
    return json.loads(got[frames.HEAD.size :]) if got else {"error": "nothing came"}


class Gone(DuckDb):
    """As an engine far away: a write counts or does not, it does not say which, and for a while it says nothing at all."""

    def __init__(self, counts: bool) -> None:
        super().__init__(":memory:", "64MB", 1)
        self.counts = counts
        self.away = iter([False, True, True])

    def write(self, *given: Any) -> int:
        if self.counts:
            super().write(*given)
        raise Uncertain

    def written(self, write: str, kernel: str) -> int | None:
        if next(self.away, False):
            raise OSError
        return super().written(write, kernel)


class NotKnown(unittest.TestCase):
    def test_nothing_is_said_of_a_write_until_it_is_known(self) -> None:
        for counts, end in ((True, {"rows": 3, "end": "complete"}), (False, {"rows": 0, "end": "cut"})):
            with closing(Gone(counts)) as engine, patch.object(writes, "PAUSE", 0.01), self.assertLogs("dataplane", "WARNING"):
                plans = Plans(policy=1, rights={"k": 1})
                intakes = intake.Intakes(plans, {}, None)
                file = tempfile.TemporaryFile()
                flat.write(ROWS.cast(flat.schema(COLUMNS)).combine_chunks().to_batches()[0], file)
                flat.finish(file)
                file.seek(0)
                kept = Intake("p", "k", "arrow", {}, 5, 5, 1 << 20, 1, 1, [])
                intakes.taken["p"] = intake.Taken(kept, file, time.monotonic() + DEADLINE)
                told: queue.Queue[dict[str, Any]] = queue.Queue()
                one = writes.Writes(plans, intakes, engine)
                one.said = told.put
                one.begin(writes.Commit("p", "w", "k", COLUMNS, [], 10, 1, 1, []))
                self.assertEqual(told.get(timeout=DEADLINE), {"wrote": {"plan": "p", **end}})


class Written(unittest.TestCase):
    house: WritingHouse

    @classmethod
    def setUpClass(cls) -> None:
        cls.house = WritingHouse()
        cls.addClassCleanup(cls.house.end)
        cls.house.expect()
        assert cls.house.hand(framed(stream(ROWS))) == {}
        made = {"sql": "CREATE TABLE t (s VARCHAR, i BIGINT)", "parameters": [], "none": None}
        assert cls.house.commit(made, write="made")["end"] == "complete"

    def setUp(self) -> None:
        self.house.told.clear()
        self.house.say(op="epochs", policy=1, rights={"k": 1, "other": 1})
        self.assertIn("rows", self.house.say(op="ask", sql="DELETE FROM t RETURNING i", parameters=[], seconds=5))
        self.assertEqual(self.house.rows(), [])

    def deliver(self, body: bytes | None = None) -> None:
        self.house.expect()
        self.assertEqual(self.house.hand(framed(stream(ROWS)) if body is None else body), {})
        self.assertEqual(self.house.hear("intake"), {"plan": self.house.newest, "end": "taken", "column": None})

    def refused(self, body: bytes, reason: str, column: int | None = None, **changed: Any) -> None:
        self.house.expect(**changed)
        self.assertEqual(self.house.hand(body), {"error": reason})
        self.assertEqual(self.house.hear("intake"), {"plan": self.house.newest, "end": reason, "column": column})
        self.assertEqual(self.house.commit(INSERT, write=f"after {self.id()}")["end"], "unknown-plan")
        self.assertEqual(self.house.rows(), [])

    def test_what_was_handed_over_is_written_once(self) -> None:
        self.deliver()
        self.assertEqual(self.house.rows(), [])
        done = {"plan": self.house.newest, "rows": 3, "end": "complete"}
        self.assertEqual([self.house.commit(INSERT, write="w_1") for _ in range(2)], [done, done])
        self.assertEqual(self.house.rows(), [["x", 1], [None, 2], ["é", None]])
        self.assertEqual(self.house.say(op="written", write="w_1", kernel="k")["rows"], [[3]])
        for write, kernel in (("w_1", "other"), ("w_2", "k")):
            self.assertEqual(self.house.say(op="written", write=write, kernel=kernel)["rows"], [])

    def test_every_type_arrives_as_it_was(self) -> None:
        table = pa.table({
            "s": pa.array(["", "a\n'\"é😀", None], pa.large_string()),
            "i": pa.array([2**63 - 1, -(2**63), None]),
            "r": pa.array([-0.0, float("inf"), None]),
            "b": pa.array([True, False, None]),
            "d": pa.array([worker.DAYS[0], worker.DAYS[1], None], pa.date32()),
            "t": pa.array([*worker.BOUNDS["timestamp"], None], pa.timestamp("us")),
        })
        kinds = ["text", "integer", "real", "boolean", "date", "timestamp"]
        columns = [list(pair) for pair in zip(table.column_names, kinds, strict=True)]
        self.house.expect(spec={"columns": columns, "rows": 10})
        self.assertEqual(self.house.hand(framed(stream(table))), {})
        step = {"sql": "CREATE OR REPLACE TABLE types AS SELECT * FROM scrydon_incoming", "parameters": [], "none": None}
        self.assertEqual(self.house.commit(step, write="types", columns=columns)["end"], "complete")
        self.house.say(op="plan", plan=plan(sql="SELECT * FROM types"))
        self.assertEqual(self.house.present("q").read()[0].to_pydict(), table.to_pydict())

    def test_no_rows_are_no_rows(self) -> None:
        self.deliver(framed(stream(ROWS.slice(0, 0))))
        self.assertEqual(self.house.commit(INSERT, write="none")["rows"], 0)

    def test_many_rows_in_slices(self) -> None:
        many = pa.table({"s": [str(i) for i in range(300_000)], "i": pa.array(range(300_000))}, schema=SCHEMA)
        self.house.expect(size=1 << 24)
        self.assertEqual(self.house.hand(framed(stream(many), chunk=intake.CHUNK)), {})
        self.assertEqual(self.house.commit(INSERT, write="many")["rows"], 300_000)
        self.assertEqual(self.house.rows("SELECT count(*), CAST(sum(i) AS BIGINT), max(s) FROM t"), [[300_000, 299_999 * 150_000, "99999"]])

    def test_a_step_that_counts_refuses_the_whole(self) -> None:
        self.deliver()
        check = {"sql": "SELECT count(*) FROM scrydon_incoming WHERE NOT coalesce(i > $1, FALSE)", "parameters": [{"type": "integer", "value": 1}], "none": "outside"}
        self.assertEqual(self.house.commit(INSERT, check, write="checked"), {"plan": self.house.newest, "rows": 0, "end": "outside"})
        self.assertEqual(self.house.rows(), [])
        self.assertEqual(self.house.say(op="written", write="checked", kernel="k")["rows"], [])

    def test_rights_and_policies_of_now_hold_until_it_counts(self) -> None:
        for changed in ({"policy": 0}, {"rights": 2}, {"kernel": "other"}, {"policy": 1}):
            self.deliver()
            if changed == {"policy": 1}:
                self.house.say(op="policy", epoch=2, since=1, about=["t:t"])
            self.assertNotEqual(self.house.commit(INSERT, write="stale", **changed)["end"], "complete")
            self.assertEqual(self.house.rows(), [])

    def test_what_was_only_added_cuts_nothing(self) -> None:
        self.house.expect()
        self.house.say(op="policy", epoch=3, since=1)
        self.assertEqual(self.house.hand(framed(stream(ROWS))), {})
        self.assertEqual(self.house.commit(INSERT, write="added", policy=2)["end"], "complete")
        self.house.expect(policy=3)
        self.house.say(op="policy", epoch=5, since=4)
        self.assertEqual(self.house.hand(framed(stream(ROWS))), {"error": "revoked"})

    def test_a_write_does_not_outlast_its_time(self) -> None:
        self.deliver()
        endless = {"sql": f"SELECT count(*) FROM ({ENDLESS})", "parameters": [], "none": None}
        self.assertEqual(self.house.commit(INSERT, endless, write="endless", seconds=0.3)["end"], "too-long")
        self.assertEqual(self.house.rows(), [])

    def begin(self, write: str) -> None:
        """A write that is under way when this answers, and takes its time."""
        slow = {"sql": "SELECT count(*) FROM range(1000000000) t(i) WHERE i < 0", "parameters": [], "none": "outside"}
        base = {"plan": self.house.newest, "write": write, "kernel": "k", "columns": COLUMNS, "seconds": 60, "policy": 1, "rights": 1, "about": ["t:t"]}
        self.house.say(op="commit", commit={**base, "steps": [INSERT, slow]})

    def test_one_that_was_said_not_to_have_happened_never_does(self) -> None:
        self.deliver()
        self.begin("given up")
        self.assertEqual(self.house.say(op="written", write="given up", kernel="k", plan=self.house.newest)["rows"], [])
        self.assertEqual(self.house.hear("wrote")["end"], "cut")
        self.assertEqual(self.house.rows(), [])

    def test_one_of_a_gateway_that_has_gone_never_happens(self) -> None:
        self.deliver()
        self.begin("left")
        self.house.rows("SELECT count(*) FROM range(20000000) t(i) WHERE i < 0")  # by now it is under way
        self.house.leave()
        self.house.connect()
        self.house.say(op="epochs", policy=1, rights={"k": 1, "other": 1})
        self.deliver()
        self.assertEqual(self.house.commit(INSERT, write="next")["end"], "complete")  # they come one after the other
        self.assertEqual(self.house.say(op="written", write="left", kernel="k")["rows"], [])
        self.assertEqual(len(self.house.rows()), 3)

    def test_what_is_not_wanted_goes(self) -> None:
        self.deliver()
        self.house.say(op="drop", plan=self.house.newest)
        self.assertEqual(self.house.commit(INSERT, write="dropped")["end"], "unknown-plan")

    def test_of_another_kernel_and_spent(self) -> None:
        self.house.expect()
        self.assertEqual(self.house.hand(framed(stream(ROWS)), kernel="other"), {"error": "unknown-plan"})
        self.assertEqual(self.house.hand(framed(stream(ROWS))), {})
        self.assertEqual(self.house.hand(framed(stream(ROWS))), {"error": "unknown-plan"})

    def test_truncated(self) -> None:
        whole = stream(ROWS)
        for size in (0, 1, 7, 40, len(whole) // 2, len(whole) - 20):
            self.refused(framed(whole[:size]), "not-arrow")

    def test_cut_before_its_end(self) -> None:
        self.house.expect()
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self.house.door("k"))
            connection.sendall(self.house.newest.encode() + b"\n" + framed(stream(ROWS))[:-5])
        self.assertEqual(self.house.hear("intake")["end"], "cut")
        self.assertEqual(self.house.commit(INSERT, write="cut")["end"], "unknown-plan")

    def test_lengths_that_lie(self) -> None:
        whole = bytearray(stream(ROWS))
        found = set()
        for place in range(0, len(whole) - 4, 4):
            lying = bytearray(whole)
            lying[place : place + 4] = struct.pack("<i", 0x7FFFFFF0)
            with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
                source.write(lying)
                source.seek(0)
                found.add(self.parsed(source, target))
        self.assertLessEqual(found, {"taken", "not-arrow", "other-columns", "too-large", "too-many-rows", "bad-value"})
        self.assertIn("not-arrow", found)

    def parsed(self, source: Any, target: Any) -> str:
        """As the worker parses it, and whatever it lets through is whole."""
        try:
            worker.arrow(source, target, {"columns": COLUMNS, "rows": 1000})
        except worker.Unfit as unfit:
            return unfit.args[0]
        target.seek(0)
        for batch in flat.read(target, flat.schema([("s", "text"), ("i", "integer")])):
            batch.validate(full=True)
        return "taken"

    def test_frames_that_lie(self) -> None:
        whole = stream(ROWS)
        for body in (
            frames.HEAD.pack(b"D", 1 << 62) + whole,
            frame(b"X", whole),
            frame(b"D", whole) + frame(b"E", b"nonsense"),
            frame(b"D", whole) + frame(b"E", b'{"bytes": 1}'),
            framed(whole, promised=len(whole) + 1),
            frame(b"E", b"x" * 1000),
        ):
            self.refused(body, "not-frames")

    def test_more_bytes_than_promised(self) -> None:
        self.refused(framed(stream(ROWS)), "too-large", size=100)

    def test_more_rows_than_promised(self) -> None:
        self.refused(framed(stream(ROWS)), "too-many-rows", spec={"columns": COLUMNS, "rows": 2})

    def test_other_columns_and_types(self) -> None:
        self.refused(framed(stream(ROWS.select(["i", "s"]))), "other-columns")
        self.refused(framed(stream(ROWS.select(["s"]))), "other-columns")
        odd = [
            ROWS.column("s").dictionary_encode(),
            pa.chunked_array([[[1]] * 3]),
            pa.chunked_array([[b"x"] * 3]),
            pa.chunked_array([pa.array([1, 2, 3], pa.int32())]),
            pa.chunked_array([pa.nulls(3)]),
        ]
        for column in odd:
            self.refused(framed(stream(ROWS.set_column(1, "i", column))), "other-columns", 1)

    def test_a_huge_dictionary_is_not_read(self) -> None:
        words = pa.DictionaryArray.from_arrays(pa.array([0, 0, 0]), pa.array(["x" * 1000] * 3000))
        self.refused(framed(stream(ROWS.set_column(0, "s", words))), "other-columns", 0)

    def test_deep_nesting(self) -> None:
        kind = pa.int64()
        for _ in range(60):
            kind = pa.list_(kind)
        self.refused(framed(stream(ROWS.set_column(1, "i", pa.chunked_array([pa.nulls(3, kind)])))), "other-columns", 1)
        schema = stream(pa.table({"s": pa.nulls(0, kind), "i": pa.nulls(0, kind)}))
        self.refused(framed(schema * 3), "other-columns", 0)

    def test_what_unpacks_to_more_than_a_worker_may_hold(self) -> None:
        zeros = pa.table({"s": pa.array(["\x01" * (40 << 20)] * 20), "i": pa.array(range(20))}, schema=SCHEMA)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, SCHEMA, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
            writer.write_table(zeros)
        self.refused(framed(sink.getvalue().to_pybytes()), "too-large")

    def test_values_that_no_reader_could_use(self) -> None:
        self.refused(framed(stream(pa.table({"s": ["a\0b"], "i": [1]}, schema=SCHEMA))), "bad-value", 0)
        for kind, odd in (("date", pa.array([worker.DAYS[1] + 1], pa.date32())), ("timestamp", pa.array([2**62], pa.timestamp("us")))):
            self.refused(framed(stream(pa.table({"d": odd}))), "bad-value", 0, spec={"columns": [["d", kind]], "rows": 9})

    def test_text_that_is_none(self) -> None:
        words = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(struct.pack("<ii", 0, 2)), pa.py_buffer(b"\xff\xfe")])
        self.refused(framed(stream(pa.table({"s": words, "i": [1]}, schema=SCHEMA))), "not-arrow")

    def test_a_connection_that_stalls(self) -> None:
        self.refused(frame(b"D", stream(ROWS)), "too-long", seconds=0.3)

    def test_a_gateway_that_goes_takes_what_waits_with_it(self) -> None:
        self.deliver()
        self.house.leave()
        self.house.connect()
        self.house.say(op="epochs", policy=1, rights={"k": 1, "other": 1})
        self.assertEqual(self.house.commit(INSERT, write="left")["end"], "unknown-plan")

    def test_few_at_once(self) -> None:
        waiting = []
        for _ in range(intake.PLACES):
            waiting.append(self.house.expect())
            self.assertEqual(self.house.hand(framed(stream(ROWS))), {})
        self.refused(framed(stream(ROWS)), "busy")
        for plan_id in waiting:
            self.house.commit(write=plan_id, plan_id=plan_id)
        self.deliver()
