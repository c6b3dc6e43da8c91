"""Bound parameters as they come in a plan, and the Python values that engines bind."""

from typing import Any

Parameter = dict[str, Any]  # {"type": "text" | "integer" | "real" | "boolean" | "date" | "timestamp" | "bytes", "value"}


def bound(parameters: list[Parameter]) -> list[Any]:
    """Dates and timestamps stay text: the statement casts each place to its type."""
    return [_bound(parameter) for parameter in parameters]


def _bound(parameter: Parameter) -> Any:
    kind, value = parameter["type"], parameter["value"]
    if kind == "bytes":
        return bytes.fromhex(value)
    if kind == "real":
        return float(value)
    return int(value) if kind == "integer" else value
