"""tables.sql: what it answers is what DuckDB answers over all that is seen, whatever is asked of the server first."""

import random
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa

from scrydon import errors, tables
from tests.governed import Governed, lines

ROWS = 400
SEEN = {
    "flights": (
        "SELECT CAST(i AS BIGINT) AS i, CASE WHEN i % 7 <> 0 THEN i % 12 END AS i2, CASE WHEN i % 5 <> 0 THEN (i % 9) / 4 END AS r, "
        "CASE WHEN i % 11 = 0 THEN 'nan'::DOUBLE ELSE i * 0.1 END AS r2, CASE WHEN i % 6 <> 0 THEN 'c' || i % 4 END AS carrier, "
        "CASE WHEN i % 3 = 0 THEN '***' ELSE 'it''s ' || i % 5 END AS \"Weird \"\"name\", CASE WHEN i % 8 <> 0 THEN i % 2 = 0 END AS b, "
        "DATE '2013-01-01' + CAST(i % 30 AS INTEGER) AS d, TIMESTAMP '2013-01-01 10:00:00' + to_hours(CAST(i % 50 AS INTEGER)) AS t "
        f"FROM range({ROWS}) s(i)"
    ),
    "planes": "SELECT 'c' || i AS carrier, CAST(i AS BIGINT) AS i, 'plane ' || i AS name FROM range(6) s(i)",
}


