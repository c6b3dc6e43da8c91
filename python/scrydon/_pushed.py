"""The part of a WHERE that can be asked of a table before its rows are sent: comparisons of one column with values of its own type,
for which the server and DuckDB keep the same rows. What is not surely so is None, and is decided here, where the rows arrive."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from scrydon._statement import Node, Place, fold
from scrydon.where import AMONG, SAFE, Col, Condition

Columns = Mapping[str, tuple[str, str]]  # in lower case: the column's name and its type
NODES = 150  # of all that is asked; protocol/policy/expr.ts allows 200
DEPTH = 6
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
MOMENT = re.compile(rf"{DAY.pattern} [0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\.[0-9]{{1,6}})?", re.ASCII)
TEXT = 500  # characters of a value; protocol/policy/values.ts allows 1000 of its own count
DIGITS = 15  # of a decimal that is the same double however it is converted

COMPARED: dict[str, Callable[[Col, Any], Condition]] = {
    "COMPARE_EQUAL": lambda column, value: column == value,  # type: ignore[dict-item,return-value]
    "COMPARE_NOTEQUAL": lambda column, value: column != value,  # type: ignore[dict-item,return-value]
    "COMPARE_LESSTHAN": lambda column, value: column < value,
    "COMPARE_GREATERTHAN": lambda column, value: column > value,
    "COMPARE_LESSTHANOREQUALTO": lambda column, value: column <= value,
    "COMPARE_GREATERTHANOREQUALTO": lambda column, value: column >= value,
}
MIRRORED = {
    "COMPARE_LESSTHAN": "COMPARE_GREATERTHAN",
    "COMPARE_GREATERTHAN": "COMPARE_LESSTHAN",
    "COMPARE_LESSTHANOREQUALTO": "COMPARE_GREATERTHANOREQUALTO",
    "COMPARE_GREATERTHANOREQUALTO": "COMPARE_LESSTHANOREQUALTO",
}


class _Unsure(Exception):
    """It may mean something else there."""


def pushed(place: Place, columns: Columns) -> tuple[Condition | None, bool]:
    """What of the WHERE around a table is asked with it, and whether that is all of the WHERE."""
    where = place.select.get("where_clause") if place.select else None
    if where is None:
        return None, True
    conjuncts = where["children"] if where["type"] == "CONJUNCTION_AND" else [where]
    asked: list[Condition] = []
    for conjunct in conjuncts:
        condition = _sure(conjunct, place, columns)
        if condition is not None and sum(_size(part.expr) for part in [*asked, condition]) < NODES:
            asked.append(condition)
    whole = len(asked) == len(conjuncts)
    return (_all(asked) if asked else None), whole


def column_of(node: Node, place: Place, columns: Columns) -> tuple[str, str] | None:
    """The column of this table that a reference surely means, and its type."""
    if node.get("class") != "COLUMN_REF":
        return None
    names = node["column_names"]
    named = len(names) == 1 and place.alone or len(names) == 2 and fold(names[0]) == fold(place.alias)
    return columns.get(fold(names[-1])) if named else None


def _sure(node: Node, place: Place, columns: Columns) -> Condition | None:
    try:
        return _condition(node, place, columns, DEPTH)
    except _Unsure:
        return None


def _condition(node: Node, place: Place, columns: Columns, depth: int) -> Condition:
    kind, inside = node["type"], node.get("children", [])
    if depth == 0:
        raise _Unsure
    if kind in ("CONJUNCTION_AND", "CONJUNCTION_OR"):
        return _joined(kind, [_condition(part, place, columns, depth - 1) for part in inside])
    if kind == "OPERATOR_NOT":
        return ~_condition(inside[0], place, columns, depth - 1)
    if kind in ("OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL"):
        empty = _column(inside[0], place, columns)[0].is_null()
        return empty if kind == "OPERATOR_IS_NULL" else ~empty
    if kind == "COMPARE_BETWEEN":
        column, type_ = _column(node["input"], place, columns)
        return (column >= _value(node["lower"], type_, kind)) & (column <= _value(node["upper"], type_, kind))
    if kind == "COMPARE_IN":
        column, type_ = _column(inside[0], place, columns)
        return column.isin([_value(value, type_, "COMPARE_EQUAL") for value in _few(inside[1:])])
    if kind in COMPARED:
        return _compared(node, kind, place, columns)
    raise _Unsure


def _compared(node: Node, kind: str, place: Place, columns: Columns) -> Condition:
    left, right = node["left"], node["right"]
    if right.get("class") == "COLUMN_REF":
        left, right, kind = right, left, MIRRORED.get(kind, kind)
    column, type_ = _column(left, place, columns)
    return COMPARED[kind](column, _value(right, type_, kind))


def _column(node: Node, place: Place, columns: Columns) -> tuple[Col, str]:
    found = column_of(node, place, columns)
    if found is None:
        raise _Unsure
    return Col(found[0]), found[1]


def _value(node: Node, type_: str, kind: str) -> Any:
    """Of the column's type, or not at all."""
    cast = None
    if node["type"] == "OPERATOR_CAST" and not node.get("try_cast"):
        cast, node = node["type_expr"].get("type_name"), node["child"]
    literal = node.get("literal") if node["type"] == "VALUE_CONSTANT" else None
    if literal is None or (type_, cast) not in READ or "text" not in literal:
        raise _Unsure
    if type_ == "boolean" and kind not in ("COMPARE_EQUAL", "COMPARE_NOTEQUAL"):
        raise _Unsure
    return READ[type_, cast](literal["kind"], literal["text"])


