"""What `tables.write`, `artifacts.save` and `inference.predict` hand over: a frame as an Arrow table of the six types, streamed over the kernel's data socket in bounded frames.
python/dataplane/intake.py is the other side."""

from __future__ import annotations

import io
import json
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO, NamedTuple

import pyarrow as pa

from scrydon import _data, _room
from scrydon._doors import place
from scrydon.errors import Invalid, Unavailable

CHUNK = 1 << 20  # bytes of one frame
ROWS = 65_536  # of one record batch

TYPES = {
    "text": pa.large_string(),
    "integer": pa.int64(),
    "real": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
KINDS = (
    ("text", lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)),
    ("integer", pa.types.is_integer),
    ("real", pa.types.is_floating),
    ("boolean", pa.types.is_boolean),
    ("date", pa.types.is_date),
    ("timestamp", pa.types.is_timestamp),
)
CAST = {
    "integer": "has a number beyond 64 bits",
    "real": "has a whole number that a real cannot hold exactly: cast it yourself, with .astype(float)",
    "timestamp": 'has a moment with nanoseconds, or one out of range: round it, with .dt.round("us")',
}


class Use(NamedTuple):
    """What is said of a column that is of no type that there is: "of one that {none}", "which {zone}", and then which types there are."""

    none: str
    zone: str
    types: str


SIX = "text (str), integer (64 bit), real (float), boolean (bool), date and timestamp"
TABLE = Use("no table has", "no table keeps: remove it, with .dt.tz_convert(None)", f"A managed table has {SIX}.")


def _bad(message: str) -> Invalid:
    return Invalid(message, "bad-question")


def new_id() -> str:
    """Of one write: asked again with it, it happens once."""
    return f"w_{secrets.token_urlsafe(18)}"


def table(frame: object, use: Use) -> tuple[pa.Table, list[str | None]]:
    """Its columns, and what each is: one of TYPES, or None where no value says it."""
    names, columns = _columns(frame, use)
    for name in names:
        if not isinstance(name, str):
            raise _bad(f"The name of each column is a str, not a {type(name).__name__}: rename {name!r}.")
    typed = [_typed(name, column, use) for name, column in zip(names, columns, strict=True)]
    return pa.Table.from_arrays([column for column, _ in typed], names=names), [kind for _, kind in typed]


def _columns(frame: Any, use: Use) -> tuple[list[Any], list[Any]]:
    source = type(frame).__module__.partition(".")[0]
    if isinstance(frame, pa.Table | pa.RecordBatch):
        return frame.schema.names, frame.columns
    if source == "pandas" and type(frame).__name__ == "DataFrame":
        return [*frame.columns], [_series(name, frame.iloc[:, place], use) for place, name in enumerate(frame.columns)]
    if source == "polars" and type(frame).__name__ == "DataFrame":
        arrow = frame.to_arrow()
        return arrow.schema.names, arrow.columns
    raise _bad(f"A table is written from a pandas or polars DataFrame or a pyarrow Table, not from a {type(frame).__name__}.")


def _series(name: object, series: Any, use: Use) -> Any:
    """Of pandas. What went wrong is said without a value."""
    try:
        return pa.Array.from_pandas(series)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        raise _bad(f"Column “{name}” ({series.dtype}) holds values of several kinds, or of one that {use.none}. {use.types}") from None


def _typed(name: str, column: Any, use: Use) -> tuple[Any, str | None]:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_null(column.type):
        return column, None
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        raise _bad(f"Column “{name}” has a time zone, which {use.zone}.")
    for kind, fits in KINDS:
        if fits(column.type):
            return _cast(name, column, kind), kind
    raise _bad(f"Column “{name}” is of type {column.type}. {use.types}")


def _cast(name: str, column: Any, kind: str) -> Any:
    try:
        return column.cast(TYPES[kind])
    except pa.ArrowException:
        raise _bad(f"Column “{name}” {CAST.get(kind, 'has a value that does not fit')}.") from None


def expected(said: dict[str, Any], offered: pa.Table) -> tuple[str, list[tuple[str, str]]]:
    """The plan, and the columns as they are to be handed over. KeyError, ValueError: it was not understood."""
    columns = [(column["name"], column["type"]) for column in said["columns"]]
    if [name for name, _ in columns] != offered.column_names or not all(kind in TYPES for _, kind in columns):
        raise ValueError
    return said["plan"], columns


def fitted(offered: pa.Table, expected: list[tuple[str, str]]) -> pa.Table:
    """As the table has its columns: what holds no value is of any type, whole numbers are reals where reals are due."""
    columns = [_cast(name, column, kind) for column, (name, kind) in zip(offered.columns, expected, strict=True)]
    return pa.Table.from_arrays(columns, names=[name for name, _ in expected])


def hand(plan: str, rows: pa.Table, late: str) -> None:
    """As `deliver`."""
    deliver(plan, lambda sink: stream(rows, sink), late)


def stream(rows: pa.Table, sink: BinaryIO) -> None:
    with pa.ipc.new_stream(pa.PythonFile(sink, "w"), rows.schema) as writer:
        writer.write_table(rows, max_chunksize=ROWS)


def deliver(plan: str, fill: Callable[[BinaryIO], None], late: str) -> None:
    """All that `fill` writes, once. What came of it is asked of the gateway afterwards, also where the connection was lost. `late`: what is
    said where the plan was too old."""
    with _data._door() as connection:
        with suppress(OSError):
            connection.sendall(plan.encode() + b"\n")
            _send(connection, fill)
        if _answer(connection) == "unknown-plan":
            raise Unavailable(late, "unknown-plan")


def _send(connection: socket.socket, fill: Callable[[BinaryIO], None]) -> None:
    raw = _Frames(connection)
    with io.BufferedWriter(raw, CHUNK) as sink:
        fill(sink)
        sink.flush()
        raw.frame(b"E", json.dumps({"bytes": raw.sent}).encode())


def _answer(connection: socket.socket) -> str | None:
    """The reason of a refusal; None: it was taken in, or nobody says."""
    connection.settimeout(place().silence)
    for _ in range(2):  # a connection that was closed in our face says so once before it gives what it was sent
        with suppress(OSError, ValueError, _data._Ended):
            said = json.loads(_data._frame(connection, _room.Room())[1].to_pybytes())
            return said.get("error") if isinstance(said, dict) else None
    return None


class _Frames(io.RawIOBase):
    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.sent = 0

    def writable(self) -> bool:
        return True

    def write(self, bytes_: Any) -> int:
        part = memoryview(bytes_)[:CHUNK]
        self.frame(b"D", part)
        self.sent += part.nbytes
        return part.nbytes

    def frame(self, kind: bytes, body: bytes | memoryview) -> None:
        self.connection.sendall(_data.HEAD.pack(kind, len(body)))
        self.connection.sendall(body)
