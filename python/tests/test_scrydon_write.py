"""Writes as a notebook makes them: to the real data plane, and to sides that stumble."""

import json
import os
import socket
import tempfile
import threading
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from scrydon import errors, tables
from tests.kernel_folder import Case, ok, refused
from tests.test_dataplane_write import WritingHouse

KINDS = {"s": "text", "i": "integer", "r": "real", "b": "boolean", "d": "date", "t": "timestamp"}
ROWS = {
    "s": ["é", None],
    "i": [2**62, -1],
    "r": [0.5, None],
    "b": [True, False],
    "d": [date(2013, 1, 1), None],
    "t": [datetime(2013, 1, 1, 10, 0, 0, 1), None],
}


class Write(Case):
    """To the real data plane, in a process of its own; `gateway` is what the gateway would do."""

    house: WritingHouse

    @classmethod
    def setUpClass(cls) -> None:
        cls.house = WritingHouse()
        cls.addClassCleanup(cls.house.end)

    def setUp(self) -> None:
        self.place(os.path.join(self.house.folder, "k"))
        self.asked: list[dict[str, Any]] = []
        self.types: dict[str, str] = {}  # of the table, where they differ from what is offered
        self.waits = 0  # times that the end is not known yet
        self.lock = threading.Lock()
        self.control(self.gateway)

    def gateway(self, line: dict[str, Any]) -> bytes:
        body = line["body"]
        self.asked.append(line)
        with self.lock:
            return self.planned(body) if line["call"] == "tables.write" else self.ended(body)

    def planned(self, body: dict[str, Any]) -> bytes:
        self.columns = [[column["name"], self.types.get(column["name"], column["type"])] for column in body["columns"]]
        plan = self.house.expect(spec={"columns": self.columns, "rows": 1_000_000}, size=1 << 26)
        return ok({"plan": plan, "columns": [{"name": name, "type": kind} for name, kind in self.columns]})

    def ended(self, body: dict[str, Any]) -> bytes:
        if self.waits:
            self.waits -= 1
            return ok({"state": "waits"})
        step = {"sql": "CREATE OR REPLACE TABLE t AS SELECT * FROM incoming", "parameters": [], "none": None}
        done = self.house.commit(step, write=body["write"], columns=self.columns)
        if done["end"] != "complete":
            return refused("write-cut", "Nothing was written.")
        return ok({"state": "written", "table": f"mine.{body['table']}", "rows": done["rows"]})

    def stored(self) -> dict[str, list[Any]]:
        from tests.test_dataplane import plan

        self.house.say(op="plan", plan=plan("stored", sql="SELECT * FROM t"))
        table = self.house.present("stored").read()[0]
        assert table is not None
        return table.to_pydict()

    def test_each_kind_of_frame_writes_the_same(self) -> None:
        arrow = pa.table(ROWS)
        frames = (arrow, pd.DataFrame(ROWS), arrow.to_pandas(), pl.DataFrame(ROWS), arrow.to_batches()[0], pl.from_arrow(arrow))
        for frame in frames:
            self.asked.clear()
            self.assertEqual(tables.write("delays", frame, "create"), tables.Written("mine.delays", 2))
            body = self.asked[0]["body"]
            self.assertEqual({column["name"]: column["type"] for column in body["columns"]}, KINDS, type(frame))
            self.assertEqual({key: body[key] for key in ("table", "mode")}, {"table": "delays", "mode": "create"})
            self.assertEqual(self.asked[1], {"call": "tables.written", "body": {key: body[key] for key in ("write", "table", "mode")}})
            self.assertEqual(self.stored(), ROWS)

    def test_each_write_has_an_id_of_its_own(self) -> None:
        for _ in range(2):
            tables.write("t", pd.DataFrame({"i": [1]}))
        ids = {line["body"]["write"] for line in self.asked}
        self.assertEqual(len(ids), 2)
        for one in ids:
            self.assertRegex(one, r"^w_[\w-]{20,40}$")

    def test_what_pandas_makes_of_types(self) -> None:
        frame = pd.DataFrame({
            "category": pd.Categorical(["a", None]),
            "small": np.array([1, 2], np.int8),
            "missing": pd.array([1, None], "Int64"),
            "single": np.array([0.5, np.nan], np.float32),
            "nanos": pd.to_datetime(["2013-01-01 10:00", None]).astype("datetime64[ns]"),
            "objects": np.array([True, None], object),
        })
        tables.write("t", frame.set_index(pd.Index([7, 8])))
        stored = {
            "category": ["a", None],
            "small": [1, 2],
            "missing": [1, None],
            "single": [0.5, None],
            "nanos": [datetime(2013, 1, 1, 10), None],
            "objects": [True, None],
        }
        self.assertEqual(self.stored(), stored)

    def test_without_a_value_a_column_is_of_the_tables_type_and_whole_numbers_are_reals(self) -> None:
        self.types = {"nothing": "date", "whole": "real"}
        tables.write("t", pd.DataFrame({"nothing": [None, None], "whole": [1, 2]}))
        self.assertEqual([column["type"] for column in self.asked[0]["body"]["columns"]], [None, "integer"])
        self.assertEqual(self.stored(), {"nothing": [None, None], "whole": [1.0, 2.0]})

    def test_many_rows_and_none(self) -> None:
        many = pd.DataFrame({"s": [str(i) for i in range(300_000)], "i": range(300_000)})
        self.assertEqual(tables.write("t", many).rows, 300_000)
        self.assertEqual(self.house.rows("SELECT count(*), CAST(sum(i) AS BIGINT) FROM t"), [[300_000, 299_999 * 150_000]])
        self.assertEqual(tables.write("t", many[:0]).rows, 0)

    def test_its_end_is_waited_for(self) -> None:
        self.waits = 2
        self.assertEqual(tables.write("t", pd.DataFrame({"i": [1]})).rows, 1)
        self.assertEqual([line["call"] for line in self.asked], ["tables.write", *["tables.written"] * 3])

    def test_columns_that_no_table_has_are_named_and_nothing_is_asked(self) -> None:
        help_ = "A managed table has text (str), integer (64 bit), real (float), boolean (bool), date and timestamp."
        several = f"holds values of several kinds, or of one that no table has. {help_}"
        zone = pd.DataFrame({"t": pd.to_datetime(["2013-01-01"]).tz_localize("UTC")})
        for frame, said in (
            (pd.DataFrame({"x": ["secret", 1]}), f"Column “x” (object) {several}"),
            (pd.DataFrame({"x": [{"a": 1}]}), f"Column “x” is of type struct<a: int64>. {help_}"),
            (pd.DataFrame({"x": [[1]]}), f"Column “x” is of type list<item: int64>. {help_}"),
            (pd.DataFrame({"x": [Decimal("1.5")]}), f"Column “x” is of type decimal128(2, 1). {help_}"),
            (pd.DataFrame({"x": [b"secret"]}), f"Column “x” is of type binary. {help_}"),
            (pd.DataFrame({"x": pd.to_timedelta([1], "s")}), f"Column “x” is of type duration[us]. {help_}"),
            (zone, "Column “t” has a time zone, which no table keeps: remove it, with .dt.tz_convert(None)."),
            (pd.DataFrame({"x": np.array([2**63], np.uint64)}), "Column “x” has a number beyond 64 bits."),
            (
                pd.DataFrame({"x": np.array(["2013-01-01T00:00:00.000000001"], "datetime64[ns]")}),
                'Column “x” has a moment with nanoseconds, or one out of range: round it, with .dt.round("us").',
            ),
            (pd.DataFrame({1: [1]}), "The name of each column is a str, not a int: rename 1."),
            ({"x": [1]}, "A table is written from a pandas or polars DataFrame or a pyarrow Table, not from a dict."),
        ):
            self.fails(lambda frame=frame: tables.write("t", frame), errors.Invalid, "bad-question", said)
        self.fails(lambda: tables.write("t", zone, "upsert"), errors.Invalid, "bad-question", "mode is one of append, create, replace.")
        self.assertEqual(self.asked, [])

    def test_a_number_that_the_tables_type_cannot_hold_is_not_sent(self) -> None:
        self.types = {"x": "real"}
        said = "Column “x” has a whole number that a real cannot hold exactly: cast it yourself, with .astype(float)."
        self.fails(lambda: tables.write("t", pd.DataFrame({"x": [2**60 + 1]})), errors.Invalid, "bad-question", said)


