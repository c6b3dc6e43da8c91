"""Record batches in the plainest form: what a sandboxed worker hands back. Nothing in it points anywhere: a number of rows, then for
each column its buffers, each a length and its bytes, of the one size that it can have; no rows end it. So whoever reads it parses no
format that a hostile worker could bend. A picture is as plain: its width and height, then its pixels, row by row."""

import struct
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

ROWS = 131_072  # of one batch, at most
COUNT = struct.Struct("<Q")
MEASURES = struct.Struct("<II")
PIXEL = 4  # bytes: red, green, blue, opacity
OFFSET = 8  # bytes

# The types that policies speak of (protocol/policy/values.ts).
TYPES = {
    "text": pa.large_string(),
    "integer": pa.int64(),
    "real": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}


class Bent(Exception):
    """It is not as it was written here."""


def schema(columns: list[tuple[str, str]]) -> pa.Schema:
    return pa.schema([pa.field(name, TYPES[kind]) for name, kind in columns])


def write(batch: pa.RecordBatch, file: BinaryIO) -> None:
    """Of columns in TYPES, none of them a slice."""
    file.write(COUNT.pack(batch.num_rows))
    for column in batch.columns:
        assert column.offset == 0
        for place, buffer in enumerate(column.buffers()):
            size = 0 if buffer is None else _size(column, place)
            file.write(COUNT.pack(size))
            if buffer is not None:
                file.write(memoryview(buffer)[:size])


def finish(file: BinaryIO) -> None:
    file.write(COUNT.pack(0))


def read(file: BinaryIO, shape: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Raises Bent."""
    while rows := _count(file, ROWS):
        yield pa.record_batch([_column(file, field.type, rows) for field in shape], schema=shape)


def pixels(width: int, height: int, rgba: bytes, file: BinaryIO) -> None:
    assert len(rgba) == PIXEL * width * height
    file.write(MEASURES.pack(width, height))
    file.write(rgba)


def measures(file: BinaryIO, most: int) -> tuple[int, int]:
    """Width and height of a picture of at most so many pixels. Raises Bent."""
    head = file.read(MEASURES.size)
    width, height = MEASURES.unpack(head) if len(head) == MEASURES.size else (0, 0)
    if not 0 < width * height <= most:
        raise Bent
    return width, height


def lines(file: BinaryIO, width: int, height: int) -> Iterator[bytes]:
    """Its rows of pixels, after its measures. Raises Bent."""
    for _ in range(height):
        line = file.read(PIXEL * width)
        if len(line) != PIXEL * width:
            raise Bent
        yield line
    if file.read(1):
        raise Bent


def _size(column: pa.Array, place: int) -> int:
    rows = len(column)
    if place == 0 or pa.types.is_boolean(column.type):
        return _bits(rows)
    if not pa.types.is_large_string(column.type):
        return OFFSET * rows if column.type != pa.date32() else 4 * rows
    offsets = memoryview(column.buffers()[1]).cast("q")
    return OFFSET * (rows + 1) if place == 1 else offsets[rows]


def _bits(rows: int) -> int:
    return (rows + 7) // 8


def _column(file: BinaryIO, kind: pa.DataType, rows: int) -> pa.Array:
    """Arrow itself looks at what is inside: offsets that leave their buffer, text that is none."""
    valid = _buffer(file, {0, _bits(rows)})
    buffers = [valid if valid.size else None]
    if pa.types.is_large_string(kind):
        offsets = _buffer(file, {OFFSET * (rows + 1)})
        buffers += [offsets, _buffer(file, {max(0, memoryview(offsets).cast("q")[rows])})]
    elif pa.types.is_boolean(kind):
        buffers.append(_buffer(file, {_bits(rows)}))
    else:
        buffers.append(_buffer(file, {kind.bit_width // 8 * rows}))
    try:
        column = pa.Array.from_buffers(kind, rows, buffers)
        column.validate(full=True)
    except pa.ArrowException:
        raise Bent from None
    return column


def _buffer(file: BinaryIO, sizes: set[int]) -> pa.Buffer:
    size = _count(file, max(sizes))
    body = file.read(size) if size in sizes else b""
    if len(body) != size or size not in sizes:
        raise Bent
    return pa.py_buffer(body)


def _count(file: BinaryIO, most: int) -> int:
    head = file.read(COUNT.size)
    if len(head) != COUNT.size or COUNT.unpack(head)[0] > most:
        raise Bent
    return COUNT.unpack(head)[0]
