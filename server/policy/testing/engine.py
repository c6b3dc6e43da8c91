"""Runs statements for the tests of the policy compiler, through the data plane's own engine. JSON lines both ways:
{"create": sql} | {"sql", "parameters"} -> {"rows": [[…]]} | {"error"}. An integer is written as a decimal string."""

import datetime
import json
import sys
from typing import Any

from dataplane.duckdb_engine import DuckDb
from dataplane.parameters import bound


def shown(value: Any) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return {"integer": str(value)}
    if isinstance(value, float):
        return {"real": value.hex()} if value == value and abs(value) != float("inf") else {"real": str(value)}
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="microseconds")
    return value.isoformat()


def main() -> None:
    engine = DuckDb(":memory:", "512MB", 1)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "create" in request:
                for statement in request["create"]:
                    engine.connection.execute(statement["sql"], bound(statement["parameters"]))
                answer: dict[str, Any] = {"rows": []}
            else:
                with engine.stream(request["sql"], bound(request["parameters"]), 60) as reader:
                    table = reader.read_all()
                columns = [column.to_pylist() for column in table.columns]
                answer = {"rows": [[shown(value) for value in row] for row in zip(*columns, strict=True)]}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
