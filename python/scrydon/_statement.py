"""What a SELECT speaks of, from DuckDB's own parse of it: which tables, which names, and where one of them alone is filtered.
Pure: a name that may be a column is one; what cannot be told is taken for all of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Node = dict[str, Any]

PLAIN_JOINS = ("REGULAR", "CROSS")
EVERY_COLUMN = ("STAR", "POSITIONAL_REFERENCE", "SHOW_REF", "PIVOT")  # kinds of node that stand for columns they do not name


@dataclass(frozen=True)
class Place:
    """A table named in a FROM. `select`: the SELECT whose FROM holds it with nothing but plain inner joins around it, or None:
    only then does a WHERE of that SELECT speak of its rows. `alone`: it is the only thing there."""

    name: str
    alias: str
    select: Node | None
    alone: bool


@dataclass
class Spoken:
    """Of one statement. `names`: everything in it that may name a column, in lower case."""

    root: Node
    places: list[Place] = field(default_factory=list)
    qualified: list[str] = field(default_factory=list)  # tables that are named with a schema
    names: set[str] = field(default_factory=set)
    every_column: bool = False

    def tables(self) -> list[str]:
        """Each once, as it is first written: names of tables are the same in any case."""
        return [*{fold(place.name): place.name for place in reversed(self.places)}.values()][::-1]

    def only(self, name: str) -> Place | None:
        """Where a table stands, if it stands in one place."""
        places = [place for place in self.places if fold(place.name) == fold(name)]
        return places[0] if len(places) == 1 else None


def fold(name: str) -> str:
    return name.casefold()


def spoken(root: Node) -> Spoken:
    """`root`: the query node of one statement."""
    said = Spoken(root)
    _walk(said, root, frozenset(), None)
    heads = {fold(name) for place in said.places for name in (place.name, place.alias)}
    said.every_column |= any(fold(names[-1]) in heads for names in _references(root))
    return said


def children(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _walk(said: Spoken, value: Any, shadowed: frozenset[str], from_of: Node | None) -> None:
    """`shadowed`: names that a WITH has given to something else; `from_of`: the SELECT whose plain FROM this is."""
    if isinstance(value, str):
        said.names.add(fold(value))
    if not isinstance(value, dict):
        for child in children(value):
            _walk(said, child, shadowed, None)
        return
    kind = value.get("type")
    said.every_column |= kind in EVERY_COLUMN or value.get("ref_type") == "NATURAL"
    if kind == "BASE_TABLE":
        _note(said, value, shadowed, from_of)
    shadowed = _with(said, value, shadowed)
    plain = value if _is_select(value) else from_of if _is_plain_join(value) else None
    for key, child in value.items():
        if key not in ("cte_map", "literal"):
            _walk(said, child, shadowed, plain if key in ("from_table", "left", "right") else None)


def _with(said: Spoken, node: Node, shadowed: frozenset[str]) -> frozenset[str]:
    """Each name of a WITH is known to what comes after it, and to itself where it is recursive."""
    entries: Sequence[Node] = (node.get("cte_map") or {}).get("map", [])
    for entry in entries:
        query = entry["value"]
        own = {fold(entry["key"])}
        _walk(said, query, shadowed | own if _is_recursive(query) else shadowed, None)
        shadowed |= own
    return shadowed


def _is_recursive(entry: Node) -> bool:
    return "RECURSIVE" in str((entry.get("query_node") or {}).get("type"))


def _note(said: Spoken, table: Node, shadowed: frozenset[str], from_of: Node | None) -> None:
    path = table["qualified_name"]["path"]
    if len(path) > 1:
        said.qualified.append(".".join(path))
    if len(path) > 1 or fold(path[-1]) in shadowed:
        return
    renamed = bool(table.get("column_name_alias"))
    said.every_column |= renamed
    select = None if renamed or table.get("sample") or table.get("at_clause") else from_of
    alone = select is not None and select["from_table"] is table
    said.places.append(Place(path[-1], table.get("alias") or path[-1], select, alone))


def _is_select(node: Node) -> bool:
    return node.get("type") == "SELECT_NODE" and not node.get("sample")


def _is_plain_join(node: Node) -> bool:
    return node.get("type") == "JOIN" and node.get("join_type") == "INNER" and node.get("ref_type") in PLAIN_JOINS


def _references(value: Any) -> Iterator[list[str]]:
    if isinstance(value, dict) and value.get("class") == "COLUMN_REF":
        yield value["column_names"]
    for child in children(value):
        yield from _references(child)
