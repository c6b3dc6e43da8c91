"""The managed tables in the shape of an ADBC connection (the DB-API of Python with Arrow's additions), which marimo knows by itself: its
data sources panel asks for the tables and their columns, its SQL cells run statements. There is nothing to close or to commit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from scrydon import _seen
from scrydon.errors import Denied, Invalid, NotFound, Unavailable, told

if TYPE_CHECKING:
    import pyarrow as pa

CATALOG, SCHEMA = "managed tables", ""  # without a schema: the panel shows tables right below
DIALECT = "DuckDB"  # of statements: marimo highlights and checks by it
DEEP = ("all", "tables", "columns")


class Cursor:
    """Runs statements as `tables.sql` does. `description`: of the last one, None before."""

    def __init__(self) -> None:
        self.description: list[tuple[Any, ...]] | None = None
        self._answer: pa.Table | None = None

    @told
    def execute(self, query: str, parameters: Sequence[Any] = ()) -> Cursor:
        """EXPLAIN is of empty tables: it reads nothing."""
        from scrydon import _sql  # DuckDB may not have been imported yet

        if parameters:
            raise Invalid("Write the values into the statement: it takes no parameters.", "bad-question")
        word, *rest = query.split(None, 1) or [""]
        self._answer = _sql.explain("".join(rest)) if word.upper() == "EXPLAIN" else _sql.run(query, {})
        self.description = [(field.name, field.type, None, None, None, None, None) for field in self._answer.schema]
        return self

    def fetch_arrow_table(self) -> pa.Table:
        if self._answer is None:
            raise Invalid("Nothing was asked yet: execute a statement first.", "bad-question")
        return self._answer

    def fetchall(self) -> list[tuple[Any, ...]]:
        return [*zip(*(column.to_pylist() for column in self.fetch_arrow_table().columns), strict=True)]

    def close(self) -> None:
        self._answer = None


class Connection:
    """See `tables.connect`."""

    adbc_current_catalog = CATALOG
    adbc_current_db_schema = SCHEMA

    def cursor(self) -> Cursor:
        return Cursor()

    def commit(self) -> None:
        """Statements change nothing."""

    def rollback(self) -> None:
        """Statements change nothing."""

    def close(self) -> None:
        """Each question is a connection of its own."""

    def adbc_get_info(self) -> dict[str | int, Any]:
        return {"vendor_name": DIALECT, "driver_name": "scrydon"}

    def adbc_get_objects(self, *, depth: str = "all", **_: Any) -> pa.RecordBatchReader:
        """The tree of what there is; no columns: each table's are asked for one by one."""
        import pyarrow as pa

        listed = [{"table_name": name, "table_type": "TABLE"} for name in _names()] if depth in DEEP else None
        schemas = None if depth == "catalogs" else [{"db_schema_name": SCHEMA, "db_schema_tables": listed}]
        return pa.Table.from_pylist([{"catalog_name": CATALOG, "catalog_db_schemas": schemas}]).to_reader()

    def adbc_get_table_schema(self, table_name: str, **_: Any) -> pa.Schema:
        """As the person sees it; empty where they may not read it."""
        import pyarrow as pa

        from scrydon._sql import TYPES

        try:
            columns = _seen.described(table_name).columns
        except (Denied, NotFound):
            columns = ()
        return pa.schema([(column.name, TYPES[column.type]) for column in columns])

    def __repr__(self) -> str:
        return "the managed tables: choose this connection in a SQL cell"


def _names() -> list[str]:
    """None where there are no managed tables: a panel that is empty is no error."""
    try:
        return [table.name for table in _seen.listed()]
    except Unavailable:
        return []
