"""Reads as a notebook makes them: from the real data plane, and from one that stumbles."""

import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from scrydon import _doors, errors, tables
from tests.kernel_folder import PYTHON, Case, planned
from tests.test_dataplane import House, plan

COLUMNS = {
    "i": "CAST(i AS BIGINT)",
    "n": "CASE WHEN i % 2 = 0 THEN i END",
    "r": "CASE WHEN i <> 1 THEN i / 4 END",
    "s": "CASE WHEN i <> 1 THEN 'é' || i END",
    "b": "i % 3 = 0",
    "m": "CASE WHEN i <> 1 THEN true END",
    "d": "CASE WHEN i <> 1 THEN DATE '2013-01-01' + CAST(i AS INTEGER) END",
    "t": "CASE WHEN i <> 1 THEN TIMESTAMP '2013-01-01 10:00:00.000001' END",
}
SQL = f"SELECT {', '.join(f'{sql} AS {name}' for name, sql in COLUMNS.items())} FROM range({{rows}}) t(i) ORDER BY i"


class Read(Case):
    """From the real data plane, in a process of its own."""

    house: House

    @classmethod
    def setUpClass(cls) -> None:
        cls.house = House()
        cls.addClassCleanup(cls.house.end)

    def setUp(self) -> None:
        self.place(os.path.join(self.house.folder, "k"))
        self.asked: list[Any] = []
        self.lock = threading.Lock()
        self.plan: dict[str, Any] = {"sql": SQL.format(rows=3)}
        self.control(self.gateway)

    def gateway(self, line: dict[str, Any]) -> bytes:
        """Plans `self.plan`, or what the table's name says."""
        with self.lock:
            self.asked.append(line)
            made = plan(f"p{len(self.asked)}", **self.plan)
            if line["body"]["table"].isdigit():
                made["sql"] = SQL.format(rows=line["body"]["table"])
            self.assertEqual(self.house.say(op="plan", plan=made), {"ok": True})
            return planned(made["id"])

    def test_what_is_asked(self) -> None:
        tables.read("flights")
        tables.read("flights", ("s", "i"), {"i": 1}, np.int64(5))
        everything = {"table": "flights", "columns": None, "where": None, "limit": None}
        self.assertEqual(self.asked[0], {"call": "tables.read", "body": everything})
        where = {"op": "eq", "left": {"column": "i"}, "right": {"literal": {"type": "integer", "value": 1}}}
        self.assertEqual(self.asked[1]["body"], {"table": "flights", "columns": ["s", "i"], "where": where, "limit": 5})

    def test_arrow(self) -> None:
        table = tables.read("flights", as_="arrow")
        self.assertEqual(table.schema.names, [*COLUMNS])
        self.assertEqual(table.column("i").to_pylist(), [0, 1, 2])
        self.assertEqual(table.column("s").to_pylist(), ["é0", None, "é2"])

    def test_pandas_is_as_read_from_parquet(self) -> None:
        pq.write_table(tables.read("flights", as_="arrow"), os.path.join(self.house.folder, "same.parquet"))
        frame = tables.read("flights")
        pd.testing.assert_frame_equal(frame, pd.read_parquet(os.path.join(self.house.folder, "same.parquet")))
        types = {"i": "int64", "n": "float64", "r": "float64", "s": "str", "b": "bool", "m": "object", "d": "object", "t": "datetime64[us]"}
        self.assertEqual({name: str(kind) for name, kind in frame.dtypes.items()}, types)
        self.assertEqual(frame["d"][0], date(2013, 1, 1))

    def test_polars(self) -> None:
        frame = tables.read("flights", as_="polars")
        self.assertIsInstance(frame, pl.DataFrame)
        self.assertEqual(frame["n"].to_list(), [0, None, 2])
        self.assertEqual(frame["t"][0], datetime(2013, 1, 1, 10, 0, 0, 1))

    def test_many_batches_and_none(self) -> None:
        self.assertEqual(tables.read("300000")["i"].tolist(), [*range(300_000)])
        for form in ("pandas", "polars", "arrow"):
            empty = tables.read("0", as_=form)
            self.assertEqual(empty.shape, (0, len(COLUMNS)))

    def test_threads(self) -> None:
        with ThreadPoolExecutor(8) as pool:
            sizes = [*pool.map(lambda rows: len(tables.read(str(rows))), range(1000, 1040))]
        self.assertEqual(sizes, [*range(1000, 1040)])

    def test_what_the_data_plane_ends(self) -> None:
        narrow = "Name fewer columns (columns=[…]), keep fewer rows (where=…) or take only the first (limit=…)."
        slow = "SELECT sum((i * j) % 7) FROM range(1000000) a(i), range(1000000) b(j)"
        late = "The read of “flights” did not begin in time, or the data service restarted before it did. Run the cell again."
        failed = "The read of “flights” failed on the server. If it fails again, tell the server’s operator when it did."
        ends = [
            ({"rows": 1}, errors.TooLarge, "too-large", f"What was asked of “flights” is larger than one read may be. {narrow}"),
            ({"sql": slow, "seconds": 0.2}, errors.TooLarge, "too-long", f"The read of “flights” took longer than one read may. {narrow}"),
            ({"life": 0}, errors.Unavailable, "unknown-plan", late),
            ({"sql": "SELECT CAST('secret' AS INTEGER)"}, errors.ScrydonError, "failed", failed),
        ]
        before = self.plan
        for changed, kind, code, said in ends:
            self.plan = {**before, **changed}
            self.fails(lambda: tables.read("flights"), kind, code, said)

    def test_what_does_not_fit_the_kernel(self) -> None:
        """In a process whose memory is limited as a kernel's is."""
        self.plan["seconds"] = 60
        limited = (
            "import resource, sys; from scrydon import _doors, errors, tables; import pandas\n"
            "_doors.use(_doors.Place(sys.argv[1])); resource.setrlimit(resource.RLIMIT_DATA, (400 << 20,) * 2)\n"
            "try: tables.read('8000000')\n"
            "except errors.TooLarge as refused: print(refused)\n"
            "print(len(tables.read('10')))"
        )
        ran = subprocess.run([sys.executable, "-c", limited, _doors.place().folder], cwd=PYTHON, capture_output=True, text=True, timeout=60)
        said = "What was read of “8000000” does not fit in this kernel’s memory. Name fewer columns (columns=[…]), keep fewer rows "
        self.assertEqual(ran.stdout.splitlines(), [said + "(where=…) or take only the first (limit=…).", "10"], ran.stderr)

    def test_what_would_end_the_kernel(self) -> None:
        """Where all its processes are limited together, and the system ends what takes more: here nothing would."""
        limited = (
            "import os, sys; from scrydon import _doors, _room, errors, tables; import duckdb, pandas\n"
            "_doors.use(_doors.Place(sys.argv[1])); _room._processes = lambda: ['self']\n"
            "os.environ[_room.LIMIT] = str(4 << 30); tables.read('10')\n"
            "os.environ[_room.LIMIT] = str((4 << 30) - _room._of_kernel() + (96 << 20))\n"
            "try: tables.read('2000000', limit=2_000_000)\n"
            "except errors.TooLarge as refused: print(refused)\n"
            "try: tables.sql('select max(a.i * b.i) from range(30000000) a(i) join range(30000000) b(i) on a.i = b.i')\n"
            "except errors.TooLarge as refused: print(refused)\n"
            "print(len(tables.read('10')))"
        )
        ran = subprocess.run([sys.executable, "-c", limited, _doors.place().folder], cwd=PYTHON, capture_output=True, text=True, timeout=60)
        narrow = "What was read of “2000000” does not fit in this kernel’s memory. Name fewer columns (columns=[…]), keep fewer rows "
        group = "This statement does not fit in this kernel’s memory. Keep fewer rows (where …), name fewer columns, or sum up in the statement "
        expected = [narrow + "(where=…) or take only the first (limit=…).", group + "(group by …).", "10"]
        self.assertEqual(ran.stdout.splitlines(), expected, ran.stderr)


