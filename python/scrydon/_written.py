"""What came of something that was handed over: asked until the gateway knows."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from scrydon._control import ask
from scrydon._doors import place
from scrydon.errors import Unavailable

PAUSE = 0.2  # seconds between two questions to a side that is away


R = TypeVar("R")


@dataclass(frozen=True)
class Written:
    """What was written. `name`: what the table is called, to read it; `rows`: that were written."""

    name: str
    rows: int


def outcome(asked: dict[str, Any]) -> Written:
    late = f"The server does not say what came of the write to “{asked['table']}”. Read the table before you write again."
    return known("tables.written", asked, _written, late)


def known(call: str, asked: dict[str, Any], parse: Callable[[dict[str, Any]], R | None], late: str) -> R:
    """Also where a side was restarted in its middle: it is asked until somebody knows. `parse` answers None: not yet."""
    until = time.monotonic() + place().silence
    heard = time.monotonic()
    while time.monotonic() < until:
        try:
            said = ask(call, asked, parse)
            heard = time.monotonic()
        except Unavailable as away:
            if away.code != "unavailable":
                raise
            said = None
            until = min(until, heard + place().answer)
            time.sleep(PAUSE)
        if said is not None:
            return said
    raise Unavailable(late, "unavailable")


def _written(said: dict[str, Any]) -> Written | None:
    return None if said["state"] == "waits" else Written(said["table"], said["rows"])
