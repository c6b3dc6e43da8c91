"""Bytes of tables, over the kernel's data socket: a plan is presented once and its answer streams in Arrow's IPC format, in frames
of a kind, a length and a body. python/dataplane/frames.py is the other side."""

import json
import socket
import struct

import pyarrow as pa

from scrydon import _room
from scrydon._doors import connect, patiently, place
from scrydon.errors import ScrydonError, Unavailable, error, not_understood

HEAD = struct.Struct("<cQ")

# What the data plane says when it ends a stream with an error; {table} is filled in.
REASONS = {
    "unknown-plan": "The read of {table} did not begin in time, or the data service restarted before it did. Run the cell again.",
    "revoked": "What you may read of {table} changed while it was read, so the read was ended and nothing of it was kept. "
    "Run the cell again to read what you may see now.",
    "too-large": "What was asked of {table} is larger than one read may be. Name fewer columns (columns=[…]), keep fewer rows "
    "(where=…) or take only the first (limit=…).",
    "too-long": "The read of {table} took longer than one read may. Name fewer columns (columns=[…]), keep fewer rows (where=…) "
    "or take only the first (limit=…).",
    "busy": "Too many reads are running at once, so {table} was not read. Run the cell again in a moment.",
    "failed": "The read of {table} failed on the server. If it fails again, tell the server’s operator when it did.",
    "cut": "The read of {table} was cut in the middle, and nothing of it was kept: the data service restarted, or what you may "
    "read has changed. Run the cell again.",
}


class _Ended(Exception):
    """A stream that is not whole, and why: one of REASONS."""


def read(plan: str, table: str) -> pa.Table:
    """The whole answer to a plan: nothing of one that was cut. MemoryError where it does not fit."""
    with _door() as connection:
        try:
            connection.sendall(plan.encode() + b"\n")
            return _whole(connection)
        except _Ended as ended:
            raise _why(str(ended), table) from None
        except TimeoutError:
            message = f"The data service sent nothing of “{table}” for {place().silence:g} seconds. Run the cell again in a moment."
            raise Unavailable(message, "unavailable") from None
        except OSError:
            raise _why("cut", table) from None
        except MemoryError:
            raise
        except (pa.ArrowException, TypeError, ValueError, AttributeError):
            raise not_understood() from None


def _door() -> socket.socket:
    try:
        return patiently(lambda: connect("data", place().silence), FileNotFoundError)
    except OSError:
        message = f"The data service did not come back within {place().restart:g} seconds. Run the cell again in a moment."
        raise Unavailable(message, "unavailable") from None


def _why(reason: str, table: str) -> ScrydonError:
    return error(reason, REASONS.get(reason, REASONS["failed"]).format(table=f"“{table}”"))


def _whole(connection: socket.socket) -> pa.Table:
    schema, batches, room = None, [], _room.Room()
    while True:
        kind, body = _frame(connection, room)
        if kind == b"S":
            schema = pa.ipc.read_schema(body)
        elif kind == b"B":
            batches.append(pa.ipc.read_record_batch(body, schema))
        else:
            _check(json.loads(body.to_pybytes()), sum(batch.num_rows for batch in batches))
            return pa.Table.from_batches(batches, schema)


def _check(end: dict[str, int | str], rows: int) -> None:
    if "error" in end:
        raise _Ended(end["error"])
    if end.get("rows") != rows:
        raise _Ended("cut")


def _frame(connection: socket.socket, room: _room.Room) -> tuple[bytes, pa.Buffer]:
    head = bytearray(HEAD.size)
    _fill(connection, memoryview(head))
    kind, size = HEAD.unpack(head)
    room.take(size)
    body = pa.allocate_buffer(size)
    _fill(connection, memoryview(body))
    return kind, body


def _fill(connection: socket.socket, room: memoryview) -> None:
    """Straight into where it stays: bytes of a table are not copied again."""
    while room.nbytes > 0:
        got = connection.recv_into(room)
        if got == 0:
            raise _Ended("cut")
        room = room[got:]
