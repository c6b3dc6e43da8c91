"""What holds a worker, and what is taken from one: its confinement, what it hands back, and the epochs it counts in."""

import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest

from dataplane import flat
from dataplane.plans import Plans, Refused
from dataplane.sandbox import Workers
from tests.test_dataplane import DEADLINE
from tests.test_dataplane_write import COLUMNS, ROWS, stream


class Flat(unittest.TestCase):
    """What a worker that is no longer ours could hand back."""

    def bent(self, written: bytes) -> None:
        with tempfile.TemporaryFile() as file:
            file.write(written)
            file.seek(0)
            with self.assertRaises(flat.Bent):
                list(flat.read(file, flat.schema([("s", "text")])))

    def written(self, *buffers: bytes, rows: int = 2) -> bytes:
        return flat.COUNT.pack(rows) + b"".join(flat.COUNT.pack(len(one)) + one for one in buffers)

    def test_nothing_that_points_elsewhere_is_taken(self) -> None:
        whole = self.written(b"", struct.pack("<qqq", 0, 1, 2), b"ab") + flat.COUNT.pack(0)
        with tempfile.TemporaryFile() as file:
            file.write(whole)
            file.seek(0)
            self.assertEqual([batch.to_pydict() for batch in flat.read(file, flat.schema([("s", "text")]))], [{"s": ["a", "b"]}])
        for size in range(len(whole)):
            self.bent(whole[:size])
        self.bent(self.written(b"", struct.pack("<qqq", 0, 1 << 40, 2), b"ab"))
        self.bent(self.written(b"", struct.pack("<qqq", 0, 2, 1 << 40), b"ab"))
        self.bent(self.written(b"", struct.pack("<qqq", 0, 1, -1), b""))
        self.bent(self.written(b"", struct.pack("<qqq", -1, 1, 2), b"ab"))
        self.bent(self.written(b"", struct.pack("<qqq", 0, 1, 2), b"\xff\xff"))
        self.bent(self.written(b"xx", struct.pack("<qqq", 0, 1, 2), b"ab"))
        self.bent(self.written(b"", b"", b"", rows=flat.ROWS + 1))


class Confined(unittest.TestCase):
    """What a worker may do once it reads."""

    PROBE = """
import os, socket, sys, json
sys.path.insert(0, sys.argv[1])
from dataplane import worker
tries = {
    "a file": lambda: open("/etc/passwd"), "a socket": lambda: socket.socket(), "a fork": lambda: os.fork(),
    "a program": lambda: os.execv("/bin/true", ["true"]), "a signal": lambda: os.kill(os.getppid(), 0), "memory": lambda: bytearray(1 << 30),
    "much output": lambda: [os.write(1, bytes(1 << 16)) for _ in range(100)],
    "root": lambda: os.setuid(0) if os.getuid() else (_ for _ in ()).throw(PermissionError()),
}
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
worker.confine(1 << 20, 60_999 if os.getuid() == 0 else None)
came = {}
for name, attempt in tries.items():
    try:
        attempt()
        came[name] = "done"
    except BaseException as error:
        came[name] = type(error).__name__
os.write(2, json.dumps(came).encode())
os._exit(0)
"""

    def test_nothing_but_its_input_and_its_output(self) -> None:
        here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        with tempfile.TemporaryFile() as out:
            ran = subprocess.run([sys.executable, "-c", self.PROBE, here], stdout=out, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=DEADLINE)
        came = json.loads(ran.stderr)
        self.assertEqual(came.pop("memory"), "MemoryError")
        self.assertEqual(came.pop("much output"), "OSError")
        self.assertEqual(came.pop("a fork"), "BlockingIOError")
        self.assertEqual(set(came.values()), {"PermissionError"}, came)

    def test_with_bubblewrap_and_without(self) -> None:
        for workers in (Workers(), Workers("/nowhere/bwrap")):
            with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
                source.write(stream(ROWS))
                source.seek(0)
                workers.run("arrow", {"columns": COLUMNS, "rows": 3}, source, target, DEADLINE)
                target.seek(0)
                self.assertEqual([batch.to_pydict() for batch in flat.read(target, flat.schema([("s", "text"), ("i", "integer")]))], [ROWS.to_pydict()])


class Rules(unittest.TestCase):
    def test_epochs(self) -> None:
        plans = Plans(policy=5, rights={"k": 1})
        plans.turn(7, since=5)
        plans.turn(8, since=7, about=["t:b"])
        for epoch in (5, 6, 7, 8):
            plans.allow("k", epoch, 1, ["t:a"])
        for epoch in (4, 9):
            with self.assertRaises(Refused):
                plans.allow("k", epoch, 1, ["t:a"])
        for change in ((9, None), (11, 10)):
            plans.turn(*change)
            with self.assertRaises(Refused):
                plans.allow("k", change[0] - 1, 1, ["t:a"])
        plans.turn(3)
        plans.allow("k", 11, 1, ["t:a"])
