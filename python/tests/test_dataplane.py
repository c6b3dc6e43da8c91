"""The data plane as a kernel and a gateway meet it: real sockets, a real engine."""

import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from contextlib import suppress
from typing import Any

import pyarrow as pa

from dataplane import frames, main
from dataplane.duckdb_engine import DuckDb
from dataplane.engine import Stop, Stopped, running
from dataplane.gateway import ASKS
from dataplane.plans import Plan, Plans, Refused
from tests.postgres_server import postgres

MAIN = main.__file__
DEADLINE = 30
ENDLESS = "SELECT i FROM range(10000000000) t(i)"
AHEAD = 8  # batches, of a megabyte: more than may be on their way


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def plan(plan_id: str = "q", kernel: str = "k", sql: str = "SELECT 1 AS a", **changed: Any) -> dict[str, Any]:
    base = {"id": plan_id, "kernel": kernel, "sql": sql, "parameters": [], "life": 5, "seconds": 10}
    return {**base, "rows": None, "size": 1 << 30, "policy": 1, "rights": 1, "about": ["t:a", "p:one"], **changed}


class House:
    """The data plane in a process of its own, a gateway's connection to it, and two kernels' doors."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp()
        path = os.path.join(self.folder, "gateway")
        arguments = [MAIN, "--socket", path, "--tables", os.path.join(self.folder, "tables"), "--artefacts", os.path.join(self.folder, "artefacts")]
        self.process = subprocess.Popen([sys.executable, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert self.process.stdout
        self.process.stdout.readline()  # it listens
        self.connect()
        self.say(op="epochs", policy=1, rights={})
        for kernel in ("k", "other"):
            self.say(op="kernel", kernel=kernel, path=self.door(kernel), rights=1)

    def connect(self) -> None:
        self.asked = 0  # the id of the newest request
        self.done: list[dict[str, Any]] = []
        self.client = socket.socket(socket.AF_UNIX)
        self.client.settimeout(DEADLINE)
        self.client.connect(os.path.join(self.folder, "gateway"))
        self.lines = self.client.makefile("rb")

    def leave(self) -> None:
        self.lines.close()
        self.client.close()

    def end(self) -> str:
        """Answers what it logged."""
        self.leave()
        said = self.process.communicate(timeout=DEADLINE)[1]
        shutil.rmtree(self.folder)
        return said.decode()

    def door(self, kernel: str) -> str:
        os.makedirs(os.path.join(self.folder, kernel), exist_ok=True)
        return os.path.join(self.folder, kernel, "data")

    def say(self, **request: Any) -> dict[str, Any]:
        self.send(**request)
        while "done" in (said := self.line()):
            self.done.append(said["done"])
        assert said.pop("id") == self.asked
        return said

    def send(self, **request: Any) -> None:
        self.asked += 1
        self.client.sendall(json.dumps({"id": self.asked, **request}).encode() + b"\n")

    def line(self) -> dict[str, Any]:
        return json.loads(self.lines.readline())

    def present(self, plan_id: str, kernel: str = "k") -> "Stream":
        return Stream(self.door(kernel), plan_id.encode() + b"\n")


class Stream:
    def __init__(self, door: str, said: bytes) -> None:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(DEADLINE)
            connection.connect(door)
            connection.sendall(said)
            self.file = connection.makefile("rb")

    def frame(self) -> tuple[bytes, bytes]:
        """Empty: it was cut."""
        head = self.file.read(frames.HEAD.size)
        if len(head) < frames.HEAD.size:
            return b"", b""
        kind, size = struct.unpack("<cQ", head)
        body = self.file.read(size)
        return (kind, body) if len(body) == size else (b"", b"")

    def read(self, schema: pa.Schema | None = None) -> tuple[pa.Table | None, dict[str, Any]]:
        batches = []
        with self.file:
            while True:
                kind, body = self.frame()
                if kind == b"S":
                    schema = pa.ipc.read_schema(pa.py_buffer(body))
                elif kind == b"B":
                    batches.append(pa.ipc.read_record_batch(pa.py_buffer(body), schema))
                else:
                    return (pa.Table.from_batches(batches, schema) if schema else None), json.loads(body or "{}")


class Waiting(unittest.TestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.plans = Plans(self.clock, policy=1, rights={"k": 1})

    def refused(self, reason: str, kernel: str = "k") -> None:
        with self.assertRaises(Refused) as caught:
            self.plans.take(kernel, "q")
        self.assertEqual(caught.exception.reason, reason)

    def test_once(self) -> None:
        self.plans.add(Plan(**plan()))
        self.assertEqual(self.plans.take("k", "q").id, "q")
        self.refused("unknown-plan")

    def test_of_another_kernel_it_is_unknown_and_stays_whole(self) -> None:
        self.plans.add(Plan(**plan()))
        self.refused("unknown-plan", "other")
        self.assertEqual(self.plans.take("k", "q").id, "q")

    def test_life(self) -> None:
        self.plans.add(Plan(**plan()))
        self.clock.at = 5.0
        self.refused("unknown-plan")

    def test_an_epoch_later(self) -> None:
        for change in ({"policy": 2}, {"rights": {"k": 2}}, {"rights": {}}):
            self.plans = Plans(self.clock, **{"policy": 1, "rights": {"k": 1}, **change})
            self.plans.add(Plan(**plan()))
            self.refused("revoked")

    def test_an_edit_of_what_it_is_about(self) -> None:
        for about in (["t:a"], ["x", "p:one"]):
            self.plans.reset(1)
            self.plans.add(Plan(**plan()))
            self.plans.turn(2, 1, about)
            self.refused("revoked")

    def test_an_edit_of_anything_else(self) -> None:
        self.plans.add(Plan(**plan()))
        self.plans.turn(2, 1, ["t:b"])
        self.plans.turn(3, 2, ["p:two"])
        self.assertEqual(self.plans.take("k", "q").id, "q")

    def test_about_nothing_it_is_about_everything(self) -> None:
        self.plans.add(Plan(**plan(about=[])))
        self.plans.turn(2, 1, ["t:b"])
        self.refused("revoked")

    def test_an_edit_that_does_not_follow_the_last_known_is_about_everything(self) -> None:
        for since in (None, 0, 2):
            self.plans.reset(1)
            self.plans.add(Plan(**plan()))
            self.plans.turn(3, since, ["t:b"])
            self.refused("revoked")


class Stopping(unittest.TestCase):
    def test_an_engine_that_did_not_hear_is_told_again(self) -> None:
        stop, told, heard = Stop(), [0], threading.Event()

        def end() -> None:
            told[0] += 1
            if told[0] == 2:
                heard.set()

        with self.assertRaises(Stopped), running(60, stop, end):
            asking = threading.Thread(target=stop.now)
            asking.start()
            self.assertTrue(heard.wait(DEADLINE))
            raise RuntimeError("what an engine says that was ended")
        asking.join(DEADLINE)
        self.assertFalse(asking.is_alive())

    def test_asked_before_it_runs(self) -> None:
        stop = Stop()
        stop.now()
        with self.assertRaises(Stopped), running(60, stop, lambda: None) as check:
            check()


class Stored(unittest.TestCase):
    def setUp(self) -> None:
        self.engine = DuckDb(":memory:", "256MB", 1)
        self.addCleanup(self.engine.connection.close)

    def test_every_column_is_of_a_type_that_policies_speak_of(self) -> None:
        table = pa.table({
            'odd "name"': pa.array(["a", None]),
            "small": pa.array([1, None], pa.int8()),
            "single": pa.array([0.5, None], pa.float32()),
            "flag": [True, None],
            "day": pa.array([0, None], pa.date32()),
            "at": pa.array([1, None], pa.timestamp("ms")),
        })
        self.engine.create('a "table"', table)
        kinds = ["text", "integer", "real", "boolean", "date", "timestamp"]
        self.assertEqual(self.engine.tables(), {'a "table"': list(zip(table.column_names, kinds, strict=True))})

    def test_a_column_of_another_type_leaves_no_table(self) -> None:
        with self.assertRaises(ValueError):
            self.engine.create("t", pa.table({"a": [[1]]}))
        self.assertEqual(self.engine.tables(), {})


class Served(unittest.TestCase):
    def setUp(self) -> None:
        self.house = House()
        self.addCleanup(self.check)

    def check(self) -> None:
        self.assertNotIn("secret", self.house.end())

    def test_a_plan_streams_once_at_its_own_door(self) -> None:
        sql = "SELECT i, CAST(i AS VARCHAR) AS text FROM range(300000) t(i) WHERE i >= $1 ORDER BY i"
        self.house.say(op="plan", plan=plan(sql=sql, parameters=[{"type": "integer", "value": 5}]))
        _, refused = self.house.present("q", "other").read()
        self.assertEqual(refused, {"error": "unknown-plan"})
        table, said = self.house.present("q").read()
        assert table is not None
        self.assertEqual(said, {"rows": 299_995})
        self.assertEqual(table.column("i").to_pylist(), list(range(5, 300_000)))
        self.assertEqual(self.house.present("q").read(), (None, {"error": "unknown-plan"}))
        self.house.say(op="tables")
        self.assertEqual(self.house.done, [{"plan": "q", "rows": 299_995, "end": "complete"}])

    def test_rows_and_bytes_are_bounded(self) -> None:
        for limit in ({"rows": 1000}, {"size": 1000}):
            self.house.say(op="plan", plan=plan(sql="SELECT i FROM range(1000000) t(i)", **limit))
            self.assertEqual(self.house.present("q").read()[1], {"error": "too-large"})
        self.house.say(op="plan", plan=plan(sql="SELECT i FROM range(1000000) t(i)", rows=None, size=None))
        self.assertEqual(self.house.present("q").read()[1], {"rows": 1_000_000})

    def test_time_is_bounded(self) -> None:
        sql = "SELECT sum((i * j) % 7) FROM range(1000000) a(i), range(1000000) b(j)"
        self.house.say(op="plan", plan=plan(sql=sql, seconds=0.3))
        self.assertEqual(self.house.present("q").read()[1], {"error": "too-long"})
        self.house.say(op="plan", plan=plan(sql=ENDLESS, seconds=0.5, size=None))
        self.assertEqual(self.house.present("q").read()[1], {"error": "too-long"})  # in the middle of its rows

    def test_what_fails_says_no_value(self) -> None:
        self.house.say(op="plan", plan=plan(sql="SELECT CAST('secret' AS INTEGER)"))
        self.assertEqual(self.house.present("q").read()[1], {"error": "failed"})

    def test_a_changed_policy_cuts_a_running_stream(self) -> None:
        changes: list[dict[str, Any]] = [
            {"op": "policy", "epoch": 2},
            {"op": "kernel", "kernel": "k", "path": self.house.door("k"), "rights": 2},
            {"op": "forget", "kernel": "k"},
        ]
        for change in changes:
            self.house.say(op="epochs", policy=1, rights={"k": 1})
            self.house.say(op="kernel", kernel="k", path=self.house.door("k"), rights=1)
            self.house.say(op="plan", plan=plan(sql=ENDLESS))
            stream = self.house.present("q")
            self.assertEqual(stream.frame()[0], b"S")
            self.house.say(**change)
            _, said = stream.read(pa.schema({"i": pa.int64()}))
            self.assertNotIn("rows", said)

    def test_a_changed_policy_ends_what_has_not_answered_yet(self) -> None:
        sql = "SELECT sum((i * j) % 7) FROM range(1000000) a(i), range(1000000) b(j)"
        self.house.say(op="plan", plan=plan(sql=sql, seconds=60))
        stream = self.house.present("q")
        self.house.say(op="tables")
        self.house.say(op="policy", epoch=2)
        self.assertEqual(stream.frame(), (b"", b""))
        changed = time.monotonic()
        while not self.house.done:  # until it has ended in the engine, too
            self.house.say(op="tables")
        self.assertLess(time.monotonic() - changed, DEADLINE)
        self.assertEqual(self.house.done, [{"plan": "q", "rows": 0, "end": "cut"}])

    def test_it_says_which_engine_it_has(self) -> None:
        self.assertEqual(self.house.say(op="epochs", policy=1, rights={}), {"ok": True, "engine": "duckdb", "writes": True})

    def test_an_edit_cuts_what_was_decided_about_it_and_leaves_the_rest(self) -> None:
        for about, cut in ((["t:a"], {"q"}), (["p:two"], {"other"}), ([], set()), (["t:c"], set())):
            self.house.say(op="epochs", policy=1, rights={"k": 1})
            self.house.say(op="plan", plan=plan(sql=ENDLESS, size=None))
            self.house.say(op="plan", plan=plan("other", sql=ENDLESS, size=None, about=["t:b", "p:two"]))
            streams = {plan_id: self.house.present(plan_id) for plan_id in ("q", "other")}
            for stream in streams.values():
                self.assertEqual(stream.frame()[0], b"S")
            self.house.say(op="policy", epoch=2, since=1, about=about)
            for plan_id, stream in streams.items():
                goes_on = all(stream.frame()[0] == b"B" for _ in range(AHEAD))
                self.assertEqual(goes_on, plan_id not in cut, (about, plan_id))
                stream.file.close()

    def test_a_gateway_that_goes_takes_its_plans_and_then_what_runs_with_it(self) -> None:
        self.house.say(op="plan", plan=plan("waiting"))
        self.house.say(op="plan", plan=plan(sql=ENDLESS))
        stream = self.house.present("q")
        self.assertEqual(stream.frame()[0], b"S")
        self.house.leave()
        self.assertNotIn("rows", stream.read(pa.schema({"i": pa.int64()}))[1])
        self.house.connect()
        self.house.say(op="epochs", policy=1, rights={"k": 1})
        self.assertEqual(self.house.present("waiting").read()[1], {"error": "unknown-plan"})

    def test_what_takes_its_time_keeps_nothing_waiting(self) -> None:
        slow = [{"op": "ask", "sql": f"SELECT count(*) FROM ({ENDLESS}) WHERE i % 7 = 8", "parameters": [], "seconds": 5}] * ASKS
        for request in slow:
            self.house.send(**request)
        self.assertEqual(self.house.say(**slow[0]), {"error": "busy"})
        self.house.say(op="plan", plan=plan())
        self.assertEqual(self.house.present("q").read()[1], {"rows": 1})
        self.house.send(op="policy", epoch=2)
        said = [self.house.line() for _ in range(ASKS + 2)]
        first = [one["id"] for one in said if "ok" in one]
        self.assertEqual(first, [self.house.asked])
        self.assertEqual(sorted(one["id"] for one in said if one.get("error") == "failed"), list(range(first[0] - ASKS - 2, first[0] - 2)))
        self.assertEqual([one["done"]["plan"] for one in said if "done" in one], ["q"])

    def test_nonsense_at_a_door_is_left_alone(self) -> None:
        for nonsense in (b"\n", b"x" * 1000, b"\xff\xfe\n"):
            with suppress(ConnectionError):
                Stream(self.house.door("k"), nonsense).read()
        self.house.say(op="plan", plan=plan())
        self.assertEqual(self.house.present("q").read()[1], {"rows": 1})

    def test_nothing_outside_the_database_can_be_named(self) -> None:
        for sql in (
            "SELECT * FROM read_csv('/etc/passwd')",
            "SELECT * FROM '/etc/passwd'",
            "COPY (SELECT 1) TO '/tmp/out.csv'",
            "ATTACH '/tmp/other.db' AS other",
            "INSTALL httpfs",
            "SET enable_external_access = true",
        ):
            self.house.say(op="plan", plan=plan(sql=sql))
            self.assertEqual(self.house.present("q").read(), (None, {"error": "failed"}), sql)


class Configured(unittest.TestCase):
    def started(self, **env: str) -> tuple[int, str]:
        """How it ends, and what it says."""
        with tempfile.TemporaryDirectory() as folder:
            arguments = [MAIN, "--socket", os.path.join(folder, "gateway"), "--tables", folder, "--artefacts", os.path.join(folder, "artefacts")]
            run = [sys.executable, *arguments]
            ended = subprocess.run(run, stdin=subprocess.DEVNULL, capture_output=True, timeout=DEADLINE, env={**os.environ, **env})
            return ended.returncode, ended.stderr.decode()

    def test_an_address_of_something_else_will_never_do(self) -> None:
        code, said = self.started(SCRYDON_TABLES="mysql://me:secret@host/tables")
        self.assertEqual((code, "secret" in said), (78, False))
        self.assertIn("must be a postgresql:// address", said)

    def test_a_server_that_is_away_may_come(self) -> None:
        code, said = self.started(SCRYDON_TABLES="postgresql:///tables?host=/nowhere&password=secret")
        self.assertEqual((code, "secret" in said), (1, False))
        self.assertIn("cannot be signed in to", said)

    def test_a_role_that_nothing_holds_will_never_do(self) -> None:
        with postgres() as server:
            code, said = self.started(SCRYDON_TABLES=server.superuser)
        self.assertEqual(code, 78)
        self.assertIn("bypasses row level security", said)

    def test_without_the_canary_somebody_must_be_able_to_make_it(self) -> None:
        with postgres() as server:
            code, said = self.started(SCRYDON_TABLES=server.plane)
            self.assertEqual(code, 78)
            self.assertIn("there is no table scrydon_canary", said)
            made, _ = self.started(SCRYDON_TABLES=server.plane, SCRYDON_TABLES_OWNER=server.owner)
            self.assertEqual([made, self.started(SCRYDON_TABLES=server.plane)[0]], [0, 0])
