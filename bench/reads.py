"""The kernel's side of `bench reads`: reads plans with the library that notebooks have, and does the same by itself.

  python reads.py make <tables.duckdb of the data plane> <folder> <rows>   a table of 8 columns, thrice: there, a copy, and as parquet
  python reads.py serve <folder>   {"do": …} -> {"seconds", "rows"}, JSON lines; the data plane's door is <folder>/data"""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from typing import Any

import duckdb

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "python"))

from dataplane.parameters import bound  # noqa: E402
from scrydon import _data, _doors  # noqa: E402

ROWS = 131_072  # of one batch, as in the data plane
TABLE = """CREATE TABLE readings AS SELECT i AS id, 'name ' || (i % 100000) AS name, 'user' || i || '@example.org' AS email,
  ['AT', 'CH', 'DE', 'FR', 'LI'][1 + i % 5] AS land, CAST(hash(i) % 100000 AS BIGINT) AS amount, (hash(i) % 1000) / 7 AS score,
  TIMESTAMP '2020-01-01' + to_seconds(i) AS at, i % 2 = 0 AS flag FROM range({rows}) t(i)"""

Answer = Callable[[dict[str, Any]], Any]


def make(tables: str, folder: str, rows: int) -> None:
    os.makedirs(os.path.dirname(tables), exist_ok=True)
    with duckdb.connect(tables) as connection:
        connection.execute(TABLE.format(rows=rows))
        connection.execute(f"COPY readings TO '{folder}/readings.parquet' (FORMAT parquet)")
    shutil.copy(tables, os.path.join(folder, "own.duckdb"))


def serve(folder: str) -> None:
    import pandas

    _doors.use(_doors.Place(folder=folder))
    own = duckdb.connect(os.path.join(folder, "own.duckdb"), read_only=True)

    def itself(ask: dict[str, Any]) -> Any:
        return own.sql(ask["sql"], params=bound(ask["parameters"])).to_arrow_reader(ROWS).read_all()

    answers: dict[str, Answer] = {
        "governed": lambda ask: _data.read(ask["plan"], "readings"),
        "governed, pandas": lambda ask: _data.read(ask["plan"], "readings").to_pandas(),
        "governed, grouped here": lambda ask: _data.read(ask["plan"], "readings").to_pandas().groupby("land")["amount"].sum(),
        "own": itself,
        "parquet": lambda _: pandas.read_parquet(os.path.join(folder, "readings.parquet")),
    }
    print(json.dumps({}), flush=True)
    for line in sys.stdin:
        ask = json.loads(line)
        began = time.perf_counter()
        rows = len(answers[ask["do"]](ask))
        print(json.dumps({"seconds": time.perf_counter() - began, "rows": rows}), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        serve(sys.argv[2])
