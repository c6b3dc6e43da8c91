"""What a kernel hands over: it presents the id of an intake at its own door and sends the bytes in frames; they are kept in a file of
ours, bounded by the intake, parsed in a worker that has no data (sandbox.py), and only what the worker gives back is taken in. What is of the kind `bytes` is parsed
by nobody, here or later, and taken in as it came.

Frames as in frames.py, from the kernel: `D` bytes, at most CHUNK of them; then one `E`, JSON: {"bytes": n}, all that were sent. Answered
by one `E`: {} when it was taken in, {"error": reason} when not. What becomes of what was taken in is the gateway's to say (writes.py, keeping.py)."""

import json
import logging
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from dataplane import frames
from dataplane.plans import Intake, Plans, Refused
from dataplane.sandbox import Workers
from dataplane.streams import Running

CHUNK = 1 << 20  # bytes of one frame
WORD = 256  # bytes of the last one
PLACES = 8  # intakes at once, of all kernels: as many files
KEPT = 60.0  # seconds in which the gateway must say what becomes of one

log = logging.getLogger("dataplane")

Said = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Taken:
    intake: Intake
    file: BinaryIO
    until: float


class Intakes:
    """`folder`: where the files are. `running`: shared with what streams, so that a change of rights cuts both."""

    def __init__(self, plans: Plans, running: dict[str, Running], folder: str | None, workers: Workers | None = None) -> None:
        self.plans = plans
        self.running = running
        self.folder = folder
        self.workers = workers or Workers()
        self.said: Said = lambda _: None
        self.taken: dict[str, Taken] = {}
        self.lock = threading.Lock()
        self.busy = 0

    def serve(self, intake: Intake, connection: socket.socket) -> None:
        """Answers one connection, and tells the gateway. What went wrong is said by a reason, never by a value."""
        self.running[intake.id] = Running(intake, connection)
        end, column = "failed", None
        self.said({"intake": {"plan": intake.id, "end": "begun", "column": None}})
        try:
            with self._place():
                self._take(intake, connection)
            end = "taken"
        except Refused as refused:
            end, column = refused.reason, refused.column
        except TimeoutError:
            end = "too-long"
        except OSError:
            end = "cut"
        except Exception as error:
            log.error("an intake failed", extra={"kernel": intake.kernel, "plan": intake.id, "type": type(error).__name__})
        finally:
            self.running.pop(intake.id)
            self.said({"intake": {"plan": intake.id, "end": end, "column": column}})
        frames.end(connection, **({} if end == "taken" else {"error": end}))

    def claim(self, plan_id: str) -> Taken:
        """Once. Whoever claims it closes its file."""
        with self.lock:
            self._sweep()
            taken = self.taken.pop(plan_id, None)
        if taken is None:
            raise Refused("unknown-plan")
        return taken

    def drop(self, plan_id: str) -> None:
        with self.lock:
            taken = self.taken.pop(plan_id, None)
        if taken:
            taken.file.close()

    def clear(self) -> None:
        """Nobody says any more what becomes of them."""
        with self.lock:
            for plan_id in list(self.taken):
                self.taken.pop(plan_id).file.close()

    def _sweep(self) -> None:
        for plan_id in [key for key, taken in self.taken.items() if taken.until <= time.monotonic()]:
            self.taken.pop(plan_id).file.close()

    @contextmanager
    def _place(self) -> Iterator[None]:
        with self.lock:
            self._sweep()
            if self.busy + len(self.taken) >= PLACES:
                raise Refused("busy")
            self.busy += 1
        try:
            yield
        finally:
            with self.lock:
                self.busy -= 1

    def _take(self, intake: Intake, connection: socket.socket) -> None:
        until = time.monotonic() + intake.seconds
        clean = tempfile.TemporaryFile(dir=self.folder)
        try:
            with tempfile.TemporaryFile(dir=self.folder) as raw:
                _spool(connection, raw, intake.size, until)
                raw.seek(0)
                if intake.kind == "bytes":
                    shutil.copyfileobj(raw, clean)
                else:
                    self.workers.run(intake.kind, intake.spec, raw, clean, max(0.0, until - time.monotonic()))
            self.plans.check(intake)
            clean.seek(0)
        except BaseException:
            clean.close()
            raise
        with self.lock:
            self.taken[intake.id] = Taken(intake, clean, time.monotonic() + KEPT)


def _spool(connection: socket.socket, file: BinaryIO, most: int, until: float) -> None:
    came = 0
    while True:
        kind, size = frames.HEAD.unpack(_exactly(connection, frames.HEAD.size, until))
        if kind == b"E" and size <= WORD:
            return _agree(_exactly(connection, size, until), came)
        if kind != b"D" or size > CHUNK:
            raise Refused("not-frames")
        came += size
        if came > most:
            raise Refused("too-large")
        file.write(_exactly(connection, size, until))


def _agree(word: bytes, came: int) -> None:
    try:
        promised = json.loads(word)["bytes"]
    except (ValueError, KeyError, TypeError):
        raise Refused("not-frames") from None
    if promised != came:
        raise Refused("not-frames")


def _exactly(connection: socket.socket, size: int, until: float) -> bytes:
    room = bytearray(size)
    view = memoryview(room)
    while view.nbytes > 0:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        got = connection.recv_into(view)
        if got == 0:
            raise Refused("cut")
        view = view[got:]
    return bytes(room)
