"""What the data plane needs of a table engine; python/tests/engine_contract.py says what each must do.

A statement comes from the gateway, written in the engine's dialect (server/policy/dialect.ts), with its values bound: $1, $2, …"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa

INCOMING = "scrydon_incoming"  # the table of what a write brings, in its transaction
AGAIN = 0.1  # seconds after which an engine that goes on is told to end once more

# What columns of a new table are stored as; the words are those of policies (protocol/policy/values.ts).
KINDS: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind), "text"),
    (pa.types.is_integer, "integer"),
    (lambda kind: pa.types.is_floating(kind) or pa.types.is_decimal(kind), "real"),
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_date, "date"),
    (pa.types.is_timestamp, "timestamp"),
)


class Reading(Protocol):
    """What a statement answers: batches, produced as they are read, so that memory stays bounded."""

    @property
    def schema(self) -> pa.Schema: ...

    def __iter__(self) -> Iterator[pa.RecordBatch]: ...


@dataclass(frozen=True)
class Step:
    """`none`: the reason to refuse the whole, where the step counts more than nothing."""

    sql: str
    parameters: list[Any]
    none: str | None


@dataclass(frozen=True)
class Write:
    """`batches` become the rows of INCOMING: a new table of the name that `makes` gives, and what `steps` bring to where it belongs."""

    id: str
    kernel: str
    schema: pa.Schema
    batches: Callable[[], Iterator[pa.RecordBatch]]
    steps: list[Step]
    makes: str | None = None


class Engine(Protocol):
    dialect: str  # which of the gateway's it runs: duckdb, postgres
    writes: bool  # whether it takes any; where not, each is refused as `read-only`

    def stream(self, sql: str, parameters: list[Any], seconds: float, stop: "Stop | None" = None) -> AbstractContextManager[Reading]:
        """Runs a SELECT. TimeoutError after `seconds`, Stopped when `stop` asks for it, also between two batches' rows; any
        other error is the engine's own, and may hold values: only its type may be told."""
        ...

    def write(self, write: Write, seconds: float, counting: AbstractContextManager[None]) -> int:
        """All of it or nothing, and the rows that came. It comes to count inside of `counting`. plans.Refused: by that, by a step,
        by a rule of the table (`conflict`), by somebody else's write (`busy`), by a type or name of the engine's (`unfit`), or where nothing
        may be written (`read-only`). Uncertain: `written` knows."""
        ...

    def written(self, write: str, kernel: str) -> int | None:
        """How many rows a write of this kernel brought. None: it has not happened, nor will it if nobody here does it."""
        ...

    def create(self, name: str, table: pa.Table) -> None:
        """A new table with these rows, made for the data plane itself: there wholly, or not at all. ValueError: a column is of a type that cannot be stored."""
        ...

    def tables(self) -> dict[str, list[tuple[str, str]]]:
        """Every table that may be served, with its columns, each of a type that policies speak of."""
        ...

    def close(self) -> None: ...


class Uncertain(Exception):
    """A write may have come to count: the engine went as it was told to."""


class Stopped(Exception):
    """Somebody asked for the end of a statement."""


class Stop:
    """The end of a statement, asked for by any thread: before it runs or while it does."""

    def __init__(self) -> None:
        self.asked = False
        self._end: Callable[[], None] | None = None
        self._changed = threading.Condition()

    def now(self) -> None:
        """Comes back once it has ended. An engine may not hear what it is told between two steps, so it is told again."""
        self.asked = True
        with self._changed:
            while self._end is not None:
                with suppress(Exception):  # where it cannot be told, it will not answer either
                    self._end()
                self._changed.wait(AGAIN)

    def ends(self, end: Callable[[], None] | None) -> None:
        """How to end what runs now; None: nothing does, and `end` is not called any more."""
        with self._changed:
            self._end = end
            self._changed.notify_all()


@contextmanager
def running(seconds: float, stop: Stop | None, end: Callable[[], None]) -> Iterator[Callable[[], None]]:
    """What is inside is ended by `end` after `seconds`, or when `stop` asks; its error then says which. Gives a look to take before
    each step that `end` could miss: it raises where the end has come."""
    stop = stop or Stop()
    late = Stop()

    def check() -> None:
        if late.asked:
            raise TimeoutError
        if stop.asked:
            raise Stopped

    timer = threading.Timer(seconds, late.now)
    timer.daemon = True
    for one in (late, stop):
        one.ends(end)
    timer.start()
    try:
        yield check
    except Exception as error:
        if late.asked:
            raise TimeoutError from error
        if stop.asked:
            raise Stopped from error
        raise
    finally:
        timer.cancel()
        for one in (late, stop):
            one.ends(None)


def kind_of(field: pa.Field) -> str:
    """What a column is stored as, in the words of policies."""
    for fits, kind in KINDS:
        if fits(field.type):
            return kind
    raise ValueError(f"a column of type {field.type} cannot be stored")


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
