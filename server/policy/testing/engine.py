"""Runs statements for the tests of the policy compiler, through one of the data plane's own engines, which is named. JSON lines
both ways: {"create": [{"sql", "parameters"}]} | {"sql", "parameters"} -> {"rows": [[…]]} | {"error"}. What creates may leave one
table, t. An integer is written as a decimal string."""

import datetime
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from adbc_driver_postgresql import dbapi
from dataplane.duckdb_engine import DuckDb
from dataplane.engine import Engine
from dataplane.parameters import bound
from dataplane.postgres_engine import Postgres, wall
from tests.postgres_server import postgres

Creates = Callable[[str, list[Any]], Any]


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


@contextmanager
def duckdb() -> Iterator[tuple[Engine, Creates, Callable[[], None]]]:
    with closing(DuckDb(":memory:", "512MB", 1)) as engine:
        yield engine, engine.connection.execute, lambda: None


@contextmanager
def on_postgres() -> Iterator[tuple[Engine, Creates, Callable[[], None]]]:
    with postgres() as server, closing(Postgres(server.plane)) as engine, closing(dbapi.connect(server.owner)) as owner:

        def execute(sql: str, parameters: list[Any]) -> None:
            with owner.cursor() as cursor:
                cursor.execute(sql, parameters or None)

        def opened() -> None:
            for statement in wall("t", engine.role):
                execute(statement, [])
            owner.commit()

        yield engine, execute, opened


def rows(engine: Engine, request: dict[str, Any]) -> list[list[Any]]:
    with engine.stream(request["sql"], bound(request["parameters"]), 60) as reading:
        batches = [[column.to_pylist() for column in batch.columns] for batch in reading]
    return [[shown(value) for value in row] for columns in batches for row in zip(*columns, strict=True)]


def main(engine: Engine, execute: Creates, opened: Callable[[], None]) -> None:
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "create" in request:
                for statement in request["create"]:
                    execute(statement["sql"], bound(statement["parameters"]))
                opened()
                answer: dict[str, Any] = {"rows": []}
            else:
                answer = {"rows": rows(engine, request)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


with {"duckdb": duckdb, "postgres": on_postgres}[sys.argv[1]]() as made:
    main(*made)
