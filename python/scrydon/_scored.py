"""Rows on their way to a deployed model, and what it made of them on its way back."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from scrydon import _write
from scrydon.errors import Invalid, not_understood

KINDS = {"pandas": "DataFrame", "polars": "DataFrame"}
SAFE = 2**53 - 1  # whole numbers up to it are the same in JSON everywhere
TAKEN = _write.Use("no model takes", "no model takes: cast it yourself", "A model takes text (str), integer (64 bit), real (float) and boolean (bool).")
Column = dict[str, Any]


def _bad(message: str) -> Invalid:
    return Invalid(message, "bad-question")


def kind(frame: object) -> str:
    """One of "pandas", "polars", "arrow"."""
    source = type(frame).__module__.partition(".")[0]
    if isinstance(frame, pa.Table):
        return "arrow"
    if KINDS.get(source) == type(frame).__name__:
        return source
    raise _bad(f"Rows are given as a pandas or polars DataFrame or a pyarrow Table, not as a {type(frame).__name__}.")


def fitting(frame: Any, inputs: tuple[tuple[str, str], ...]) -> pa.Table:
    """The columns that a model takes, as it takes them."""
    here = frame.column_names if isinstance(frame, pa.Table) else list(frame.columns)
    for name, _ in inputs:
        if here.count(name) != 1:
            raise _bad(f"The model takes a column “{name}”, which the rows have {'twice' if name in here else 'not'}.")
    names = [name for name, _ in inputs]
    table, kinds = _write.table(frame[names] if kind(frame) == "pandas" else frame.select(names), TAKEN)
    if table.num_rows == 0:
        raise _bad("There are no rows to predict from.")
    columns = [_column(column, was, *due) for column, was, due in zip(table.columns, kinds, inputs, strict=True)]
    return pa.Table.from_arrays(columns, names=names)


def _column(column: Any, was: str | None, name: str, due: str) -> Any:
    if column.null_count > 0 or was is None:
        raise _bad(f"Column “{name}” lacks values in some rows: fill them in or leave those rows out.")
    if was != due and (was, due) != ("integer", "real"):
        raise _bad(f"Column “{name}” is {was}, and the model takes {due}: cast it yourself.")
    if was == "real" and not pc.all(pc.is_finite(column)).as_py():
        raise _bad(f"Column “{name}” holds NaN or infinity in some rows: fill them in or leave those rows out.")
    if due == "integer" and pc.any(pc.or_(pc.greater(column, SAFE), pc.less(column, -SAFE))).as_py():
        raise _bad(f"Column “{name}” holds whole numbers beyond ±{SAFE:,}, which are not sent to a model.")
    return _write._cast(name, column, due)


def columns(rows: pa.Table) -> list[Column]:
    """As they are sent."""
    types = {of: name for name, of in _write.TYPES.items()}
    return [{"name": field.name, "type": types[field.type], "values": column.to_pylist()} for field, column in zip(rows.schema, rows.columns, strict=True)]


def framed(answers: list[list[Column]], as_: str, given: Any) -> Any:
    """All batches, one after the other, each with the same columns."""
    try:
        table = pa.concat_tables([_table(answer) for answer in answers])
    except (pa.ArrowException, KeyError, TypeError, ValueError):
        raise not_understood() from None
    if as_ == "arrow":
        return table
    if as_ == "pandas":
        frame = table.to_pandas()
        frame.index = given.index
        return frame
    import polars

    return polars.from_arrow(table)


def _table(answer: list[Column]) -> pa.Table:
    return pa.table({column["name"]: pa.array(column["values"], _write.TYPES[column["type"]]) for column in answer})
