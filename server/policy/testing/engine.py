"""Runs statements for the tests of the policy compiler, through one of the data plane's own engines, which is named. JSON lines
both ways: {"create": [{"sql", "parameters"}]} | {"sql", "parameters"} | {"write": [{"sql", "parameters", "none"}]} -> {"rows": [[…]]} |
{"error"}. What creates may leave two tables: t, and came, whose rows are what a write brings; that is answered with how many, or the
reason that it was refused for. An integer is written as a decimal string."""

import datetime
import itertools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from typing import Any

from adbc_driver_postgresql import dbapi
from dataplane.duckdb_engine import DuckDb
from dataplane.engine import Engine, Step, Write
from dataplane.parameters import bound
from dataplane.plans import Refused
from dataplane.postgres_engine import Postgres, gate, wall
from tests.postgres_server import postgres

Creates = Callable[[str, list[Any]], Any]
SECONDS = 60
ids = map(str, itertools.count())


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
    with postgres() as server, closing(Postgres(server.plane, server.owner)) as engine, closing(dbapi.connect(server.owner)) as owner:

        def execute(sql: str, parameters: list[Any]) -> None:
            with owner.cursor() as cursor:
                cursor.execute(sql, parameters or None)

        def opened() -> None:
            with owner.cursor() as cursor:
                cursor.execute("SELECT relname::text FROM pg_class WHERE relname IN ('t', 'came') AND NOT relrowsecurity")
                bare = [name for (name,) in cursor.fetchall()]
            for statement in [one for table in bare for one in (*wall(table, engine.role), *gate(table, engine.role))]:
                execute(statement, [])
            owner.commit()

        yield engine, execute, opened


def rows(engine: Engine, request: dict[str, Any]) -> list[list[Any]]:
    with engine.stream(request["sql"], bound(request["parameters"]), SECONDS) as reading:
        batches = [[column.to_pylist() for column in batch.columns] for batch in reading]
    return [[shown(value) for value in row] for columns in batches for row in zip(*columns, strict=True)]


def written(engine: Engine, steps: list[dict[str, Any]]) -> list[list[Any]]:
    with engine.stream("SELECT * FROM came", [], SECONDS) as reading:
        batches, shape = list(reading), reading.schema
    one = next(ids)
    done = [Step(step["sql"], bound(step["parameters"]), step["none"]) for step in steps]
    try:
        return [[shown(engine.write(Write(one, "k", shape, lambda: iter(batches), done), SECONDS, nullcontext()))]]
    except Refused as refused:
        return [[refused.reason]]


def main(engine: Engine, execute: Creates, opened: Callable[[], None]) -> None:
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "create" in request:
                for statement in request["create"]:
                    execute(statement["sql"], bound(statement["parameters"]))
                opened()
                answer: dict[str, Any] = {"rows": []}
            elif "write" in request:
                answer = {"rows": written(engine, request["write"])}
            else:
                answer = {"rows": rows(engine, request)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


with {"duckdb": duckdb, "postgres": on_postgres}[sys.argv[1]]() as made:
    main(*made)
