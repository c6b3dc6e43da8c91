"""The gateway's side: one client on a private socket, JSON lines both ways, each with an "id" that its answer repeats. What it says is
what may run, and is done in order; only what is asked of the tables is answered beside the rest, when it is ready.

  {"op": "epochs", "policy": n, "rights": {kernel: n}}   all of them; sent first, and again when the gateway comes back:
                                                         {"engine": the dialect that statements must be in, "writes": whether it takes any}
  {"op": "policy", "epoch": n, "since": m, "about": []}  what was decided before is cut; where m is given, only what is about one of these
  {"op": "kernel", "kernel", "path", "rights": n}        opens its door at `path`, or changes its rights
  {"op": "forget", "kernel"}                             closes the door, cuts what it streams
  {"op": "plan", "plan": {…}}                            see plans.Plan
  {"op": "intake", "intake": {…}}                        see plans.Intake
  {"op": "commit", "commit": {…}}                        see writes.Commit
  {"op": "keep", "keep": {…}}                            see keeping.Keep
  {"op": "written", "write", "kernel", "plan"}           {"rows": [[n]]}, or none: a write has not happened; that of `plan` never will
  {"op": "drop", "plan"}                                 what was taken in is not wanted
  {"op": "ask", "sql", "parameters", "seconds"}          a few rows for the gateway itself: {"rows": [[…]]}
  {"op": "tables"}                                       {"tables": {name: [[column, type], …]}}
-> {"done": {"plan", "rows", "end"}}                     unasked: a plan that was presented has ended
-> {"intake": {"plan", "end", "column"}}                 unasked: one has "begun"; what came of it; "taken" waits for its commit
-> {"wrote": {"plan", "rows", "end"}}                    unasked: a commit has ended
-> {"kept": {"plan", "bytes", "digest", "end"}}          unasked: what was to be kept is on the disk, or why not
-> {"id", "ok": true, …} | {"id", "error": reason}

While no gateway is connected nothing new may run, and after GRACE what runs is cut: nobody could revoke it."""

import json
import logging
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from dataplane import canary
from dataplane.doors import Doors
from dataplane.intake import Intakes
from dataplane.keeping import Keep, Keeping
from dataplane.plans import Intake, Plan, Refused
from dataplane.streams import Streams
from dataplane.writes import Commit, Writes

GRACE = 2.0  # seconds
LINE = 8 << 20  # bytes of one request
ASKS = 16  # at once; a gateway asks fewer (server/data/plane.ts), those of one that has gone run out

log = logging.getLogger("dataplane")
Request = dict[str, Any]


