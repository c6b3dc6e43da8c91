"""One SELECT over managed tables, in the kernel's own DuckDB. The statement is bound on empty tables first, so that a mistake reads
nothing; then what it speaks of is read as `tables.read` reads it, masked by the server, and DuckDB runs the whole of it here.
What is asked with a read (columns, filters, a limit) only leaves out what cannot change the result."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from scrydon import _reads, _room, _seen
from scrydon._lowered import Lowered, lowered
from scrydon._pushed import Columns, column_of, pushed
from scrydon._statement import Node, Spoken, fold, spoken
from scrydon.errors import Invalid, NotFound, ScrydonError, TooLarge

ONE = "tables.sql runs one SELECT; this is {what}. "
INSTEAD = "It changes nothing: make dataframes of results, and query those with frames={…}."
SETTINGS = {"python_enable_replacements": "false", "autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
TYPES = {
    "text": pa.string(),
    "integer": pa.int64(),
    "real": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
MISTAKES = (duckdb.ParserException, duckdb.SyntaxException, duckdb.BinderException, duckdb.CatalogException)
LARGE = 1 << 40  # bytes that are as good as no limit
NO_ROOM = (
    "This statement does not fit in this kernel’s memory. Keep fewer rows (where …), name fewer columns, or sum up in the statement "
    "(group by …)."
)


@dataclass(frozen=True)
class Seen:
    """A managed table as it is now: its own name, and its columns as the person sees them."""

    name: str
    columns: Columns


def run(query: str, frames: Mapping[str, Any]) -> pa.Table:
    """What the statement answers."""
    return _in_duckdb(frames, lambda local: _answer(local, query, {fold(name) for name in frames}))


def explain(query: str) -> pa.Table:
    """How DuckDB would run it, over empty tables: no row is read."""

    def plan(local: duckdb.DuckDBPyConnection) -> pa.Table:
        said = _parsed(local, query)
        _empty(local, _named(said, set()))
        return local.sql(f"EXPLAIN {query}").to_arrow_table()

    return _in_duckdb({}, plan)


def _in_duckdb(frames: Mapping[str, Any], work: Callable[[duckdb.DuckDBPyConnection], pa.Table]) -> pa.Table:
    with _engine(os.getpid()).cursor() as local:
        try:
            _limit_memory(local)
            for name, frame in frames.items():
                local.register(name, _frame(name, frame))
            return work(local)
        except MISTAKES as error:
            raise Invalid(str(error).partition("\n\nLINE")[0], "bad-question") from None
        except (duckdb.OutOfMemoryException, MemoryError):
            raise TooLarge(NO_ROOM, "too-large") from None
        except duckdb.Error as error:  # what failed on values of the rows, in DuckDB's words: they are the person's to see
            raise error.with_traceback(None) from None


@cache
def _engine(pid: int) -> duckdb.DuckDBPyConnection:
    """An empty one, for cursors: each has its own tables. Not that of the process which this one was forked from."""
    return duckdb.connect(":memory:", config=SETTINGS)


def _answer(local: duckdb.DuckDBPyConnection, query: str, framed: set[str]) -> pa.Table:
    said = _parsed(local, query)
    seen = _named(said, framed)
    _empty(local, seen)
    bound = local.sql(query)  # names and types of the result; a mistake ends here
    columns = {name: table.columns for name, table in seen.items()}
    summed = lowered(said, columns) if all(fold(place.name) in seen for place in said.places) else None
    answer = _summed(local, summed, seen, bound) if summed else None
    return _plain(answer if answer is not None else _whole(local, query, said, seen))


def _parsed(local: duckdb.DuckDBPyConnection, query: str) -> Spoken:
    if not isinstance(query, str):
        raise Invalid(f"A statement is a str, not a {type(query).__name__}.", "bad-question")
    kinds = [statement.type.name.removesuffix("_STATEMENT") for statement in duckdb.extract_statements(query)]
    if kinds != ["SELECT"]:
        what = {0: "nothing", 1: "".join(kinds)}.get(len(kinds), f"{len(kinds)} statements")
        raise Invalid(ONE.format(what=what) + INSTEAD, "bad-question")
    found = local.execute("SELECT json_serialize_sql(?, skip_null := true, skip_empty := true)", [query]).fetchall()
    parsed = json.loads(found[0][0])
    if parsed["error"]:
        raise Invalid(f"This cannot be asked of tables: {parsed['error_message']}", "bad-question")
    said = spoken(parsed["statements"][0]["node"])
    if said.qualified:
        raise Invalid(
            f"Managed tables have no schema: write {said.qualified[0].rpartition('.')[2]} for {said.qualified[0]}.", "bad-question"
        )
    return said


def _named(said: Spoken, framed: set[str]) -> dict[str, Seen]:
    """The managed tables of a statement, by the name that it gives them in lower case."""
    return {fold(name): _described(name) for name in said.tables() if fold(name) not in framed}


def _described(name: str) -> Seen:
    try:
        about = _seen.described(name)
    except NotFound:
        same = [table.name for table in _seen.listed() if fold(table.name) == fold(name)]  # SQL's names are the same in any case
        if len(same) != 1 or same[0] == name:
            raise
        about = _seen.described(same[0])
    return Seen(about.name, {fold(column.name): (column.name, column.type) for column in about.columns})


def _empty(local: duckdb.DuckDBPyConnection, seen: Mapping[str, Seen]) -> None:
    for name, table in seen.items():
        schema = pa.schema([(column, TYPES[kind]) for column, kind in table.columns.values()])
        local.register(name, schema.empty_table())


def _summed(local: duckdb.DuckDBPyConnection, summed: Lowered, seen: Mapping[str, Seen], bound: Any) -> pa.Table | None:
    """None: next to the data it could not be computed; here it may be."""
    name = seen[fold(summed.table)].name
    try:
        rows = _reads.groups(name, summed.summaries, summed.by, summed.where, (), None, "arrow")
    except ScrydonError as refused:
        if refused.code != "failed":  # a sum beyond 64 bits
            raise
        return None
    local.register("summed", rows)
    named = zip(summed.shown, bound.types, bound.columns, strict=True)
    shown = ", ".join(f"CAST({_quoted(arrived)} AS {kind}) AS {_quoted(column)}" for arrived, kind, column in named)
    return local.sql(f"SELECT {shown} FROM summed{summed.after}").to_arrow_table()


def _whole(local: duckdb.DuckDBPyConnection, query: str, said: Spoken, seen: Mapping[str, Seen]) -> pa.Table:
    for name, table in seen.items():
        local.register(name, _read(said, name, table))
    _limit_memory(local)
    return local.sql(query).to_arrow_table()


def _limit_memory(local: duckdb.DuckDBPyConnection) -> None:
    if _room.left() < LARGE:
        local.execute(f"SET memory_limit = '{_room.left()}B'")


def _read(said: Spoken, name: str, table: Seen) -> pa.Table:
    place, columns = said.only(name), table.columns
    named = [column for key, (column, _) in columns.items() if said.every_column or key in said.names]
    where, whole = pushed(place, columns) if place else (None, False)
    first = [column for column, _ in columns.values()][:1]  # rows are counted by a column that nobody names
    limit = _limit(said.root, columns, said) if whole else None
    return _reads.rows(table.name, named or first, where, limit, "arrow")


def _limit(root: Node, columns: Columns, said: Spoken) -> int | None:
    """Of a statement that shows columns of the first rows met, in no order: so many are enough."""
    place, modifiers = said.places[0], root.get("modifiers", [])
    if place.select is not root or not place.alone or len(said.places) > 1 or len(modifiers) != 1:
        return None
    if set(root) - {"type", "modifiers", "cte_map", "select_list", "from_table", "where_clause", "aggregate_handling"}:
        return None
    plain = all(item.get("class") == "STAR" and not item.get("expr") or column_of(item, place, columns) for item in root["select_list"])
    last = modifiers[0]
    if not plain or last["type"] != "LIMIT_MODIFIER" or last.get("limit_type") != "ROW_COUNT" or "limit" not in last:
        return None
    counts = [last[key].get("literal", {}) for key in ("limit", "offset") if key in last]
    return sum(int(count["text"]) for count in counts) if all(count.get("kind") == "INTEGER" for count in counts) else None


def _frame(name: str, frame: Any) -> Any:
    if not isinstance(name, str):
        raise Invalid("frames is a dict of dataframes by their names in the statement.", "bad-question")
    if type(frame).__module__.partition(".")[0] not in ("pandas", "polars", "pyarrow"):
        raise Invalid(f"The frame “{name}” is a {type(frame).__name__}: pandas, polars and pyarrow tables can be queried.", "bad-question")
    return frame.collect() if type(frame).__name__ == "LazyFrame" else frame


def _plain(table: pa.Table) -> pa.Table:
    """Wide integers as int64 where they fit, as sums do in tables.query; decimals as float64."""
    for at, field in enumerate(table.schema):
        if not pa.types.is_decimal(field.type):
            continue
        wide = pa.int64() if field.type.scale == 0 else pa.float64()
        try:
            column = table.column(at).cast(wide)
        except pa.ArrowInvalid:
            continue
        table = table.set_column(at, pa.field(field.name, wide), column)
    return table


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
