"""A marimo server of ours, forked without a sandbox, and a client for it. Run the tests from `python/`:
    ../.venv/bin/python -m unittest discover -s tests -t ."""

import http.client
import json
import os
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from launcher import serve, zygote

SESSION = "s_tested"
DEADLINE = 20


def notebook(*cells: str) -> str:
    bodies = ["@app.cell\ndef _():\n" + "".join(f"    {line}\n" for line in cell.splitlines()) + "    return\n" for cell in cells]
    return "import marimo\n\napp = marimo.App()\n\n" + "\n".join(bodies)


class Client:
    def __init__(self, path: str) -> None:
        self.path = path
        self.messages: list[dict[str, Any]] = []

    def call(self, path: str, body: Any = None) -> str:
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(self.path)
        headers = {"content-type": "application/json", "marimo-session-id": SESSION}
        connection.request("GET" if body is None else "POST", path, None if body is None else json.dumps(body), headers)
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    @contextmanager
    def session(self) -> Iterator["Client"]:
        from websockets.sync.client import unix_connect

        with unix_connect(self.path, f"ws://localhost/ws?session_id={SESSION}", max_size=None, open_timeout=DEADLINE) as self.channel:
            yield self

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            message = json.loads(self.channel.recv(timeout=DEADLINE))
            self.messages.append(message)
            if wanted(message):
                return message

    def until_op(self, op: str) -> dict[str, Any]:
        return self.until(lambda message: message["op"] == op)


@contextmanager
def served(mode: str, source: str, prepare: Callable[[str], None] = lambda home: None) -> Iterator[Client]:
    """Forks a server for a notebook of this source; `prepare` gets its home first."""
    with tempfile.TemporaryDirectory() as made:
        home = os.path.realpath(made)
        path = os.path.join(home, "notebook.py")
        with open(path, "w") as file:
            file.write(source)
        prepare(home)
        listener = zygote.listen(os.path.join(home, "socket"))
        order = {"mode": mode, "autorun": mode == "run", "theme": "light", "home": home, "notebook": path, "limits": {"output": 8 << 20, "processes": 256, "scratch": 2 << 30}}
        pid = os.fork()
        if pid == 0:
            try:
                serve.run(order, listener.fileno())
            finally:
                os._exit(0)
        listener.close()
        try:
            yield Client(os.path.join(home, "socket"))
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
