"""Statements that `tables.query` answers exactly: groups and sums of one table, by its columns, of rows it can choose itself. They are
then computed next to the data. Not lowered: the mean of an integer column, which DuckDB sums in 128 bits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scrydon._pushed import Columns, column_of, pushed
from scrydon._statement import Node, Place, Spoken, fold
from scrydon.where import Condition

NUMBERS = ("integer", "real")
ORDERED = ("text", "integer", "real", "date", "timestamp")
SUMMARIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "count": ("count", (*ORDERED, "boolean")),
    "sum": ("sum", NUMBERS),
    "min": ("min", ORDERED),
    "max": ("max", ORDERED),
    "avg": ("mean", ("real",)),
}
DIRECTIONS = {"ORDER_DEFAULT": "", "ASCENDING": " ASC", "DESCENDING": " DESC"}
NULLS = {"ORDER_DEFAULT": "", "NULLS FIRST": " NULLS FIRST", "NULLS LAST": " NULLS LAST"}
ELSEWHERE = ("having", "qualify", "sample")  # parts of a SELECT that are not lowered
BY, MOST = 32, 64  # columns and summaries of one query: protocol/library/tables.ts


@dataclass(frozen=True)
class Lowered:
    """The query, and for each column of the SELECT the name under which it arrives; `after`: ORDER BY and LIMIT, by position."""

    table: str
    by: list[str]
    summaries: dict[str, Any]
    where: Condition | None
    shown: list[str]
    after: str


class _Otherwise(Exception):
    """It is not one of them."""


def lowered(said: Spoken, columns: Mapping[str, Columns]) -> Lowered | None:
    """`columns`: of each table, by its name in lower case."""
    root, places = said.root, said.places
    if root["type"] != "SELECT_NODE" or (root.get("cte_map") or {}).get("map") or len(places) != 1 or said.every_column:
        return None
    place = places[0]
    if not place.alone or place.select is not root or any(root.get(part) for part in ELSEWHERE):
        return None
    try:
        return _lowered(root, place, columns[fold(place.name)])
    except _Otherwise:
        return None


def _lowered(root: Node, place: Place, columns: Columns) -> Lowered:
    where, whole = pushed(place, columns)
    items = root["select_list"]
    parts = [_part(item, place, columns) for item in items]
    by = _grouped(root, parts, place, columns)
    summaries = {f"#{at}": part or "count" for at, part in enumerate(parts) if not isinstance(part, str)}
    if not whole or not 0 < len(summaries) <= MOST or len(by) > BY or any(name.startswith("#") for name, _ in columns.values()):
        raise _Otherwise
    shown = [part if isinstance(part, str) else f"#{at}" for at, part in enumerate(parts)]
    return Lowered(place.name, by, summaries, where, shown, _after(root.get("modifiers", []), items))


def _part(item: Node, place: Place, columns: Columns) -> str | tuple[str, str] | None:
    """A str: a column that is grouped by. Else a summary and its column; None: the count of rows."""
    found = column_of(item, place, columns)
    if found is not None:
        return found[0]
    if item.get("class") != "FUNCTION" or any(item.get(key) for key in ("distinct", "filter", "is_operator", "schema")):
        raise _Otherwise
    if item["order_bys"].get("orders") or len(item["qualified_name"]["path"]) > 1:
        raise _Otherwise
    name, given = fold(item["function_name"]), item.get("arguments", [])
    if name == "count_star":
        return None
    if name not in SUMMARIES or len(given) != 1:
        raise _Otherwise
    of = column_of(given[0]["expression"], place, columns)
    summary, types = SUMMARIES[name]
    if of is None or of[1] not in types:
        raise _Otherwise
    return summary, of[0]


def _grouped(root: Node, parts: list[Any], place: Place, columns: Columns) -> list[str]:
    if root.get("aggregate_handling") == "FORCE_AGGREGATES":  # GROUP BY ALL
        return [*dict.fromkeys(part for part in parts if isinstance(part, str))]
    expressions, sets = root.get("group_expressions", []), root.get("group_sets", [])
    if len(sets) > 1 or sets and sorted(sets[0]) != [*range(len(expressions))]:
        raise _Otherwise
    return [*dict.fromkeys(_group(one, root, parts, place, columns) for one in expressions)]


def _group(one: Node, root: Node, parts: list[Any], place: Place, columns: Columns) -> str:
    if one["type"] == "VALUE_CONSTANT" and one["literal"]["kind"] == "INTEGER":
        at = int(one["literal"]["text"])
        named = parts[at - 1 : at] if at > 0 else []
    else:
        found = column_of(one, place, columns)
        named = [found[0]] if found else [part for part, item in zip(parts, root["select_list"], strict=True) if _calls(item, one)]
    if len(named) != 1 or not isinstance(named[0], str):
        raise _Otherwise
    return named[0]


def _calls(item: Node, one: Node) -> bool:
    """Whether a reference is the alias of a column of the SELECT."""
    names = one.get("column_names", [])
    return len(names) == 1 and fold(item.get("alias", "")) == fold(names[0])


def _after(modifiers: list[Node], items: list[Node]) -> str:
    said = ""
    for modifier in modifiers:
        if modifier["type"] == "ORDER_MODIFIER":
            said += " ORDER BY " + ", ".join(_ordering(order, items) for order in modifier["orders"])
        elif modifier["type"] == "LIMIT_MODIFIER" and modifier.get("limit_type") == "ROW_COUNT":
            said += "".join(f" {key.upper()} {_number(modifier[key])}" for key in ("limit", "offset") if modifier.get(key))
        else:
            raise _Otherwise
    return said


def _ordering(order: Node, items: list[Node]) -> str:
    return f"{_position(order['expression'], items)}{DIRECTIONS[order['type']]}{NULLS[order['null_order']]}"


def _position(one: Node, items: list[Node]) -> int:
    """The column of the SELECT that is ordered by: named by its number, by its alias, or written again."""
    if one["type"] == "VALUE_CONSTANT":
        at = _number(one)
        if 1 <= at <= len(items):
            return at
        raise _Otherwise
    aliased = [at for at, item in enumerate(items, 1) if _calls(item, one)]
    again = [at for at, item in enumerate(items, 1) if _bare(item) == _bare(one)]
    if not (aliased or again) or len(aliased) > 1:
        raise _Otherwise
    return (aliased or again)[0]


def _bare(value: Any) -> Any:
    """Without where it stands in the text, and without its alias."""
    if isinstance(value, dict):
        return {key: _bare(one) for key, one in value.items() if key != "alias" and not key.startswith("query_location")}
    return [_bare(one) for one in value] if isinstance(value, list) else value


def _number(node: Node) -> int:
    literal = node.get("literal") if node["type"] == "VALUE_CONSTANT" else None
    if literal is None or literal["kind"] != "INTEGER":
        raise _Otherwise
    return int(literal["text"])
