# What code in a kernel can try to write, through the library and past it. The last value says what came of it.
import base64
import json
import socket
import struct

import pandas as pd

from scrydon import tables

TABLE = "demo-analyst.delays"
frame = pd.DataFrame({"carrier": ["AA", None], "delay": [1.5, 2.0]})


def attempt(what):
    try:
        return what()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def written(name, rows, mode="append"):
    return attempt(lambda: str(tables.write(name, rows, mode)))


def control(call, **body):
    with socket.socket(socket.AF_UNIX) as own:
        own.connect("/run/scrydon/control")
        own.sendall(json.dumps({"call": call, "body": body}).encode() + b"\n")
        return json.loads(own.makefile().readline())


def data(line):
    with socket.socket(socket.AF_UNIX) as own:
        own.settimeout(30)
        own.connect("/run/scrydon/data")
        own.sendall(line)
        return own.makefile("rb").read().decode("latin1")


def hostile():
    """A plan of one's own, and bytes that are no Arrow."""
    asked = {"write": "w_" + "h" * 24, "table": TABLE, "mode": "append"}
    columns = [{"name": "carrier", "type": "text"}, {"name": "delay", "type": "real"}]
    plan = control("tables.write", **asked, columns=columns)["ok"]["plan"]
    body = b"\xff" * 5000
    end = json.dumps({"bytes": len(body)}).encode()
    said = data(plan.encode() + b"\n" + struct.pack("<cQ", b"D", len(body)) + body + struct.pack("<cQ", b"E", len(end)) + end)
    return [said[9:], control("tables.written", **asked)["error"]["code"]]


tried = {
    "made": written("delays", frame, "create"),
    "made again": written("delays", frame, "create"),
    "added": written(TABLE, frame[:1]),
    "of another shape": written(TABLE, pd.DataFrame({"carrier": [1], "late": [2]})),
    "hostile": attempt(hostile),
    "as somebody else": attempt(lambda: control("tables.write", write="w_" + "x" * 24, table=TABLE, mode="append", columns=[], person="p_demo-owner")["error"]["code"]),
    "without a grant": written("airlines", pd.DataFrame({"carrier": ["ZZ"], "name": ["x"]})),
    "read": attempt(lambda: tables.read(TABLE).sort_values("delay")["delay"].tolist()),
    "listed": attempt(lambda: TABLE in [table.name for table in tables.list()]),
    "writable": attempt(lambda: tables.describe(TABLE).writable),
    "contacts": attempt(lambda: len(tables.read("compliance_authorities", columns=["email"]))),
    "no longer writable": attempt(lambda: tables.describe(TABLE).writable),
    "after contacts": written(TABLE, frame),
    "replaced": written("other", frame, "create"),
}
"TRIED:" + base64.b64encode(json.dumps(tried).encode()).decode() + ":"
