"""The sockets of a kernel: each call has a connection of its own, so that threads and forks share nothing."""

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

PAUSE = 0.05  # seconds between two tries to connect

R = TypeVar("R")


@dataclass(frozen=True)
class Place:
    """Where the sockets are, and the seconds that are waited."""

    folder: str = "/run/scrydon"
    restart: float = 5.0  # for a side that restarts to come back
    answer: float = 30.0  # for the answer to a question
    silence: float = 600.0  # between two bytes of a stream: longer than a plan may run, which the data plane ends by itself


_place = Place()


def place() -> Place:
    return _place


def use(other: Place) -> None:
    """For tests."""
    global _place
    _place = other


def connect(name: str, silence: float) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(silence)
        connection.connect(os.path.join(_place.folder, name))
    except BaseException:
        connection.close()
        raise
    return connection


def patiently(attempt: Callable[[], R], *gone: type[OSError]) -> R:
    """Tries again while the other side restarts. It answers then with a refusal, a close, or, its queue full, that one would block."""
    until: float | None = None  # counted from when it is seen to have gone: a question may have been held for long before
    while True:
        try:
            return attempt()
        except (ConnectionError, BlockingIOError, *gone):
            until = until or time.monotonic() + _place.restart
            if time.monotonic() >= until:
                raise
        time.sleep(PAUSE)
