"""Deployed models, as the person who runs the notebook.

    inference.models()                              which you may use here, and what they take
    late = inference.predict("flight_delay", df)    what a model makes of each row of a DataFrame
    df["late"] = late["probability"]                one of its columns, for the same rows

Which models there are for you depends on what this kernel has read: its rows count as the most confidential of it. What a model says
counts as what it may get at most, and so does this kernel afterwards. Source: the workspace's own models, or a server that the operator
has set up; rows and answers are recorded nowhere, that and how many were asked is. Errors: see `scrydon.errors`; each is a `ScrydonError`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scrydon import _control, _show
from scrydon.errors import Invalid, Unavailable, told

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["Model", "Models", "Prediction", "models", "predict"]

BATCH = 10_000  # rows of one batch, at most
BYTES = 250 << 10  # of one batch, as it is sent
PAUSE, PATIENCE = 1.0, 60.0  # s between tries, and in all, of a batch that comes after too many others
WHAT = "A deployed model"

Column = dict[str, Any]


@dataclass(frozen=True)
class Model:
    """A model that this kernel may use now. `inputs`: the columns that it takes, each a name and a type ("text", "integer", "real" or
    "boolean"); `level` and `markings`: the highest classification of what it may get, and what its answers count as."""

    name: str
    description: str
    inputs: tuple[tuple[str, str], ...]
    level: str
    markings: tuple[str, ...]


class Models(_show.Shown, Sequence[Model]):
    """Models, by index or one after the other."""

    def __init__(self, models: tuple[Model, ...]) -> None:
        self.models = models

    def __getitem__(self, place: Any) -> Any:
        return self.models[place]

    def __len__(self) -> int:
        return len(self.models)

    def _shown(self) -> _show.Table:
        rows = [(one.name, one.description, ", ".join(name for name, _ in one.inputs), " ".join([one.level, *one.markings])) for one in self.models]
        return f"deployed models: {len(rows)}", ("name", "description", "inputs", "may get data up to"), rows


@dataclass(frozen=True)
class Prediction:
    """What a model made of rows. `frame`: as many rows, in the same order, of the same kind as what was given (of pandas with the same
    index), a column for each output of the model; `prediction["name"]` is one of them. `level` and `markings`: what it counts as."""

    frame: Any
    level: str
    markings: tuple[str, ...]

    def __getitem__(self, name: str) -> Any:
        return self.frame[name]

    def _repr_html_(self) -> str:
        title = f"counts as {' '.join([self.level, *self.markings])}"
        rows = [tuple(str(value) for value in row) for row in _rows(self.frame)]
        return _show.html(title, [str(name) for name in _names(self.frame)], rows)


@told
def models() -> Models:
    """The deployed models that you may use in this kernel now, in a notebook shown as a table.

    Raises: `Unavailable` (none is served here)."""
    return _control.ask("inference.models", {}, lambda said: Models(tuple(_model(one) for one in said["models"])), what=WHAT)


@told
def predict(model: str, df: pandas.DataFrame | polars.DataFrame | pyarrow.Table, batch: int = BATCH) -> Prediction:
    """What a deployed model makes of each row.

    model: a name of `models()`.
    df: a pandas or polars DataFrame or a pyarrow Table. The columns that are inputs of the model are sent, the others stay here.
        Each value must be there: a null, NaN or infinity is refused; whole numbers are sent where a real is due.
    batch: rows that are sent at once, 1 to 10,000; fewer where they are longer than 250 KiB as they are sent. A model has 15 seconds for
        each. A person may ask 300 batches at once, and 5 more a second: the others wait.

    Returns a `Prediction`. If one batch is refused, so is the whole.

    Raises: `NotFound` (no such model), `Denied` (not for what this kernel has read, not for you, not for readers; says whom to ask),
    `Invalid` (an argument or rows that do not fit the model, each named), `TooLarge` (an answer), `Unavailable` (nothing is served,
    nothing answers now)."""
    if not isinstance(model, str):
        raise Invalid(f"model is a str, not a {type(model).__name__}.", "bad-question")
    if isinstance(batch, bool) or not isinstance(batch, int) or not 1 <= batch <= BATCH:
        raise Invalid(f"batch is a number of rows: an int from 1 to {BATCH:,}.", "bad-question")
    from scrydon import _scored  # pyarrow may not have been imported yet

    kind = _scored.kind(df)
    described = _control.ask("inference.describe", {"model": model}, _model, what=WHAT)
    rows = _scored.fitting(df, described.inputs)
    answers = [_asked(body) for body in _bodies(model, rows, batch)]
    level, markings = answers[-1][1]
    return Prediction(_scored.framed([columns for columns, _ in answers], kind, df), level, markings)


Answer = tuple[list[Column], tuple[str, tuple[str, ...]]]


def _bodies(model: str, rows: pyarrow.Table, batch: int) -> Iterator[dict[str, Any]]:
    """Of all rows in their order, each no longer than may be sent."""
    from scrydon import _scored

    start = 0
    while start < rows.num_rows:
        body = {"model": model, "columns": _scored.columns(rows.slice(start, batch))}
        size, taken = len(json.dumps(body)), min(batch, rows.num_rows - start)
        if size <= BYTES:
            yield body
            start += taken
        elif taken == 1:
            raise Invalid(f"A row is larger than {BYTES >> 10} KiB as it is sent: shorten its texts.", "bad-question")
        else:
            batch = max(1, taken * BYTES * 9 // (size * 10))  # rows are not equally long


def _asked(body: dict[str, Any]) -> Answer:
    """Waits its turn, if others of this person came before."""
    rows = len(body["columns"][0]["values"])
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return _control.ask("inference.predict", body, lambda said: _answer(said, rows), what=WHAT)
        except Unavailable as refused:
            if refused.code != "inference-rate" or time.monotonic() > until:
                raise
        time.sleep(PAUSE)


def _answer(said: dict[str, Any], rows: int) -> Answer:
    columns = said["columns"]
    if not columns or any(len(column["values"]) != rows for column in columns):
        raise ValueError
    return columns, (said["label"]["level"], tuple(said["label"]["markings"]))


def _model(said: dict[str, Any]) -> Model:
    inputs = tuple((one["name"], one["type"]) for one in said["inputs"])
    return Model(said["name"], said["description"], inputs, said["label"]["level"], tuple(said["label"]["markings"]))


def _names(frame: Any) -> Any:
    return getattr(frame, "column_names", None) or frame.columns


def _rows(frame: Any) -> Any:
    """The first few."""
    some = frame.slice(0, 5) if hasattr(frame, "slice") else frame.iloc[:5]
    columns = [some[name].to_pylist() if hasattr(some[name], "to_pylist") else list(some[name]) for name in _names(frame)]
    return zip(*columns, strict=True)
