"""Conditions on the rows of a table. `col("month") == 1` and its like are sent to the server as they stand (protocol/policy/expr.ts)
and decided there, on what you may see: a masked column is compared as masked.

As in SQL, a comparison with a null is neither true nor false, and a row is kept where its condition is true: `col("x") != 1` and
`~(col("x") == 1)` both leave rows out where x is null; ask for them with `col("x").is_null()`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from scrydon.errors import Invalid, told

SAFE = 2**53 - 1  # the largest integer that arrives as it was sent
AMONG = 1000  # values of one isin

Expr = dict[str, Any]


class Condition:
    """Combine them with `&`, `|` and `~`, each side in parentheses."""

    __slots__ = ("expr",)

    def __init__(self, expr: Expr) -> None:
        self.expr = expr

    def __and__(self, other: Condition) -> Condition:
        return _joined("and", self, other)

    def __or__(self, other: Condition) -> Condition:
        return _joined("or", self, other)

    def __invert__(self) -> Condition:
        return Condition({"op": "not", "of": self.expr})

    def __bool__(self) -> bool:
        raise TypeError(
            "A condition is neither true nor false before it is asked of a table. Combine conditions with &, | and ~ instead of "
            "and, or and not, each in parentheses; for a < x < b use .between(a, b)."
        )

    def __repr__(self) -> str:
        return f"Condition({self.expr})"


class Col:
    """A column to compare: with a value (bool, int, float, str, date, datetime without a zone, or numpy's and pandas' own of
    these) or with another column of the same type. A value that does not fit raises `Invalid`."""

    __slots__ = ("name",)
    __hash__ = None  # type: ignore[assignment]
    __array_ufunc__ = None  # numpy leaves comparing to us, and does not begin with each of an array

    def __init__(self, name: str) -> None:
        self.name = name

    @told
    def __eq__(self, other: object) -> Condition:  # type: ignore[override]
        return _compared("eq", self, other)

    @told
    def __ne__(self, other: object) -> Condition:  # type: ignore[override]
        return ~_compared("eq", self, other)

    @told
    def __lt__(self, other: object) -> Condition:
        return _compared("lt", self, other)

    @told
    def __le__(self, other: object) -> Condition:
        return _compared("le", self, other)

    @told
    def __gt__(self, other: object) -> Condition:
        return _compared("lt", other, self)

    @told
    def __ge__(self, other: object) -> Condition:
        return _compared("le", other, self)

    @told
    def between(self, low: object, high: object) -> Condition:
        """Both ends are in."""
        return _compared("le", low, self) & _compared("le", self, high)

    @told
    def isin(self, values: Iterable[object]) -> Condition:
        """One of at most 1000 values. Nulls are asked for with is_null()."""
        if isinstance(values, str | bytes) or not isinstance(values, Iterable):
            raise _bad(f"isin of column “{self.name}” takes a list of values, not a {_kind(values)}.")
        among = [literal(value) for value in values]
        if len(among) > AMONG:
            raise _bad(f"isin of column “{self.name}” takes at most {AMONG} values, not {len(among)}.")
        return Condition({"op": "in", "term": {"column": self.name}, "among": among})

    def is_null(self) -> Condition:
        """Where the column has no value; `~col(…).is_null()`: where it has one."""
        return Condition({"op": "isNull", "term": {"column": self.name}})

    def _misplaced(self, other: object) -> Condition:
        raise TypeError(f"Compare column “{self.name}” with something first, in parentheses: (a > 1) & (b == True).")

    __and__ = __rand__ = __or__ = __ror__ = _misplaced

    def __bool__(self) -> bool:
        raise TypeError(f"Column “{self.name}” is neither true nor false: compare it with something, as in col(…) == True.")

    def __repr__(self) -> str:
        return f"col({self.name!r})"


@told
def col(name: str) -> Col:
    """The column of this name, to compare in `where`: `col("dep_delay") > 60`."""
    if not isinstance(name, str):
        raise _bad(f"The name of a column is a str, not a {_kind(name)}.")
    return Col(name)


def compiled(where: Condition | Mapping[str, Any] | None) -> Expr | None:
    """As it is sent."""
    if where is None:
        return None
    if isinstance(where, Mapping):
        parts = [_short(col(name), value).expr for name, value in where.items()]
        return parts[0] if len(parts) == 1 else {"op": "and", "of": parts}
    if isinstance(where, Condition):
        return where.expr
    raise _bad(f'where is a condition, as tables.col("month") == 1, or a dict, as {{"month": 1}}, not a {_kind(where)}.')


def literal(value: object) -> Expr:
    """A value and its type, as it is sent."""
    plain = _plain(value)
    if isinstance(plain, bool):
        return {"type": "boolean", "value": plain}
    if isinstance(plain, int):
        return {"type": "integer", "value": _safe(plain)}
    if isinstance(plain, float):
        return {"type": "real", "value": _finite(plain)}
    if isinstance(plain, str):
        return {"type": "text", "value": plain}
    if isinstance(plain, datetime):
        return {"type": "timestamp", "value": _zoneless(plain).isoformat(timespec="microseconds")}
    if isinstance(plain, date):
        return {"type": "date", "value": plain.isoformat()}
    raise _bad(f"A column cannot be compared with a {_kind(value)}: use bool, int, float, str, date or datetime.")


def _bad(message: str) -> Invalid:
    return Invalid(message, "bad-question")


def _kind(value: object) -> str:
    return type(value).__name__


def _joined(op: str, left: Condition, right: object) -> Condition:
    """Chains stay flat: a & b & c nests no deeper than a & b."""
    if not isinstance(right, Condition):
        return NotImplemented
    parts = [part for side in (left.expr, right.expr) for part in (side["of"] if side["op"] == op else [side])]
    return Condition({"op": op, "of": parts})


def _compared(op: str, left: object, right: object) -> Condition:
    return Condition({"op": op, "left": _term(left), "right": _term(right)})


def _term(value: object) -> Expr:
    return {"column": value.name} if isinstance(value, Col) else {"literal": literal(value)}


def _short(column: Col, value: object) -> Condition:
    if _missing(value):
        return column.is_null()
    many = isinstance(value, Iterable) and not isinstance(value, str | bytes)
    return column.isin(value) if many else column == value


def _missing(value: object) -> bool:
    """None, and what pandas puts in its place."""
    return value is None or _kind(value) in ("NAType", "NaTType")


def _plain(value: object) -> object:
    """Python's own value of numpy's scalars. numpy is not imported for it: whoever has such a value has it."""
    if _missing(value):
        raise _bad("Nothing compares with a null: use .is_null().")
    if type(value).__module__ != "numpy" or getattr(value, "ndim", 1) != 0:
        return value
    plain: object = value.item()  # type: ignore[attr-defined]
    if plain is None:
        raise _bad("Nothing compares with a null: use .is_null().")
    return _microseconds(value) if _kind(value) == "datetime64" and isinstance(plain, int) else plain


def _microseconds(value: Any) -> object:
    """Of numpy's nanoseconds."""
    coarse = value.astype("datetime64[us]")
    if coarse != value:
        raise _bad("A timestamp has microseconds, not nanoseconds.")
    return coarse.item()


def _safe(value: int) -> int:
    if abs(value) > SAFE:
        raise _bad("An integer to compare with lies between -(2**53 - 1) and 2**53 - 1.")
    return int(value)


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise _bad("NaN and infinity cannot be compared with: for what is missing use .is_null().")
    return float(value)


def _zoneless(value: datetime) -> datetime:
    if value.tzinfo is not None:
        raise _bad("Timestamps of tables have no time zone: use .replace(tzinfo=None) on the one you compare with.")
    if getattr(value, "nanosecond", 0):
        raise _bad("A timestamp has microseconds, not nanoseconds.")
    return value