class Stumbling(Case):
    """Sides that refuse, and sides that go."""

    def serve(self, written: bytes, data: bytes) -> None:
        self.fresh()
        plan = ok({"plan": "q_1", "columns": [{"name": "i", "type": "integer"}]})
        self.calls: list[str] = []

        def gateway(line: dict[str, Any]) -> bytes:
            self.calls.append(line["call"])
            return plan if line["call"] == "tables.write" else written

        self.control(gateway)
        self.listen("data", lambda line: data)

    def write(self) -> tables.Written:
        return tables.write("flights", pd.DataFrame({"i": range(300_000)}))

    def test_every_refusal_is_an_exception_of_its_kind(self) -> None:
        for code, kind in errors.CLASSES.items():
            if code.startswith(("write-", "replace-", "create-")) or code in ("readers", "table-taken"):
                self.fresh()
                self.control(lambda line, code=code: refused(code, "“flights”: ask Owner.", id="e_00000001"))
                self.fails(self.write, kind, code, "“flights”: ask Owner. (e_00000001)")

    def test_a_refusal_at_the_end_is_the_gateways(self) -> None:
        self.serve(refused("write-label", "“flights” may not hold it. Ask Owner."), b"")
        self.fails(self.write, errors.Denied, "write-label", "“flights” may not hold it. Ask Owner.")
        self.assertEqual(self.calls, ["tables.write", "tables.written"])

    def test_a_door_that_closes_in_the_middle_is_not_the_end(self) -> None:
        self.serve(ok({"state": "written", "table": "flights", "rows": 300_000}), b"")
        self.assertEqual(self.write(), tables.Written("flights", 300_000))

    def test_while_a_side_is_away_nobody_says_that_nothing_was_written(self) -> None:
        written = [refused("unavailable"), refused("unavailable"), ok({"state": "written", "table": "flights", "rows": 300_000})]
        plan = ok({"plan": "q_1", "columns": [{"name": "i", "type": "integer"}]})
        self.fresh()
        self.control(lambda line: plan if line["call"] == "tables.write" else written.pop(0))
        self.listen("data", lambda line: b"")
        self.assertEqual(self.write(), tables.Written("flights", 300_000))

    def test_where_nobody_says_it_the_table_is_to_be_looked_at(self) -> None:
        plan = ok({"plan": "q_1", "columns": [{"name": "i", "type": "integer"}]})
        with tempfile.TemporaryDirectory() as folder:
            self.place(folder, answer=0.5)
            self.control(lambda line: plan if line["call"] == "tables.write" else refused("unavailable"))
            self.listen("data", lambda line: b"")
            said = "The server does not say what came of the write to “flights”. Read the table before you write again."
            self.fails(self.write, errors.Unavailable, "unavailable", said)
            self.doCleanups()

    def test_a_plan_that_is_none_any_more(self) -> None:
        body = json.dumps({"error": "unknown-plan"}).encode()
        self.serve(refused("write-cut"), b"E" + len(body).to_bytes(8, "little") + body)
        said = "The write to “flights” did not begin in time, and nothing was written. Run the cell again."
        self.fails(lambda: tables.write("flights", pd.DataFrame({"i": [1]})), errors.Unavailable, "unknown-plan", said)

    def test_no_answer_is_understood(self) -> None:
        for odd in (ok({}), ok({"plan": 1}), ok({"plan": "q", "columns": [{}]}), ok({"plan": "q", "columns": [{"name": "i", "type": "x"}]})):
            self.fresh()
            self.control(lambda line, odd=odd: odd)
            self.listen("data", lambda line: b"")
            with self.assertRaises(errors.ScrydonError) as caught:
                tables.write("flights", pd.DataFrame({"i": [1]}))
            self.assertEqual(caught.exception.code, "bad-answer")

    def test_a_lost_answer_is_asked_again_with_the_same_id(self) -> None:
        self.fresh()
        asked: list[str] = []

        def gateway(line: dict[str, Any]) -> bytes:
            asked.append(line["body"]["write"])
            return b"" if len(asked) == 1 else refused("write-ungranted")

        self.control(gateway)
        self.fails(self.write, errors.Denied, "write-ungranted", "No.")
        self.assertEqual(len(asked), 2)
        self.assertEqual(len(set(asked)), 1)


class Frames(Case):
    def test_they_are_bounded(self) -> None:
        from dataplane import frames
        from scrydon import _write

        here, there = socket.socketpair()
        self.addCleanup(there.close)
        rows = pa.table({"s": pa.array(["x" * (3 << 20)], pa.large_string())})
        sent: list[tuple[bytes, int]] = []

        def listen() -> None:
            with there.makefile("rb") as file:
                while head := file.read(frames.HEAD.size):
                    kind, size = frames.HEAD.unpack(head)
                    sent.append((kind, size))
                    last = file.read(size)
            self.last = json.loads(last)

        listener = threading.Thread(target=listen)
        listener.start()
        with here:
            _write._send(here, lambda sink: _write.stream(rows, sink))
        listener.join()
        self.assertEqual({kind for kind, _ in sent[:-1]}, {b"D"})
        self.assertLessEqual(max(size for _, size in sent), _write.CHUNK)
        self.assertEqual(self.last, {"bytes": sum(size for _, size in sent[:-1])})
