# What code in a kernel can try against the governed path when it leaves the library aside. The last value says what came of it.
import base64
import json
import os
import select
import socket

ROOM = "/run/scrydon"
state = json.loads("""STATE""")
THEIRS = "PLAN"


def said(path, line, most=1 << 16):
    with socket.socket(socket.AF_UNIX) as own:
        own.settimeout(10)
        own.connect(os.path.join(ROOM, path))
        own.sendall(line)
        found = b""
        while len(found) < most:
            part = own.recv(1 << 16)
            found += part
            if not part or (path == "control" and found.endswith(b"\n")):
                return found


def asked(call, **body):
    return json.loads(said("control", json.dumps({"call": call, "body": body}).encode() + b"\n"))


def unread(asking):
    """It is answered, and goes without having read that."""
    with socket.socket(socket.AF_UNIX) as own:
        own.connect(os.path.join(ROOM, "control"))
        own.sendall(asking)
        select.select([own], [], [], 10)


def attempt(what):
    try:
        return repr(what())
    except Exception as error:
        return type(error).__name__


def twice(asking):
    """A plan of one's own, presented at once: it is kept for seconds."""
    plan = asked("tables.read", **asking)["ok"]["plan"].encode() + b"\n"
    return said("data", plan), said("data", plan)


for _ in range(5):
    unread(b"{}\n")
whole = {"table": "compliance_authorities", "columns": None, "where": None, "limit": None}
first, again = twice(whole)
tried = {
    "as somebody else": asked("tables.read", **whole, person="p_demo-analyst"),
    "without masks": asked("tables.read", **whole, mask=False),
    "a made-up call": asked("policy.set", table="compliance_authorities"),
    "sql in a name": asked("tables.read", **{**whole, "table": 'compliance_authorities" --'}),
    "their plan": said("data", THEIRS.encode() + b"\n").decode("latin1"),
    "own plan": len(first),
    "own plan again": again.decode("latin1"),
    "folder": sorted(os.listdir(ROOM)),
    "another socket": attempt(lambda: os.mkdir(os.path.join(ROOM, "more"))),
    "the state": [path for path in state if os.path.exists(path)],
}
"TRIED:" + base64.b64encode(json.dumps(tried).encode()).decode() + ":"
