"""Questions to the gateway, over the kernel's control socket: one JSON line each way. protocol/library.ts is the other side."""

import json
import os
import socket
import time
from collections.abc import Callable
from typing import Any, TypeVar

from scrydon._doors import connect, patiently, place
from scrydon.errors import Invalid, ScrydonError, Unavailable, error, not_understood

ASK = 256 << 10  # bytes of one question
ANSWER = 4 << 20  # bytes of one answer
CHUNK = 64 << 10

NOT_HERE = (
    "{what} is not available in this kernel: it has no connection to it, which only notebooks that Scrydon runs in "
    "kernels isolated from each other are given; ask the server’s operator."
)

UNISOLATED = (
    "{what} is not available on this server: kernels are not isolated from each other here, and --insecure-shared-kernels "
    "lets people in without opening data to them. {why} Ask the server’s operator to put that right and to start it again."
)

R = TypeVar("R")


def ask(call: str, body: dict[str, Any], parse: Callable[[dict[str, Any]], R], what: str = "Governed data") -> R:
    """Answers what `parse` makes of the answer; raises what was refused. Asking twice is harmless, so a lost answer is asked again."""
    line = json.dumps({"call": call, "body": body}, allow_nan=False).encode() + b"\n"
    if len(line) > ASK:
        raise Invalid(f"The question is larger than {ASK >> 10} KiB. Compare with fewer values.", "bad-question")
    answer = _answer(line, what)
    try:
        said = json.loads(answer)
        if "error" in said:
            raise error(said["error"]["code"], said["error"]["message"], said["error"].get("id"))
        return parse(said["ok"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise not_understood() from None


def _answer(line: bytes, what: str) -> bytes:
    try:
        return patiently(lambda: _converse(line))
    except (FileNotFoundError, NotADirectoryError):
        why = os.environ.get("KERNEL_UNISOLATED")
        said = NOT_HERE.format(what=what) if why is None else UNISOLATED.format(what=what, why=why)
        raise Unavailable(said, "unavailable") from None
    except TimeoutError:
        message = f"The server did not answer within {place().answer:g} seconds. Run the cell again in a moment."
        raise Unavailable(message, "unavailable") from None
    except OSError:
        message = f"The server is restarting and did not come back within {place().restart:g} seconds. Run the cell again in a moment."
        raise Unavailable(message, "unavailable") from None


def _converse(line: bytes) -> bytes:
    until = time.monotonic() + place().answer
    with connect("control", place().answer) as connection:
        connection.sendall(line)
        return _line(connection, until)


def _line(connection: socket.socket, until: float) -> bytes:
    read = bytearray()
    while not read.endswith(b"\n"):
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        more = connection.recv(CHUNK)
        if not more:
            raise ConnectionResetError
        read += more
        if len(read) > ANSWER:
            raise ScrydonError(f"The server’s answer was larger than {ANSWER >> 20} MiB and was left out.", "bad-answer")
    return bytes(read)
