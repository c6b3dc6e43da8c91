"""A kernel's folder of sockets, with whoever a test puts behind them."""

import json
import os
import socket
import tempfile
import threading
import unittest
from collections.abc import Callable
from typing import Any

from scrydon import _doors, errors

PYTHON = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DEADLINE = 10
QUICK = {"restart": 0.2, "answer": 5.0, "silence": 5.0}

Answer = Callable[[dict[str, Any]], bytes]


class Listener:
    """Answers each connection at a path: the line it sends, by what `answer` makes of it. Empty: it is closed without one."""

    def __init__(self, path: str, answer: Callable[[bytes], bytes]) -> None:
        self.answer = answer
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(path)
        self.socket.listen(16)
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            connection = self.socket.accept()[0]
            with connection, connection.makefile("rb") as lines:
                line = lines.readline()
                if not line:
                    return
                try:
                    connection.sendall(self.answer(line))
                except ConnectionError:  # it was closed in the face of a long answer
                    continue

    def end(self) -> None:
        with socket.socket(socket.AF_UNIX) as last:
            last.connect(self.socket.getsockname())
        self.thread.join(DEADLINE)
        os.unlink(self.socket.getsockname())
        self.socket.close()


def ok(said: Any) -> bytes:
    return json.dumps({"ok": said}).encode() + b"\n"


def refused(code: str, message: str = "No.", **more: str) -> bytes:
    return json.dumps({"error": {"code": code, "message": message, **more}}).encode() + b"\n"


def planned(plan_id: str) -> bytes:
    return ok({"plan": plan_id, "columns": [], "filtered": False, "label": {"level": "public", "markings": []}})


class Case(unittest.TestCase):
    """A kernel's folder of sockets; `control` and `data` put somebody behind them."""

    def setUp(self) -> None:
        self.fresh()

    def fresh(self) -> None:
        """An empty folder; a test that puts one after another behind the same socket begins each with it."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.place(folder.name)

    def place(self, folder: str, **changed: float) -> None:
        before = _doors.place()
        self.addCleanup(_doors.use, before)
        _doors.use(_doors.Place(folder, **{**QUICK, **changed}))

    def control(self, answer: Answer) -> None:
        self.listen("control", lambda line: answer(json.loads(line)))

    def listen(self, name: str, answer: Callable[[bytes], bytes]) -> None:
        self.addCleanup(Listener(os.path.join(_doors.place().folder, name), answer).end)

    def fails(self, call: Callable[[], Any], kind: type[errors.ScrydonError], code: str, said: str) -> errors.ScrydonError:
        with self.assertRaises(errors.ScrydonError) as caught:
            call()
        self.assertIs(type(caught.exception), kind)
        self.assertEqual((caught.exception.code, str(caught.exception)), (code, said))
        return caught.exception
