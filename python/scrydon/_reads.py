"""Reads of managed tables: what is asked, checked and compiled, and what arrives, in the form that was asked for."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scrydon import _room
from scrydon._control import ask
from scrydon._seen import text
from scrydon.errors import Invalid, TooLarge
from scrydon.where import SAFE, compiled

if TYPE_CHECKING:
    import pyarrow

FORMS = ("pandas", "polars", "arrow")


def rows(name: object, columns: object, where: Any, limit: object, as_: str) -> Any:
    """As `tables.read` says."""
    body = {
        "table": text(name, "The name of a table"),
        "columns": _names(columns),
        "where": compiled(where),
        "limit": _rows(limit),
    }
    return _answered("tables.read", body, as_)


def groups(name: object, summaries: Mapping[str, Any], by: Sequence[str], where: Any, order_by: Sequence[str], limit: object, as_: str) -> Any:
    """As `tables.query` says."""
    body = {
        "table": text(name, "The name of a table"),
        "by": _names(by) if by else [],
        "summaries": [_summary(one, of) for one, of in summaries.items()],
        "where": compiled(where),
        "order": [_order(one, {*by, *summaries}) for one in order_by],
        "limit": _rows(limit),
    }
    return _answered("tables.query", body, as_)


def known(form: str) -> None:
    if form not in FORMS:
        raise Invalid(f"as_ is one of {', '.join(FORMS)}.", "bad-question")


def _answered(call: str, body: dict[str, Any], as_: str) -> Any:
    known(as_)
    name = body["table"]
    from scrydon import _data  # before the plan is made, which is not kept for long: pyarrow may not have been imported yet

    return fitting(f"“{name}”", lambda: formed(_data.read(ask(call, body, _plan), name), as_))


def fitting(what: str, made: Callable[[], Any]) -> Any:
    try:
        return made()
    except MemoryError:
        message = f"What was read of {what} does not fit in this kernel’s memory. Name fewer columns (columns=[…]), keep fewer rows "
        raise TooLarge(message + "(where=…) or take only the first (limit=…).", "too-large") from None


def _summary(name: str, of: object) -> dict[str, Any]:
    if isinstance(of, str):
        return {"as": name, "of": of, "column": None}
    if isinstance(of, tuple) and len(of) == 2 and all(isinstance(part, str) for part in of):
        return {"as": name, "of": of[0], "column": of[1]}
    raise Invalid(f'The summary {name!r} is "count" or a pair, as ("mean", "dep_delay").', "bad-question")


def _order(name: str, arriving: set[str]) -> dict[str, Any]:
    descending = name not in arriving and name.startswith("-")
    return {"by": name[1:] if descending else name, "descending": descending}


def _names(columns: Any) -> Sequence[str] | None:
    if columns is None:
        return None
    if isinstance(columns, str):
        raise Invalid(f"columns is a list of names: write columns=[{columns!r}].", "bad-question")
    try:
        names = [text(name, "Each of columns") for name in columns]
    except TypeError:
        raise Invalid(f"columns is a list of names, not a {type(columns).__name__}.", "bad-question") from None
    if not names:
        raise Invalid("columns names no column: leave it out to read all.", "bad-question")
    return names


def _rows(limit: Any) -> int | None:
    if limit is None:
        return None
    try:
        rows = -1 if isinstance(limit, bool) else operator.index(limit)
    except TypeError:
        rows = -1
    if not 0 <= rows <= SAFE:
        raise Invalid("limit is a number of rows: 0 or a positive int.", "bad-question")
    return rows


def _plan(said: dict[str, Any]) -> str:
    return said["plan"]


def formed(table: pyarrow.Table, form: str) -> Any:
    if form == "arrow":
        return table
    _room.need(table.nbytes)  # a second time, while it is made into the other
    if form == "pandas":
        return table.to_pandas()
    import polars

    return polars.from_arrow(table, rechunk=False)