class Gateway:
    def __init__(self, streams: Streams, doors: Doors, intakes: Intakes, writes: Writes, keeping: Keeping) -> None:
        self.streams = streams
        self.plans = streams.plans
        self.doors = doors
        self.connected = False
        self.client: socket.socket | None = None
        self.saying = threading.Lock()
        self.asks = threading.BoundedSemaphore(ASKS)
        self.intakes = intakes
        self.writes = writes
        self.keeping = keeping
        streams.done = self._done
        intakes.said = writes.said = keeping.said = self._tell
        self.ops: dict[str, Callable[[Request], Request]] = {
            "epochs": self._epochs,
            "policy": self._policy,
            "kernel": self._kernel,
            "forget": self._forget,
            "plan": self._plan,
            "intake": self._intake,
            "commit": self._commit,
            "keep": self._keep,
            "written": self._written,
            "drop": self._drop,
            "ask": self._ask,
            "tables": lambda _: {"tables": {name: columns for name, columns in streams.engine.tables().items() if name != canary.NAME}},
        }

    def serve(self, listener: socket.socket) -> None:
        """One gateway at a time, the newest: a killed one may not have been missed yet."""
        while True:
            client = listener.accept()[0]
            with client:
                self.client = client
                self._converse(client)
                self.client = None
            self._alone()

    def _converse(self, client: socket.socket) -> None:
        with client.makefile("rb") as lines, suppress(OSError, ValueError, KeyError):  # it went, and had not read all; or it is no gateway
            while line := lines.readline(LINE):
                self._take(client, json.loads(line))

    def _take(self, client: socket.socket, request: Request) -> None:
        if request["op"] != "ask":
            self._say(client, self._answer(request))
        elif self.asks.acquire(blocking=False):
            threading.Thread(target=self._beside, args=(client, request), daemon=True).start()
        else:
            self._say(client, {"id": request["id"], "error": "busy"})

    def _beside(self, client: socket.socket, request: Request) -> None:
        with suppress(OSError):  # it has gone
            try:
                said = self._answer(request)
            finally:
                self.asks.release()
            self._say(client, said)

    def _say(self, client: socket.socket, said: Request) -> None:
        with self.saying:
            client.sendall(json.dumps(said).encode() + b"\n")

    def _done(self, plan: str, rows: int, end: str) -> None:
        self._tell({"done": {"plan": plan, "rows": rows, "end": end}})

    def _tell(self, said: Request) -> None:
        """A gateway that is away cannot write it down; the row of the decision stays without its second."""
        client = self.client
        if client is not None:
            with suppress(OSError):
                self._say(client, said)

    def _answer(self, request: Request) -> Request:
        mine = {"id": request["id"]}
        try:
            return {**mine, "ok": True, **self.ops[request["op"]](request)}
        except Refused as refused:
            return {**mine, "error": refused.reason}
        except Exception as error:
            log.error("a request failed", extra={"type": type(error).__name__})
            return {**mine, "error": "failed"}

    def _alone(self) -> None:
        """Nobody says what may run any more."""
        held = self.plans.policy
        self.plans.waiting.clear()
        self.writes.leave()
        self.intakes.clear()

        def cut() -> None:
            if self.plans.policy == held and not self.connected:
                self.plans.reset(-1)
                self.streams.cut()

        self.connected = False
        timer = threading.Timer(GRACE, cut)
        timer.daemon = True
        timer.start()

    def _epochs(self, request: Request) -> Request:
        self.connected = True
        gone = set(self.plans.rights) - set(request["rights"])
        self.plans.reset(request["policy"])
        self.plans.rights.update(request["rights"])
        for kernel in gone:
            self._forget({"kernel": kernel})
        self.streams.cut()
        engine = self.streams.engine
        return {"engine": engine.dialect, "writes": engine.writes}

    def _policy(self, request: Request) -> Request:
        self.plans.turn(request["epoch"], request.get("since"), request.get("about", []))
        self.streams.cut()
        return {}

    def _kernel(self, request: Request) -> Request:
        self.plans.rights[request["kernel"]] = request["rights"]
        self.streams.cut()
        self.doors.listen(request["kernel"], request["path"])
        return {}

    def _forget(self, request: Request) -> Request:
        self.plans.forget(request["kernel"])
        self.streams.cut()
        self.doors.close(request["kernel"])
        return {}

    def _plan(self, request: Request) -> Request:
        self.plans.add(Plan(**request["plan"]))
        return {}

    def _intake(self, request: Request) -> Request:
        self.plans.add(Intake(**request["intake"]))
        return {}

    def _commit(self, request: Request) -> Request:
        self.writes.begin(Commit(**request["commit"]))
        return {}

    def _keep(self, request: Request) -> Request:
        self.keeping.begin(Keep(**request["keep"]))
        return {}

    def _drop(self, request: Request) -> Request:
        self.intakes.drop(request["plan"])
        return {}

    def _written(self, request: Request) -> Request:
        rows = self.writes.written(request["write"], request["kernel"], request.get("plan"))
        return {"rows": [] if rows is None else [[rows]]}

    def _ask(self, request: Request) -> Request:
        return {"rows": self.streams.ask(request["sql"], request["parameters"], request["seconds"])}


def listen(path: str) -> socket.socket:
    if os.path.lexists(path):
        os.unlink(path)
    before = os.umask(0o177)
    try:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
    finally:
        os.umask(before)
    listener.listen(1)
    return listener