class Sql(Governed):
    seen = SEEN

    def oracle(self, statement: str, frames: dict[str, Any] | None = None) -> pa.Table:
        with self.local.cursor() as whole:
            for name, frame in {**{name: self.frame(name) for name in SEEN}, **(frames or {})}.items():
                whole.register(name, frame)
            return whole.sql(statement).to_arrow_table()

    def same(self, statement: str, frames: dict[str, Any] | None = None) -> pa.Table:
        """As DuckDB answers it; sums that are wider than 64 bits and decimals come as int64 and float64."""
        answer, expected = tables.sql(statement, frames=frames, as_="arrow"), self.oracle(statement, frames)
        for at, field in enumerate(expected.schema):
            if pa.types.is_decimal(field.type):
                kind = pa.int64() if field.type.scale == 0 else pa.float64()
                expected = expected.set_column(at, pa.field(field.name, kind), expected.column(at).cast(kind))
        self.assertEqual(answer.schema, expected.schema, statement)
        if "order by" in statement.lower():
            self.assertEqual([*map(repr, answer.to_pylist())], [*map(repr, expected.to_pylist())], statement)
        else:
            self.assertEqual(lines(answer), lines(expected), statement)
        return answer

    def asks(self, statement: str) -> list[dict[str, Any]]:
        self.asked.clear()
        self.same(statement)
        return self.reads()

    def test_only_what_it_speaks_of_is_read(self) -> None:
        [read] = self.asks(
            "SELECT carrier, max(length(carrier)) AS most FROM flights WHERE i2 = 3 AND length(carrier) > 1 GROUP BY carrier"
        )
        self.assertEqual(read["columns"], ["i2", "carrier"])
        three = {"op": "eq", "left": {"column": "i2"}, "right": {"literal": {"type": "integer", "value": 3}}}
        self.assertEqual((read["where"], read["limit"]), (three, None))

    def test_what_stands_for_columns_that_it_does_not_name(self) -> None:
        statements = [
            "SELECT * FROM planes",
            "SELECT p.* FROM planes p",
            "SELECT #2 FROM planes",
            "SELECT p FROM planes p",
            "SELECT count(planes) FROM planes",
            "SELECT COLUMNS('n.*') FROM planes",
            "FROM planes",
            "SELECT a FROM planes AS p(a, b, c)",
            "SELECT * FROM (PIVOT planes ON carrier IN ('c1', 'c2') USING sum(i))",
            "SELECT f.i FROM planes p NATURAL JOIN flights f ORDER BY f.i",
            "SUMMARIZE planes",
        ]
        for statement in statements:
            with self.subTest(statement):
                self.assertIn(["carrier", "i", "name"], [read["columns"] for read in self.asks(statement)])

    def test_filters_that_are_asked_and_those_that_are_not(self) -> None:
        asked = [
            "i = 3", "3 < i", "i BETWEEN 2 AND 5", "i IN (1, 2)", "i NOT IN (1, 2)", "i2 IS NULL", "NOT (i2 IS NOT NULL)", "r = 0.25",
            "r > 1", "r2 > 30.5", "r2 <= 20", "carrier = 'c1'", "carrier <> 'c1'", "carrier >= 'c2'", "b = true", "d = '2013-01-03'",
            "d >= DATE '2013-01-20'", "t < TIMESTAMP '2013-01-02 10:00:00'", "t = '2013-01-01 10:00:00'", "t > DATE '2013-01-02'",
            "(i = 1 OR carrier = 'c2')", "NOT (i2 = 3 AND r > 1)", "\"weird \"\"NAME\" = 'it''s 2'", "flights.i = 7",
        ]  # fmt: skip
        left = ["i = '3'", "i > 1.5", "i = i2", "i2 IN (1, NULL)", "i2 = NULL", "r > 1e0", "length(carrier) = 2", "carrier LIKE 'c1%'", "b",
                "d = '2013-1-3'",
                "i + 1 = 4", "carrier IN (SELECT carrier FROM planes)", "i = 99999999999999999999", "i2 IS DISTINCT FROM 3"]  # fmt: skip
        for condition, whether in [*((one, True) for one in asked), *((one, False) for one in left)]:
            with self.subTest(condition):
                [read, *_] = self.asks(f"SELECT i, i2 FROM flights WHERE {condition}")
                self.assertEqual(read["where"] is not None, whether)

    def test_a_filter_is_only_asked_where_it_leaves_out_nothing_that_is_needed(self) -> None:
        never = [
            "SELECT count(*), f.i2 FROM planes p LEFT JOIN flights f ON f.i = p.i WHERE f.i2 IS NULL GROUP BY ALL",
            "SELECT a.i FROM flights a JOIN flights b ON a.i = b.i2 WHERE a.i2 = 3",
            "SELECT (SELECT count(*) FROM flights), i FROM flights WHERE i = 3",
            "WITH flights AS (SELECT i + 1 AS i FROM flights) SELECT i FROM flights WHERE i = 3",
            "SELECT i FROM (SELECT i2 AS i FROM flights) WHERE i = 3",
            "SELECT i FROM flights AS f(i2, i) WHERE i = 3",
            "SELECT f.i FROM flights f FULL JOIN planes p ON f.i2 = p.i WHERE f.i = 3",
        ]
        for statement in never:
            with self.subTest(statement):
                self.assertEqual([read["where"] for read in self.asks(statement) if read["table"] == "flights"], [None])
        joined = self.asks("SELECT f.i, name FROM flights f JOIN planes p ON f.carrier = p.carrier WHERE f.i2 = 3 AND p.i < 4")
        self.assertTrue(all(read["where"] for read in joined))
        self.same("SELECT i2 + 1 AS i FROM flights WHERE i > 390")  # the column, not the alias

    def test_a_limit_is_asked_where_any_rows_do(self) -> None:
        statement = "SELECT i, carrier AS c FROM flights WHERE i2 = 3 LIMIT 5 OFFSET 2"
        self.assertEqual(len(tables.sql(statement)), 5)
        self.assertEqual(self.reads()[0]["limit"], 7)
        for more in ("ORDER BY i LIMIT 5", "WHERE length(carrier) = 2 ORDER BY i LIMIT 5", "GROUP BY i, i2 ORDER BY i LIMIT 5"):
            self.assertIsNone(self.asks(f"SELECT i, i2 FROM flights {more}")[0]["limit"], more)
        self.assertIsNone(self.asks("SELECT DISTINCT b FROM flights LIMIT 5")[0]["limit"])
        self.assertIsNone(self.asks("SELECT count(i) OVER () FROM flights LIMIT 1")[0]["limit"])

    def test_sums_are_computed_next_to_the_data(self) -> None:
        lowered = [
            "SELECT count(*) FROM flights",
            'SELECT carrier, count(*) AS n, sum(i), min(d), max("Weird ""name") FROM flights WHERE i2 > 2 GROUP BY carrier ORDER BY 1',
            "SELECT count(r), carrier c, b FROM flights GROUP BY c, b ORDER BY 2 DESC NULLS LAST, b, count(r) LIMIT 5 OFFSET 1",
            "SELECT carrier, avg(r), sum(r) FROM flights GROUP BY ALL ORDER BY carrier NULLS FIRST",
            "SELECT max(i) FROM flights WHERE i < 0",
            "SELECT count(*) FROM flights f GROUP BY f.carrier, i2",
        ]
        for statement in lowered:
            with self.subTest(statement):
                self.asks(statement)
                self.assertEqual([line["call"] for line in self.asked], ["tables.describe", "tables.query"])
        here = [
            "SELECT avg(i) FROM flights",
            "SELECT count(DISTINCT carrier) FROM flights",
            "SELECT sum(i) FILTER (b) FROM flights",
            "SELECT carrier, count(*) FROM flights GROUP BY carrier HAVING count(*) > 70",
            "SELECT carrier, count(*) FROM flights GROUP BY ROLLUP (carrier)",
            "SELECT i2 % 2, count(*) FROM flights GROUP BY 1",
            "SELECT count(*) FROM flights WHERE length(carrier) = 2",
            "SELECT count(*) FROM flights, planes",
            "SELECT DISTINCT count(*) FROM flights GROUP BY carrier",
            "SELECT carrier, count(*) FROM flights GROUP BY carrier ORDER BY length(carrier), carrier",
        ]
        for statement in here:
            with self.subTest(statement):
                self.assertTrue(all("summaries" not in read for read in self.asks(statement)))

    def test_a_sum_that_the_server_cannot_hold(self) -> None:
        self.seen = {**SEEN, "wide": "SELECT 9223372036854775807 AS i FROM range(3)"}
        wide = tables.sql("SELECT sum(i) AS s FROM wide", as_="arrow")
        self.assertEqual([int(value) for value in wide.column("s").to_pylist()], [3 * 9223372036854775807])

    def test_forms_and_frames(self) -> None:
        own = {"mine": pd.DataFrame({"carrier": ["c1", "c2"], "weight": [1.5, None]}), "Theirs": pl.DataFrame({"w": [1]}).lazy()}
        statement = "SELECT m.weight, p.name, w FROM mine m JOIN planes p USING (carrier), THEIRS WHERE p.i > 0 ORDER BY p.name"
        frame = tables.sql(statement, frames=own)
        self.assertEqual(frame["name"].tolist(), ["plane 1", "plane 2"])
        self.assertIsInstance(tables.sql("SELECT 1 AS a", as_="polars"), pl.DataFrame)
        mine = tables.sql("SELECT count(*) AS n FROM planes", frames={"planes": pd.DataFrame({"a": [1]})})
        self.assertEqual((mine["n"].tolist(), [line["call"] for line in self.asked]), ([1], ["tables.describe", "tables.read"]))
        types = tables.sql("SELECT sum(i) AS s, 1.5 AS x, 'a' AS w, d FROM flights GROUP BY d LIMIT 1").dtypes.map(str).to_dict()
        self.assertEqual(types, {"s": "int64", "x": "float64", "w": "str", "d": "object"})

    def test_names_are_the_same_in_any_case(self) -> None:
        self.assertEqual(len(tables.sql("SELECT CARRIER FROM PLANES p WHERE P.I = 1")), 1)
        self.assertEqual(self.reads()[0]["table"], "planes")

    def test_mistakes_read_nothing(self) -> None:
        cases = [
            ("SELECT nothing FROM planes", "column-absent", 'Binder Error: Referenced column "nothing" not found in FROM clause!'),
            ("SELEC 1", "syntax", "Parser Error: syntax error"),
            ("SELECT 1; SELECT 2", "two", "tables.sql runs one SELECT; this is 2 statements."),
            ("DROP TABLE planes", "ddl", "tables.sql runs one SELECT; this is DROP."),
            ("INSERT INTO planes VALUES (1)", "dml", "tables.sql runs one SELECT; this is INSERT."),
            ("CREATE TABLE x AS SELECT * FROM planes", "create", "tables.sql runs one SELECT; this is CREATE."),
            ("", "empty", "tables.sql runs one SELECT; this is nothing."),
            ("SELECT * FROM main.planes", "schema", "Managed tables have no schema: write planes for main.planes."),
        ]
        for statement, name, said in cases:
            with self.subTest(name):
                with self.assertRaises(errors.Invalid) as caught:
                    tables.sql(statement)
                self.assertTrue(str(caught.exception).startswith(said), str(caught.exception))
        self.assertEqual(self.reads(), [])
        absent = "There is no table “nowhere” for you. Ask Owner if there should be."
        self.fails(lambda: tables.sql("SELECT * FROM nowhere"), errors.NotFound, "table-absent", absent)
        self.fails(lambda: tables.sql("SELECT 1", as_="xml"), errors.Invalid, "bad-question", "as_ is one of pandas, polars, arrow.")

    def test_what_fails_on_values_is_duckdbs(self) -> None:
        with self.assertRaises(duckdb.ConversionException):
            tables.sql("SELECT CAST(carrier AS INTEGER) FROM planes")

    def test_variables_of_the_library_are_no_tables(self) -> None:
        for name in ("said", "seen", "query", "local", "frames"):
            with self.assertRaises(errors.NotFound):
                tables.sql(f"SELECT * FROM {name}")

    def test_random_statements(self) -> None:
        """The oracle: the same statement over all that is seen."""
        for seed in range(200):
            statement = Statements(seed).statement()
            with self.subTest(statement, seed=seed):
                self.same(statement)
        asked = self.reads()
        self.assertGreater(sum("summaries" in read for read in asked), 8)
        self.assertGreater(sum(read["where"] is not None for read in asked), 40)


