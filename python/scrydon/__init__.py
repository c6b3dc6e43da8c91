"""What a notebook may use of Scrydon, as the person who runs it:

    from scrydon import artifacts, kb, tables

    flights = tables.read("flights", columns=["carrier", "dep_delay"], where=tables.col("dep_delay") > 60)
    rules = kb.search("regulatory framework", limit=5)
    artifacts.save(flights, "late flights")

Every refusal is a `scrydon.errors.ScrydonError` that says what was refused, why, and whom to ask."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scrydon import artifacts, errors, inference, kb, llm, tables

__all__ = ["artifacts", "errors", "inference", "kb", "llm", "tables"]


def __getattr__(name: str) -> Any:
    """Parts are imported when they are first used."""
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
