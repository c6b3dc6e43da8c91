"""What came of a write: asked until the gateway knows."""

import time
from dataclasses import dataclass
from typing import Any

from scrydon._control import ask
from scrydon._doors import place
from scrydon.errors import Unavailable

PAUSE = 0.2  # seconds between two questions to a side that is away


@dataclass(frozen=True)
class Written:
    """What was written. `name`: what the table is called, to read it; `rows`: that were written."""

    name: str
    rows: int


def outcome(asked: dict[str, Any]) -> Written:
    """Also of a write in whose middle a side was restarted: it is asked until somebody knows."""
    until = time.monotonic() + place().silence
    heard = time.monotonic()
    while time.monotonic() < until:
        try:
            written = ask("tables.written", asked, _written)
            heard = time.monotonic()
        except Unavailable as away:
            if away.code != "unavailable":
                raise
            written = None
            until = min(until, heard + place().answer)
            time.sleep(PAUSE)
        if written is not None:
            return written
    message = f"The server does not say what came of the write to “{asked['table']}”. Read the table before you write again."
    raise Unavailable(message, "unavailable")


def _written(said: dict[str, Any]) -> Written | None:
    return None if said["state"] == "waits" else Written(said["table"], said["rows"])
