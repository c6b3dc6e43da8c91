# Reads a table as a stream, over and over, and shows each part as it comes: the read is in its middle whenever it is cut.
import json
import socket
import time

import marimo as mo

ROOM = "/run/scrydon"
ASK = json.dumps({"call": "tables.read", "body": {"table": "TABLE", "columns": None, "where": None, "limit": 10_000_000}})


def connected(name, line):
    own = socket.socket(socket.AF_UNIX)
    own.connect(f"{ROOM}/{name}")
    own.sendall(line.encode() + b"\n")
    return own


def parts():
    with connected("control", ASK) as control:
        plan = json.loads(control.makefile().readline())["ok"]["plan"]
    with connected("data", plan) as rows:
        while part := rows.recv(1 << 16):
            yield len(part)
            time.sleep(0.01)


shown = 0
while True:
    for _ in parts():
        shown += 1
        mo.output.replace(f"PART:{shown}")
