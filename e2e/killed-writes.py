# Replaces a table again and again while something is killed, and reads it after each time. The last value is what it was told and saw.
import base64
import json
import time

import pandas as pd

from scrydon import errors, tables

NAME = "demo-analyst.KEPT"
ROWS = 50_000


def patient(what):
    """Until it is answered: a side may be on its way back."""
    until = time.monotonic() + 60
    while True:
        try:
            return what()
        except errors.Unavailable:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def holds():
    counted = tables.query(NAME, {"rows": "count"}, by=["n"])
    return dict(zip(counted["n"].tolist(), counted["rows"].tolist()))


def attempt(number):
    try:
        return tables.write(NAME, pd.DataFrame({"n": [number] * ROWS}), "replace").rows
    except errors.ScrydonError as error:
        return error.code


patient(lambda: tables.write(NAME, pd.DataFrame({"n": [0] * ROWS}), "create"))
rounds = []
over = time.monotonic() + 10
while len(rounds) < 4 or time.monotonic() < over:
    number = len(rounds) + 1
    print(f"round {number};", flush=True)
    rounds.append([attempt(number), patient(holds)])
rounds.append([patient(lambda: tables.write(NAME, pd.DataFrame({"n": [-1] * ROWS}), "replace").rows), patient(holds)])
"KEPT:" + base64.b64encode(json.dumps(rounds).encode()).decode() + ":"