def _integer(kind: str, text: str) -> int:
    if kind != "INTEGER" or abs(int(text)) > SAFE:
        raise _Unsure
    return int(text)


def _real(kind: str, text: str) -> float:
    if kind not in ("INTEGER", "NUMERIC") or "e" in text.lower() or len(Decimal(text).as_tuple().digits) > DIGITS:
        raise _Unsure
    return float(text)


def _boolean(kind: str, text: str) -> bool:
    if kind != "BOOLEAN":
        raise _Unsure
    return text == "true"


def _text(kind: str, text: str) -> str:
    if kind != "STRING" or "\0" in text or len(text) > TEXT:
        raise _Unsure
    return text


def _day(kind: str, text: str) -> date:
    if kind != "STRING" or not DAY.fullmatch(text):
        raise _Unsure
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _Unsure from None


def _moment(kind: str, text: str) -> datetime:
    if kind == "STRING" and MOMENT.fullmatch(text):
        whole, _, part = text.partition(".")
        try:
            return datetime.fromisoformat(whole).replace(microsecond=int(part.ljust(6, "0")))
        except ValueError:
            raise _Unsure from None
    day = _day(kind, text)
    return datetime(day.year, day.month, day.day)


READ: dict[tuple[str, str | None], Callable[[str, str], Any]] = {
    ("integer", None): _integer,
    ("real", None): _real,
    ("boolean", None): _boolean,
    ("text", None): _text,
    ("date", None): _day,
    ("date", "DATE"): _day,
    ("timestamp", None): _moment,
    ("timestamp", "TIMESTAMP"): _moment,
    ("timestamp", "DATE"): lambda kind, text: datetime.combine(_day(kind, text), datetime.min.time()),
}


def _few(values: list[Node]) -> list[Node]:
    if len(values) > AMONG:
        raise _Unsure
    return values


def _joined(kind: str, parts: list[Condition]) -> Condition:
    joined = parts[0]
    for part in parts[1:]:
        joined = joined & part if kind == "CONJUNCTION_AND" else joined | part
    return joined


def _all(parts: list[Condition]) -> Condition:
    return _joined("CONJUNCTION_AND", parts)


def _size(expr: Mapping[str, Any]) -> int:
    inside = expr.get("of", [])
    return 1 + sum(_size(part) for part in (inside if isinstance(inside, list) else [inside]))
