"""What `artifacts.save` hands over: rows as Arrow, pictures as PNG, all else as bytes. python/dataplane/keeping.py makes of it what is kept."""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Callable
from typing import Any, BinaryIO, TypeVar

import pyarrow as pa

from scrydon import _write
from scrydon._control import ask
from scrydon._written import known
from scrydon.errors import Invalid, TooLarge

MOST = 64 << 20  # bytes
KEPT = _write.Use("no artefact has", "no artefact keeps: remove it, with .dt.tz_convert(None)", f"A table that is kept has {_write.SIX}.")

Fill = Callable[[BinaryIO], None]
R = TypeVar("R")


def saved(obj: object, name: str, parse: Callable[[dict[str, Any]], R]) -> R:
    content, fill = _offered(obj, name)
    asked = {"save": f"s_{secrets.token_urlsafe(18)}", "name": name}
    plan = ask("artefacts.save", {**asked, "content": content}, lambda said: said["plan"])
    _write.deliver(plan, fill, f"The save of “{name}” did not begin in time, and nothing was kept. Run the cell again.")
    late = f"The server does not say what came of the save of “{name}”. Look for it on the page of artefacts before you save it again."
    return known("artefacts.saved", asked, lambda said: None if said["state"] == "waits" else parse(said["artefact"]), late)


def _offered(obj: Any, name: str) -> tuple[dict[str, Any], Fill]:
    """What it is, and what writes it."""
    sources = {cls.__module__.partition(".")[0] for cls in type(obj).__mro__}
    if isinstance(obj, bytes | bytearray | memoryview):
        return _bytes("file", bytes(obj), name)
    if isinstance(obj, os.PathLike):
        return _bytes("file", _of_file(obj), name)
    if isinstance(obj, pa.Table | pa.RecordBatch) or type(obj).__name__ == "DataFrame" and sources & {"pandas", "polars"}:
        return _rows(obj)
    if "matplotlib" in sources and hasattr(obj, "figure"):
        return _bytes("picture", _drawn(lambda target: obj.figure.savefig(target, format="png")), name)
    if "PIL" in sources and hasattr(obj, "save"):
        return _bytes("picture", _drawn(lambda target: obj.save(target, format="PNG")), name)
    if sources & {"plotly", "altair"} and hasattr(obj, "to_json"):
        return _bytes("chart", obj.to_json().encode(), name)
    raise Invalid(f"A {type(obj).__name__} cannot be kept as it is. {_help(obj)}", "bad-question")


def _help(obj: object) -> str:
    if isinstance(obj, str):
        return "Save the file that a path names with pathlib.Path(…), or the text itself with .encode()."
    return "Save a DataFrame, a figure of matplotlib, plotly or altair, an image of Pillow, bytes, or the path of a file."


def _rows(frame: object) -> tuple[dict[str, Any], Fill]:
    offered, kinds = _write.table(frame, KEPT)
    if not offered.column_names:
        raise Invalid("A table that is kept has a column.", "bad-question")
    columns = [(name, kind or "text") for name, kind in zip(offered.column_names, kinds, strict=True)]
    rows = _write.fitted(offered, columns)
    content = {"kind": "table", "columns": [{"name": name, "type": kind} for name, kind in columns]}
    return content, lambda sink: _write.stream(rows, sink)


def _bytes(kind: str, body: bytes, name: str) -> tuple[dict[str, Any], Fill]:
    _fits(len(body), name)

    def fill(sink: BinaryIO) -> None:
        sink.write(body)

    return {"kind": kind}, fill


def _drawn(draw: Callable[[BinaryIO], None]) -> bytes:
    target = io.BytesIO()
    draw(target)
    return target.getvalue()


def _of_file(path: os.PathLike[str]) -> bytes:
    try:
        with open(path, "rb") as file:
            _fits(os.fstat(file.fileno()).st_size, os.fspath(path))
            return file.read(MOST + 1)
    except OSError as error:
        raise Invalid(f"The file “{os.fspath(path)}” cannot be read: {error.strerror}.", "bad-question") from None


def _fits(size: int, name: str) -> None:
    if size > MOST:
        raise TooLarge(f"“{name}” is larger than an artefact may be, {MOST >> 20} MiB, and was not saved. Save less, or in parts.", "artefact-large")
