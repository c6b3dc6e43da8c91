"""The managed tables as marimo itself sees them: in its data sources panel, in SQL cells and in its checks of a statement as it is typed."""

import marimo as mo
import polars as pl
from marimo._sql.engines.adbc import AdbcDBAPIEngine
from marimo._sql.get_engines import engine_to_data_source_connection, get_engines_from_variables
from marimo._types.ids import VariableName

from scrydon import errors, tables
from tests.governed import Governed
from tests.kernel_folder import Case, refused


def engine() -> AdbcDBAPIEngine:
    """Of a variable `managed` of a notebook."""
    [(name, found)] = get_engines_from_variables([(VariableName("managed"), tables.connect())])
    assert name == "managed" and isinstance(found, AdbcDBAPIEngine)
    return found


class Panel(Governed):
    seen = {
        "planes": "SELECT 'c' || i AS carrier, CAST(i AS BIGINT) AS i, i / 2 AS r, i = 1 AS b, DATE '2013-01-01' AS d, now()::TIMESTAMP AS t FROM range(6) s(i)",
        "odd \"name\"": "SELECT 1::BIGINT AS i",
    }  # fmt: skip

    def test_what_the_panel_lists(self) -> None:
        source = engine_to_data_source_connection(VariableName("managed"), engine())
        self.assertEqual((source.display_name, source.dialect), ("duckdb (managed)", "duckdb"))
        [database] = source.databases
        [schema] = database.schemas
        self.assertEqual((source.default_database, source.default_schema), (database.name, schema.name))
        self.assertEqual([table.name for table in schema.tables], [*self.seen])
        self.assertEqual([line["call"] for line in self.asked], ["tables.list"])

    def test_columns_of_a_table(self) -> None:
        table = engine().get_table_details(table_name="planes", schema_name="", database_name="managed tables")
        assert table is not None
        types = {"carrier": "string", "i": "integer", "r": "number", "b": "boolean", "d": "date", "t": "datetime"}
        self.assertEqual({column.name: column.type for column in table.columns}, types)
        self.assertEqual(self.reads(), [])
        other = engine().get_table_details(table_name="nowhere", schema_name="", database_name="managed tables")
        assert other is not None
        self.assertEqual(other.columns, [])

    def test_a_sql_cell(self) -> None:
        found = mo.sql("SELECT carrier FROM planes WHERE i = 3", output=False, engine=tables.connect())
        self.assertEqual(found.rows(), [("c3",)])
        self.assertIsInstance(found, pl.DataFrame)
        self.assertIsNotNone(self.reads()[0]["where"])
        self.assertEqual(mo.sql('SELECT sum(i) AS s FROM "odd ""name"""', output=False, engine=tables.connect()).rows(), [(1,)])
        with self.assertRaises(errors.Invalid):
            mo.sql("DROP TABLE planes", output=False, engine=tables.connect())

    def test_checked_as_it_is_typed_no_row_is_read(self) -> None:
        for statement, wrong in (
            ("SELECT i FROM planes", None),
            ("SELECT nothing FROM planes", '"nothing" not found'),
            ("SELECT i FROM plan", "no table"),
        ):
            _, said = engine().execute_in_explain_mode(statement, {})
            self.assertTrue(said is None if wrong is None else wrong in str(said), said)
        self.assertEqual(self.reads(), [])

    def test_as_a_cursor(self) -> None:
        cursor = tables.connect().cursor()
        self.assertIsNone(cursor.description)
        with self.assertRaises(errors.Invalid):
            cursor.fetch_arrow_table()
        cursor.execute("SELECT i, carrier FROM planes ORDER BY i LIMIT 2")
        self.assertEqual([column[0] for column in cursor.description or []], ["i", "carrier"])
        self.assertEqual(cursor.fetchall(), [(0, "c0"), (1, "c1")])
        self.fails(
            lambda: cursor.execute("SELECT ?", (1,)),
            errors.Invalid,
            "bad-question",
            "Write the values into the statement: it takes no parameters.",
        )


class Without(Case):
    def test_no_managed_tables_are_an_empty_panel(self) -> None:
        self.control(lambda line: refused("unavailable"))
        source = engine_to_data_source_connection(VariableName("managed"), engine())
        self.assertEqual([table.name for table in source.databases[0].schemas[0].tables], [])

    def test_what_may_not_be_read_has_no_columns(self) -> None:
        self.control(lambda line: refused("table-ungranted"))
        self.assertEqual(tables.connect().adbc_get_table_schema("planes").names, [])
