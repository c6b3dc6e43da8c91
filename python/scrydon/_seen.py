"""What there is of managed tables, as the person who runs the notebook may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scrydon import _show
from scrydon._control import ask
from scrydon.errors import Invalid


@dataclass(frozen=True)
class Table:
    """A table of the workspace. `owner`: whom to ask; `readable`: whether you may read it now."""

    name: str
    owner: str
    description: str
    readable: bool


class Tables(_show.Shown, Sequence[Table]):
    """Tables, by index or one after the other."""

    def __init__(self, tables: tuple[Table, ...]) -> None:
        self.tables = tables

    def __getitem__(self, place: Any) -> Any:
        return self.tables[place]

    def __len__(self) -> int:
        return len(self.tables)

    def _shown(self) -> _show.Table:
        rows = [(table.name, table.owner, "yes" if table.readable else "ask its owner", table.description) for table in self.tables]
        return f"managed tables: {len(rows)}", ("name", "owner", "readable", "description"), rows


@dataclass(frozen=True)
class Column:
    """`type`: text, integer (64 bit), real (double), boolean, date or timestamp (microseconds, no zone), as you see it; `masked`: the
    kind of the mask that is on it for you, or None."""

    name: str
    type: str
    masked: str | None
    description: str


@dataclass(frozen=True, repr=False)
class Description(_show.Shown):
    """A table as you see it. `level` and `markings`: its classification; `filtered`: whether rows are left out for you; `writable`:
    whether this notebook may write to it now: you have a grant, and its kernel has read nothing that the table may not hold."""

    name: str
    owner: str
    description: str
    level: str
    markings: tuple[str, ...]
    columns: tuple[Column, ...]
    filtered: bool
    writable: bool

    def _shown(self) -> _show.Table:
        said = [self.name, f"owner {self.owner}", " ".join([self.level, *self.markings])]
        said += ["some rows are left out for you"] if self.filtered else []
        said += ["you may write to it"] if self.writable else []
        rows = [(column.name, column.type, column.masked or "", column.description) for column in self.columns]
        return " · ".join(said) + f"\n{self.description}".rstrip(), ("column", "type", "masked", "description"), rows


def listed() -> Tables:
    return ask("tables.list", {}, lambda said: Tables(tuple(_table(table) for table in said["tables"])))


def described(name: object) -> Description:
    return ask("tables.describe", {"table": text(name, "The name of a table")}, _description)


def text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise Invalid(f"{what} is a str, not a {type(value).__name__}.", "bad-question")
    return value


def _table(said: dict[str, Any]) -> Table:
    return Table(said["name"], said["owner"], said["description"], said["readable"])


def _description(said: dict[str, Any]) -> Description:
    label = said["label"]
    columns = tuple(Column(column["name"], column["type"], column["masked"], column["description"]) for column in said["columns"])
    about = (said["name"], said["owner"], said["description"], label["level"], tuple(label["markings"]))
    return Description(*about, columns, said["filtered"], said["writable"])
