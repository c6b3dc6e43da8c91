"""Parses what a kernel handed over, in a process that is thrown away: it has no data, no network, no files but its input and its
output, and, where the data plane is root, a user id of nobody else's. Everything is imported before the first byte is looked at; then
every privilege is given up, and only then is it read. Run by sandbox.py:

  python worker.py <kind> <spec, JSON>   input: what was handed over; output: what is taken in; error output: why not, JSON

Kinds: `arrow`, a stream in Arrow's IPC format -> flat.py; spec {"columns": [[name, type], …], "rows": most}. `picture`, a PNG -> its
pixels in flat.py; spec {"pixels": most}."""

import importlib
import json
import os
import resource
import struct
import sys
import zlib
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from dataplane import flat  # noqa: E402
from launcher import native, seccomp  # noqa: E402

MEMORY = 512 << 20  # bytes that it may allocate
PROCESSOR = 120  # seconds
EMPTY_SETS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")

# What the kernels' filter allows and this needs no more, once all is imported: (x86_64, aarch64)
SHUT = {
    "open": (2, None),
    "creat": (85, None),
    "openat": (257, 56),
    "openat2": (437, 437),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, None),
    "vfork": (58, None),
    "kill": (62, 129),
    "tkill": (200, 130),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "mknodat": (259, 33),
    "linkat": (265, 37),
    "symlinkat": (266, 36),
    "mkdirat": (258, 34),
}

# The days and microseconds of the years 1 to 9999: what is written as YYYY-MM-DD by everything that reads it.
DAY = 86_400_000_000
DAYS = (-719_162, 2_932_896)
BOUNDS = {"date": DAYS, "timestamp": (DAYS[0] * DAY, (DAYS[1] + 1) * DAY - 1)}
STORED = {"date": pa.int32(), "timestamp": pa.int64()}


class Unfit(Exception):
    """A reason, and the place of the column it is about."""

    def __init__(self, reason: str, column: int | None = None) -> None:
        super().__init__(reason, column)


def arrow(source: BinaryIO, target: BinaryIO, spec: dict[str, Any]) -> None:
    options = pa.ipc.IpcReadOptions(use_threads=False)
    try:
        with pa.ipc.open_stream(source, options=options) as reader:
            _shaped(reader.schema, spec["columns"])
            rows = 0
            for batch in reader:
                rows += batch.num_rows
                if rows > spec["rows"]:
                    raise Unfit("too-many-rows")
                batch.validate(full=True)
                for start in range(0, batch.num_rows, flat.ROWS):
                    flat.write(_clean(batch.slice(start, flat.ROWS), spec["columns"]), target)
    except MemoryError:
        raise Unfit("too-large") from None
    except (pa.ArrowException, OSError, ValueError):
        raise Unfit("not-arrow") from None
    flat.finish(target)


def _shaped(came: pa.Schema, columns: list[list[str]]) -> None:
    if came.names != [name for name, _ in columns]:
        raise Unfit("other-columns")
    for place, (_, kind) in enumerate(columns):
        if came.field(place).type not in (flat.TYPES[kind], *([pa.string()] if kind == "text" else [])):
            raise Unfit("other-columns", place)


def _clean(batch: pa.RecordBatch, columns: list[list[str]]) -> pa.RecordBatch:
    cleaned = [_column(batch.column(place), kind, place) for place, (_, kind) in enumerate(columns)]
    return pa.record_batch(cleaned, schema=flat.schema([(name, kind) for name, kind in columns]))


def _column(column: pa.Array, kind: str, place: int) -> pa.Array:
    if kind == "text" and pc.any(pc.match_substring(column, "\0")).as_py():
        raise Unfit("bad-value", place)
    if kind in BOUNDS:
        low, high = BOUNDS[kind]
        found = pc.min_max(column.cast(STORED[kind])).as_py()
        if found["min"] is not None and not low <= found["min"] <= found["max"] <= high:
            raise Unfit("bad-value", place)
    cast = column.cast(flat.TYPES[kind])
    return cast if cast.offset == 0 else cast.take(pa.array(range(len(cast)), pa.int64()))


def picture(source: BinaryIO, target: BinaryIO, spec: dict[str, Any]) -> None:
    from PIL.PngImagePlugin import PngImageFile  # no other format is tried; imported by main, before nothing can be opened any more

    try:
        with PngImageFile(source) as image:
            width, height = image.size
            if width * height > spec["pixels"]:
                raise Unfit("too-large")
            rgba = image.convert("RGBA").tobytes()
    except MemoryError:
        raise Unfit("too-large") from None
    except (OSError, SyntaxError, ValueError, struct.error, zlib.error, EOFError, KeyError, IndexError):
        raise Unfit("not-picture") from None
    flat.pixels(width, height, rgba, target)


KINDS = {"arrow": arrow, "picture": picture}
READERS = {"picture": "PIL.PngImagePlugin"}


def confine(output: int, uid: int | None) -> None:
    """Gives up all that this process does not need, and looks whether it is gone. `uid`: whom root becomes."""
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: output,
        resource.RLIMIT_DATA: MEMORY,
        resource.RLIMIT_CPU: PROCESSOR,
        resource.RLIMIT_NPROC: 0,
    }
    for which, most in limits.items():
        resource.setrlimit(which, (most, most))
    native.close_all_but(set())
    native.prctl(native.PR_SET_DUMPABLE, 0)
    if uid is not None:
        os.setgroups([])
        native.drop_bounding_set()
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        native.drop_capabilities()
    with open("/proc/self/status") as status:  # nothing can be opened after the filter
        native.prctl(native.PR_SET_NO_NEW_PRIVS, 1)
        native.install_filter(seccomp.program(also=SHUT))
        seen = {key: value.strip() for key, _, value in (line.partition(":") for line in status)}
    if seen["NoNewPrivs"] != "1" or seen["Seccomp"] != "2" or (uid is not None and any(int(seen[name], 16) for name in EMPTY_SETS)):
        raise RuntimeError("a worker is not confined")


def main() -> None:
    kind, spec = sys.argv[1], json.loads(sys.argv[2])
    make = KINDS[kind]
    if kind in READERS:
        importlib.import_module(READERS[kind])
    said: dict[str, Any] = {}
    try:
        confine(spec["output"], spec["uid"])
        with os.fdopen(0, "rb") as source, os.fdopen(1, "wb") as target:
            make(source, target, spec)
    except Unfit as unfit:
        said = {"error": unfit.args[0], "column": unfit.args[1]}
    except BaseException as error:
        said = {"error": "failed", "type": type(error).__name__}
    os.write(2, json.dumps(said).encode())
    os._exit(1 if said else 0)


if __name__ == "__main__":
    main()