class Statements:
    """SELECTs over flights and planes, of what is pushed down and what is not."""

    VALUES = {
        "i": ["3", "200", "-1", "1.5", "'7'"],
        "i2": ["3", "0", "NULL", "11"],
        "r": ["1", "0.25", "1.5", "1e0"],
        "r2": ["10", "0.3", "39.9"],
        "carrier": ["'c1'", "'c3'", "'zz'", "'it''s'"],
        "b": ["true", "false"],
        "d": ["'2013-01-05'", "DATE '2013-01-20'", "'2013-01-05'::TIMESTAMP"],
        "t": ["TIMESTAMP '2013-01-02 00:00:00'", "'2013-01-01 10:00:00'", "DATE '2013-01-02'"],
    }
    OPERATORS = ("=", "<>", "<", "<=", ">", ">=")

    def __init__(self, seed: int) -> None:
        self.some = random.Random(seed)

    def comparison(self, prefix: str) -> str:
        name = self.some.choice([*self.VALUES])
        value = self.some.choice(self.VALUES[name])
        column, values = prefix + name, ", ".join(self.some.sample(self.VALUES[name], 2))
        return self.some.choice(
            [
                f"{column} {self.some.choice(self.OPERATORS)} {value}",
                f"{value} {self.some.choice(self.OPERATORS)} {column}",
                f"{column} IS {self.some.choice(['', 'NOT '])}NULL",
                f"{column} {self.some.choice(['', 'NOT '])}IN ({values})",
                f"{column} BETWEEN {value} AND {self.some.choice(self.VALUES[name])}",
                f"length(CAST({column} AS VARCHAR)) > 2",
            ]
        )

    def condition(self, prefix: str, depth: int = 2) -> str:
        if depth == 0 or self.some.random() < 0.4:
            return self.comparison(prefix)
        parts = [self.condition(prefix, depth - 1) for _ in range(2)]
        return self.some.choice([f"({parts[0]} AND {parts[1]})", f"({parts[0]} OR {parts[1]})", f"NOT ({parts[0]})"])

    def where(self, prefix: str = "") -> str:
        parts = [self.condition(prefix) for _ in range(self.some.randrange(3))]
        return f" WHERE {' AND '.join(parts)}" if parts else ""

    def statement(self) -> str:
        columns = self.some.sample([*self.VALUES], 3)
        return self.some.choice([self.plain, self.summed, self.joined, self.nested])(columns)

    def plain(self, columns: list[str]) -> str:
        ends = ["", " ORDER BY i, 1", f" ORDER BY i DESC, 1 LIMIT {self.some.randrange(9)} OFFSET 1"]
        shown = self.some.choice([", ".join(columns), "*", f"DISTINCT {columns[0]}, i", f"{columns[0]} AS i2, i"])
        return f"SELECT {shown} FROM flights{self.where()}{self.some.choice(ends)}"

    def summed(self, columns: list[str]) -> str:
        kinds = [
            "count(*)",
            "count(i2)",
            "sum(i)",
            "min(t)",
            "max(d)",
            "sum(r)",
            "avg(r)",
            "min(r2)",
            "max(carrier)",
            "avg(i)",
            "median(i)",
        ]
        shown = ", ".join(f"{one} AS a{at}" for at, one in enumerate(self.some.sample(kinds, 2)))
        by = ", ".join(columns[:2])
        limit = self.some.choice(["", f" LIMIT {self.some.randrange(5)}"])
        return f"SELECT {by}, {shown} FROM flights{self.where()} GROUP BY {by} ORDER BY {columns[0]} NULLS LAST, {columns[1]}{limit}"

    def joined(self, columns: list[str]) -> str:
        kind = self.some.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "SEMI JOIN", "ANTI JOIN"])
        shown = ", ".join(f"f.{column}" for column in columns)
        name = "" if kind in ("SEMI JOIN", "ANTI JOIN") else ", p.name"
        where = self.some.choice([self.where("f."), f" WHERE f.{columns[0]} IS NULL"])
        return f"SELECT {shown}{name} FROM flights f {kind} planes p ON f.carrier = p.carrier AND p.i > 1{where}"

    def nested(self, columns: list[str]) -> str:
        inner = f"SELECT {columns[0]} AS x, i FROM flights{self.where()}"
        return self.some.choice(
            [
                f"WITH w AS ({inner}) SELECT w.x, p.name FROM w JOIN planes p ON w.i = p.i WHERE p.i < 3",
                f"SELECT count(*), min(x) FROM ({inner}) WHERE i > 100",
                f"SELECT p.name FROM planes p WHERE p.i IN (SELECT i2 FROM flights{self.where()})",
                f"SELECT p.name, (SELECT count(*) FROM flights f{self.where('f.')}) FROM planes p",
                f"{inner} UNION ALL SELECT {columns[0]}, i FROM flights WHERE i = 4",
            ]
        )
