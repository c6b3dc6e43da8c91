"""Managed tables, as you may see them: rows that are not yours are left out and columns are masked before anything arrives here.

    tables.list()                     what there is
    tables.describe("flights")        its columns, and which are masked or filtered for you
    tables.read("flights", limit=10)  its rows, as a pandas DataFrame
    tables.query("flights", {"n": "count"}, by=["carrier"])  groups and sums of them, computed next to the data
    tables.write("delays", df, mode="create")  makes a table of your own, or adds to one
    tables.sql("select … from flights join planes …")  one SELECT over them, run in this kernel's own DuckDB
    tables.connect()                  a connection for SQL cells and the data sources panel

Source: the workspace's table engine, through the server's policies; every read and write is recorded in its audit. Errors: see
`scrydon.errors`; each is a `ScrydonError`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from scrydon import _reads, _seen
from scrydon._connection import Connection
from scrydon._control import ask
from scrydon._seen import Column, Description, Table, Tables
from scrydon._written import Written, outcome
from scrydon.errors import Invalid, TooLarge, told
from scrydon.where import Col, Condition, col

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = [
    "Col",
    "Column",
    "Condition",
    "Description",
    "Table",
    "Tables",
    "Written",
    "col",
    "connect",
    "describe",
    "list",
    "query",
    "read",
    "sql",
    "write",
]

MODES = ("append", "create", "replace")


@told
def list() -> Tables:
    """The tables of the workspace that you may know of, in a notebook shown as one.

    Raises: `Unavailable`."""
    return _seen.listed()


@told
def describe(name: str) -> Description:
    """A table's columns and classification, and which columns are masked and whether rows are left out for you.

    Raises: `NotFound`, `Denied`, `Invalid`, `Unavailable`."""
    return _seen.described(name)


@overload
def read(
    name: str,
    columns: Sequence[str] | None = None,
    where: Condition | Mapping[str, Any] | None = None,
    limit: int | None = None,
    *,
    as_: Literal["pandas"] = "pandas",
) -> pandas.DataFrame: ...
@overload
def read(
    name: str,
    columns: Sequence[str] | None = None,
    where: Condition | Mapping[str, Any] | None = None,
    limit: int | None = None,
    *,
    as_: Literal["polars"],
) -> polars.DataFrame: ...
@overload
def read(
    name: str,
    columns: Sequence[str] | None = None,
    where: Condition | Mapping[str, Any] | None = None,
    limit: int | None = None,
    *,
    as_: Literal["arrow"],
) -> pyarrow.Table: ...
@told
def read(
    name: str,
    columns: Sequence[str] | None = None,
    where: Condition | Mapping[str, Any] | None = None,
    limit: int | None = None,
    *,
    as_: str = "pandas",
) -> pandas.DataFrame | polars.DataFrame | pyarrow.Table:
    """The rows of a table that you may see, masked as they are for you; in no particular order.

    columns: their names, in the order that you want them; None: all that you may see.
    where: a condition, `(tables.col("dep_delay") > 60) & tables.col("carrier").isin(["AA", "UA"])`, or a dict of what columns
        shall be, `{"carrier": ["AA", "UA"], "month": 1, "tailnum": None}` (None: null). An integer column is compared with int.
    limit: rows, at most; None: all, unless they are more than one read may answer without a limit (`TooLarge`).
    as_: "pandas", "polars" or "arrow" (a pyarrow.Table).

    Returns one row per row of the table, one column per name. In pandas the types are those of `pandas.read_parquet`: integer
    int64 (float64 where a value is missing), real float64, boolean bool (object where missing), text str, date object
    (datetime.date), timestamp datetime64[us].

    Raises: `NotFound` (no such table), `Denied` (says why and whom to ask), `Invalid` (an unknown column, a value of a wrong type),
    `TooLarge` (says how to narrow), `Revoked` (your rights changed meanwhile), `Unavailable` (nothing answers now). A read is whole
    or an error, never a part."""
    return _reads.rows(name, columns, where, limit, as_)


@told
def query(
    name: str,
    summaries: Mapping[str, str | tuple[str, str]],
    by: Sequence[str] = (),
    where: Condition | Mapping[str, Any] | None = None,
    order_by: Sequence[str] = (),
    limit: int | None = None,
    *,
    as_: str = "pandas",
) -> pandas.DataFrame | polars.DataFrame | pyarrow.Table:
    """Groups and sums of the rows of a table that you may see, computed next to the data: a masked column is grouped as masked.

    summaries: what arrives, by name: `{"flights": "count", "delay": ("mean", "dep_delay")}`; count (of rows, or of values of a column
        that are not null), sum, min, max, mean. Each leaves nulls out.
    by: columns; one row for each of their values together that is met. Empty: one row.
    where: which rows, as in `read`.
    order_by: names of what arrives, "-delay" for the largest first; nulls last.
    limit, as_, errors: as in `read`.

    Returns one row per group: the columns of `by`, then the summaries. sum of an integer column is int64, mean is float64."""
    return _reads.groups(name, summaries, by, where, order_by, limit, as_)


@told
def sql(
    statement: str, *, frames: Mapping[str, Any] | None = None, as_: str = "pandas"
) -> pandas.DataFrame | polars.DataFrame | pyarrow.Table:
    """What one SELECT answers, in DuckDB's SQL, over the managed tables that it names: as you may see them, so a masked column is
    compared, joined and grouped as masked. It runs in this kernel; columns that it does not name and rows that it surely leaves out
    are not sent, and groups and sums of one table are computed next to the data where that gives the same.

    statement: no schema before a table's name; a name is the same in any case.
    frames: dataframes of the notebook (pandas, polars, pyarrow) by the name that they have in the statement.
    as_: as in `read`.

    Returns the rows in the order of its ORDER BY. integer is int64 (a sum that is wider stays a decimal), a decimal number float64.

    Raises: `Invalid` (a mistake in the statement, or one that is no SELECT), what `read` raises, and DuckDB's own errors where values
    cannot be computed with (`duckdb.ConversionException`)."""
    _reads.known(as_)
    from scrydon import _sql  # DuckDB may not have been imported yet

    return _reads.fitting("the statement", lambda: _reads.formed(_sql.run(statement, frames or {}), as_))


def connect() -> Connection:
    """The managed tables for marimo: assign it to a variable of a cell, `managed = tables.connect()`; the data sources panel then lists
    the tables and their columns, and a SQL cell can choose it (`mo.sql(…, engine=managed)`, which answers as `sql`). Nothing is read
    before a statement is run."""
    return Connection()


@told
def write(name: str, df: pandas.DataFrame | polars.DataFrame | pyarrow.Table, mode: str = "append") -> Written:
    """Writes the rows of a pandas or polars DataFrame or a pyarrow Table to a managed table: all of them, or an error and none.

    name: the table. With "create" the new one stands in your own namespace: its name is in the answer, and yours are in `list()`.
    df: one row per row, one column per column of the table, in any order; the index of a pandas DataFrame is left out. Types: text
        (str, categories), integer (whole numbers, 64 bit), real (floats; NaN of pandas is null), boolean, date (datetime.date) and
        timestamp (datetime64 without a time zone, kept in microseconds). A column without any value is of the table's type.
    mode: "append" adds rows; the columns that are masked for you must be left out and become null. "replace" puts these rows in the
        place of all rows that you see and may write; rows that are not yours stay as they are. "create" makes a table that
        only you can see, classified as all that this kernel has read; it needs a grant on the workspace.

    Rows must be such as you may see and write in this table. At most 5,000,000 rows and 512 MiB in one write.

    Raises: `NotFound` (no such table), `Denied` (no grant, a mask, rows that are not yours, a table classified below what this kernel
    has read: says whom to ask), `Invalid` (columns or types that do not fit, each named), `TooLarge`, `Revoked` (your rights changed
    meanwhile), `Unavailable` (nothing answers now, and nothing was written)."""
    if mode not in MODES:
        raise Invalid(f"mode is one of {', '.join(MODES)}.", "bad-question")
    table = _seen.text(name, "The name of a table")
    from scrydon import _write  # pyarrow may not have been imported yet

    asked = {"write": _write.new_id(), "table": table, "mode": mode}
    try:
        offered, kinds = _write.table(df, _write.TABLE)
        columns = [{"name": column, "type": kind} for column, kind in zip(offered.column_names, kinds, strict=True)]
        plan, expected = ask("tables.write", {**asked, "columns": columns}, lambda said: _write.expected(said, offered))
        late = f"The write to “{name}” did not begin in time, and nothing was written. Run the cell again."
        _write.hand(plan, _write.fitted(offered, expected), late)
    except MemoryError:
        message = f"What is written to “{name}” does not fit in this kernel’s memory a second time. Write it in parts."
        raise TooLarge(message, "too-large") from None
    return outcome(asked)
