"""A fork that is told to end at once, as a pool of multiprocessing does with its workers."""

import os
import signal
import time
import unittest
from collections.abc import Callable
from typing import Any

import uvicorn
from marimo._runtime import handlers

from launcher import forks

FORKS = 50


def ends(handler: Callable[[int, Any], None]) -> set[int]:
    """How forks of a process with this handler end, negative by a signal; in a process of their own, since hooks stay."""
    read, write = os.pipe()
    parent = os.fork()
    if parent == 0:
        forks.end_at_sigterm()
        signal.signal(signal.SIGTERM, handler)
        for _ in range(FORKS):
            child = os.fork()
            if child == 0:
                time.sleep(5)
                os._exit(7)
            os.kill(child, signal.SIGTERM)
            os.write(write, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]).to_bytes(2, signed=True))
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as said:
        codes = said.read()
    os.waitpid(parent, 0)
    assert len(codes) == 2 * FORKS, codes
    return {int.from_bytes(codes[at : at + 2], signed=True) for at in range(0, len(codes), 2)}


class Forks(unittest.TestCase):
    def test_of_a_kernel(self) -> None:
        self.assertEqual(ends(handlers.construct_sigterm_handler(None)), {-signal.SIGTERM})  # type: ignore[arg-type]

    def test_of_a_server(self) -> None:
        self.assertEqual(ends(uvicorn.Server(uvicorn.Config(app="")).handle_exit), {-signal.SIGTERM})

    def test_with_a_handler_of_the_persons_own(self) -> None:
        self.assertEqual(ends(lambda number, frame: os._exit(9)), {9})


if __name__ == "__main__":
    unittest.main()
