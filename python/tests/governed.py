"""A gateway as far as the library sees one, over the real data plane: tables that are each a SELECT of what a person sees."""

import json
import os
from typing import Any

import duckdb

from scrydon import _sql
from tests.kernel_folder import Case, ok, planned, refused
from tests.test_dataplane import House, plan

NAMES = {kind: name for name, kind in _sql.TYPES.items()}
COMPARISONS = {"eq": "=", "lt": "<", "le": "<="}
ENGINE = {"text": "VARCHAR", "integer": "BIGINT", "real": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "timestamp": "TIMESTAMP"}


class Governed(Case):
    """`seen`: a SELECT for each table. `asked`: the calls that were made."""

    house: House
    seen: dict[str, str]

    @classmethod
    def setUpClass(cls) -> None:
        cls.house = House()
        cls.addClassCleanup(cls.house.end)
        cls.local = duckdb.connect(":memory:")
        cls.addClassCleanup(cls.local.close)

    def setUp(self) -> None:
        self.place(os.path.join(self.house.folder, "k"))
        self.asked: list[dict[str, Any]] = []
        self.plans = 0
        self.control(self.gateway)

    def reads(self) -> list[dict[str, Any]]:
        """What was asked for rows."""
        return [line["body"] for line in self.asked if line["call"] in ("tables.read", "tables.query")]

    def frame(self, name: str) -> Any:
        """All of a table, as it is seen."""
        return self.local.sql(self.seen[name]).to_arrow_table()

    def gateway(self, line: dict[str, Any]) -> bytes:
        self.asked.append(line)
        call, body = line["call"], line["body"]
        if call == "tables.list":
            return ok({"tables": [{"name": name, "owner": "Owner", "description": "", "readable": True} for name in self.seen]})
        if body["table"] not in self.seen:
            return refused("table-absent", f"There is no table “{body['table']}” for you. Ask Owner if there should be.")
        if call == "tables.describe":
            return self.described(body["table"])
        return self.planned(_read(body, self.seen) if call == "tables.read" else _query(body, self.seen))

    def described(self, name: str) -> bytes:
        columns = [{"name": one.name, "type": NAMES[one.type], "masked": None, "description": ""} for one in self.frame(name).schema]
        said = {"name": name, "owner": "Owner", "description": "", "label": {"level": "public", "markings": []}}
        return ok({**said, "columns": columns, "filtered": False, "writable": False})

    def planned(self, sql: str) -> bytes:
        self.plans += 1
        made = plan(f"p{self.plans}", sql=sql)
        self.assertEqual(self.house.say(op="plan", plan=made), {"ok": True})
        return planned(made["id"])


def _read(body: dict[str, Any], seen: dict[str, str]) -> str:
    columns = ", ".join(map(quoted, body["columns"])) if body["columns"] else "*"
    return f"SELECT {columns} FROM ({seen[body['table']]}) AS seen{_where(body)}{_limit(body)}"


def _query(body: dict[str, Any], seen: dict[str, str]) -> str:
    by = [quoted(name) for name in body["by"]]
    shown = [*by, *(f"{_summary(one)} AS {quoted(one['as'])}" for one in body["summaries"])]
    grouped = f" GROUP BY {', '.join(by)}" if by else ""
    return f"SELECT {', '.join(shown)} FROM ({seen[body['table']]}) AS seen{_where(body)}{grouped}{_limit(body)}"


def _summary(one: dict[str, Any]) -> str:
    if one["column"] is None:
        return "count(*)"
    of = f"{'avg' if one['of'] == 'mean' else one['of']}({quoted(one['column'])})"
    return f"CAST({of} AS BIGINT)" if one["of"] == "sum" and one["column"].startswith("i") else of  # of an integer, by its name


def _where(body: dict[str, Any]) -> str:
    return "" if body["where"] is None else f" WHERE {condition(body['where'])}"


def _limit(body: dict[str, Any]) -> str:
    return "" if body["limit"] is None else f" LIMIT {body['limit']}"


def condition(expr: dict[str, Any]) -> str:
    op = expr["op"]
    if op in ("and", "or"):
        return "(" + f" {op} ".join(map(condition, expr["of"])) + ")"
    if op == "not":
        return f"(NOT {condition(expr['of'])})"
    if op == "isNull":
        return f"({quoted(expr['term']['column'])} IS NULL)"
    if op == "in":
        among = ", ".join(map(_literal, expr["among"]))
        return f"({quoted(expr['term']['column'])} IN ({among}))"
    return f"({_term(expr['left'])} {COMPARISONS[op]} {_term(expr['right'])})"


def _term(term: dict[str, Any]) -> str:
    return quoted(term["column"]) if "column" in term else _literal(term["literal"])


def _literal(literal: dict[str, Any]) -> str:
    text = str(literal["value"]).replace("'", "''")
    return f"CAST('{text}' AS {ENGINE[literal['type']]})"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def lines(table: Any) -> list[str]:
    """Rows in an order of their own, to compare."""
    return sorted(json.dumps([repr(value) for value in row.values()]) for row in table.to_pylist())
