"""What the library raises: one sentence for the person, a code for programs, the id of the server's log line where there is one.
No message holds a value of data."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class ScrydonError(Exception):
    """Everything that the library raises. `code` names the cause; `id` may be None."""

    def __init__(self, message: str, code: str, id: str | None = None) -> None:
        super().__init__(message, code, id)
        self.message = message
        self.code = code
        self.id = id

    def __str__(self) -> str:
        return self.message if self.id is None else f"{self.message} ({self.id})"


class NotFound(ScrydonError):
    """There is no such table or model, or none that you may know of."""


class Denied(ScrydonError):
    """You may not: the message says why and whom to ask."""


class Invalid(ScrydonError):
    """The question itself is wrong: an unknown column, a value of a wrong type, rows that do not fit their table."""


class TooLarge(ScrydonError):
    """More than one read may answer or one write may hold, or than the kernel has room for: narrow it."""


class Revoked(ScrydonError):
    """What you may read changed while it was read."""


class Unavailable(ScrydonError):
    """Nothing answers, or not now: the message says whether trying again helps."""


CLASSES: dict[str, type[ScrydonError]] = {
    "table-absent": NotFound,
    "table-ungranted": Denied,
    "table-clearance": Denied,
    "table-policy": Denied,
    "library-members": Denied,
    "llm-off": Unavailable,
    "llm-absent": NotFound,
    "llm-readers": Denied,
    **dict.fromkeys(("llm-closed", "llm-share", "llm-withdrawn"), Denied),
    "llm-label": Denied,
    "llm-quota": Denied,
    "llm-tokens": Invalid,
    "llm-rejected": Invalid,
    "llm-too-long": TooLarge,
    **dict.fromkeys(("llm-running", "llm-gone", "llm-place", "llm-broken"), Unavailable),
    **dict.fromkeys(("llm-unreachable", "llm-silent", "llm-unauthorised", "llm-unknown", "llm-busy"), Unavailable),
    **dict.fromkeys(("llm-failed", "llm-redirected", "llm-garbled", "llm-cut"), Unavailable),
    "inference-off": Unavailable,
    "inference-absent": NotFound,
    "inference-unknown": NotFound,
    **dict.fromkeys(("inference-closed", "inference-ungranted", "inference-readers", "inference-label", "inference-clearance"), Denied),
    **dict.fromkeys(("inference-inputs", "inference-rejected"), Invalid),
    "inference-too-long": TooLarge,
    **dict.fromkeys(("inference-rate", "inference-busy", "inference-unreachable", "inference-silent"), Unavailable),
    **dict.fromkeys(("inference-unauthorised", "inference-failed", "inference-redirected", "inference-garbled"), Unavailable),
    **dict.fromkeys(("inference-unusable", "inference-broken"), Unavailable),
    "column-absent": Invalid,
    "bad-question": Invalid,
    "too-large": TooLarge,
    "too-long": TooLarge,
    "revoked": Revoked,
    "readers": Denied,
    "untrusted": Denied,
    "preview": Denied,
    "write-ungranted": Denied,
    "create-ungranted": Denied,
    "write-label": Denied,
    "write-masked": Denied,
    "replace-masked": Denied,
    "write-outside": Denied,
    "write-engine": Unavailable,
    "write-schema": Invalid,
    "write-value": Invalid,
    "write-conflict": Invalid,
    "write-unfit": Invalid,
    "table-taken": Invalid,
    "write-large": TooLarge,
    "write-revoked": Revoked,
    "write-late": Unavailable,
    "read-often": Unavailable,
    "write-busy": Unavailable,
    "write-cut": Unavailable,
    "artefact-members": Denied,
    **dict.fromkeys(("artefact-large", "artefact-rows", "artefact-pixels"), TooLarge),
    **dict.fromkeys(("artefact-many", "artefact-full", "artefact-workspace-full"), TooLarge),
    **dict.fromkeys(("artefact-shape", "artefact-value"), Invalid),
    "artefact-revoked": Revoked,
    **dict.fromkeys(("artefact-busy", "artefact-disk", "artefact-late", "artefact-cut", "artefact-failed"), Unavailable),
    "unavailable": Unavailable,
    "unknown-plan": Unavailable,
    "busy": Unavailable,
    "cut": Unavailable,
}


def error(code: str, message: str, id: str | None = None) -> ScrydonError:
    return CLASSES.get(code, ScrydonError)(message, code, id)


def not_understood() -> ScrydonError:
    message = "The server’s answer was not understood. Restart the kernel; if it goes on, tell the server’s operator."
    return ScrydonError(message, "bad-answer")


def told(call: Callable[P, R]) -> Callable[P, R]:
    """Around what notebooks call: the traceback of a refusal shows their line, not the library's inside."""

    @wraps(call)
    def calling(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except ScrydonError as refused:
            raise refused.with_traceback(None) from None

    return calling