def frame(kind: bytes, body: bytes) -> bytes:
    return struct.pack("<cQ", kind, len(body)) + body


class Streams(Case):
    """What a data plane that stumbles may send."""

    BATCH = pa.record_batch({"i": [1, 2, 3]})
    START = frame(b"S", BATCH.schema.serialize().to_pybytes()) + frame(b"B", BATCH.serialize().to_pybytes())
    CUT = (
        "The read of “flights” was cut in the middle, and nothing of it was kept: the data service restarted, or what you may "
        "read has changed. Run the cell again."
    )

    def sent(self, stream: bytes) -> pa.Table:
        self.fresh()
        self.control(lambda line: planned("q"))
        self.listen("data", lambda line: stream if line == b"q\n" else b"")
        return tables.read("flights", as_="arrow")

    def test_whole(self) -> None:
        self.assertEqual(self.sent(self.START + frame(b"E", b'{"rows": 3}')).column("i").to_pylist(), [1, 2, 3])

    def test_cut_anywhere_it_is_an_error(self) -> None:
        whole = self.START + frame(b"E", b'{"rows": 3}')
        for at in (0, 5, 20, len(self.START) - 1, len(self.START), len(self.START) + 9, len(whole) - 1):
            with self.subTest(at):
                self.fails(lambda at=at: self.sent(whole[:at]), errors.Unavailable, "cut", self.CUT)

    def test_other_rows_than_were_sent(self) -> None:
        self.fails(lambda: self.sent(self.START + frame(b"E", b'{"rows": 4}')), errors.Unavailable, "cut", self.CUT)

    def test_reasons(self) -> None:
        revoked = (
            "What you may read of “flights” changed while it was read, so the read was ended and nothing of it was kept. Run the "
            "cell again to read what you may see now."
        )
        busy = "Too many reads are running at once, so “flights” was not read. Run the cell again in a moment."
        failed = "The read of “flights” failed on the server. If it fails again, tell the server’s operator when it did."
        for code, kind, said in (
            ("revoked", errors.Revoked, revoked),
            ("busy", errors.Unavailable, busy),
            ("made-up-later", errors.ScrydonError, failed),
        ):
            self.fails(lambda code=code: self.sent(self.START + frame(b"E", json.dumps({"error": code}).encode())), kind, code, said)

    def test_nonsense(self) -> None:
        said = "The server’s answer was not understood. Restart the kernel; if it goes on, tell the server’s operator."
        for nonsense in (frame(b"B", b"xxxx"), frame(b"S", b"xxxx"), frame(b"E", b"xxxx"), frame(b"E", b"[]"), frame(b"E", b'{"rows": 0}')):
            self.fails(lambda nonsense=nonsense: self.sent(nonsense), errors.ScrydonError, "bad-answer", said)

    def test_silence(self) -> None:
        self.place(_doors.place().folder, silence=0.2)
        self.control(lambda line: planned("q"))
        with socket.socket(socket.AF_UNIX) as silent:
            silent.bind(os.path.join(_doors.place().folder, "data"))
            silent.listen(1)
            said = "The data service sent nothing of “flights” for 0.2 seconds. Run the cell again in a moment."
            self.fails(lambda: tables.read("flights"), errors.Unavailable, "unavailable", said)

    def test_no_data_plane(self) -> None:
        self.control(lambda line: planned("q"))
        said = "The data service did not come back within 0.2 seconds. Run the cell again in a moment."
        began = time.monotonic()
        self.fails(lambda: tables.read("flights"), errors.Unavailable, "unavailable", said)
        self.assertGreaterEqual(time.monotonic() - began, 0.2)
