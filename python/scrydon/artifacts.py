"""Artefacts: what a notebook makes and keeps. They stand on the workspace's page of artefacts, each with its label, its inputs and its
maker, and are yours alone until you release them there.

    artifacts.save(delays, "delays by carrier")       a DataFrame, kept as Parquet
    artifacts.save(figure, "delays")                  a figure of matplotlib or an image of Pillow, kept as PNG
    artifacts.save(chart, "delays, interactive")      a figure of plotly or a chart of altair, kept as its JSON
    artifacts.save(pathlib.Path("report.pdf"), "report.pdf")    a file, or bytes, kept as they are
    artifacts.list()                                  those that you may open

An artefact is classified as the workspace and all that this kernel has read. Every save is recorded in the audit. Errors: see
`scrydon.errors`; each is a `ScrydonError`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scrydon import _show
from scrydon._control import ask
from scrydon.errors import Invalid, TooLarge, told

if TYPE_CHECKING:
    import os

    import altair
    import matplotlib.figure
    import pandas
    import PIL.Image
    import plotly.graph_objects
    import polars
    import pyarrow

__all__ = ["Artifact", "Artifacts", "list", "save"]

NAME = 200  # characters


@dataclass(frozen=True)
class Artifact:
    """What was saved. `kind`: table, picture, chart or file; `bytes`: as it is kept; `classification`: as "internal" or
    "confidential · PII"; `maker`: who saved it; `saved`: when, in UTC; `id`: as in the audit."""

    id: str
    name: str
    kind: str
    bytes: int
    classification: str
    maker: str
    saved: datetime


class Artifacts(_show.Shown, Sequence[Artifact]):
    """Artefacts, the newest first, by index or one after the other."""

    def __init__(self, artifacts: tuple[Artifact, ...]) -> None:
        self.artifacts = artifacts

    def __getitem__(self, place: Any) -> Any:
        return self.artifacts[place]

    def __len__(self) -> int:
        return len(self.artifacts)

    def _shown(self) -> _show.Table:
        rows = [(one.name, one.kind, one.classification, one.maker, f"{one.saved:%Y-%m-%d %H:%M}") for one in self]
        return f"artefacts: {len(rows)}", ("name", "kind", "classification", "maker", "saved"), rows


@told
def save(
    obj: pandas.DataFrame
    | polars.DataFrame
    | pyarrow.Table
    | matplotlib.figure.Figure
    | PIL.Image.Image
    | plotly.graph_objects.Figure
    | altair.TopLevelMixin
    | bytes
    | os.PathLike[str],
    name: str,
) -> Artifact:
    """Keeps something that this notebook made as an artefact, whole or not at all. Another content under a name that there is already is
    an artefact of its own; the same content, from a kernel that counts the same and had read the same tables, is the one that there is.

    obj: a pandas or polars DataFrame or a pyarrow Table (columns as in `tables.write`; the index of a pandas DataFrame is left out, and
        a column without any value is text); a figure or axes of matplotlib, drawn at its own size and dpi, or an image of Pillow; a
        figure of plotly or a chart of altair; bytes; or a path of a file in this kernel, as pathlib.Path.
    name: what it is called on the page of artefacts, at most 200 characters, without slashes; as a file it gets the ending of its kind.

    At most 64 MiB as it is handed over; 5,000,000 rows; 16,777,216 pixels. Only in a kernel that edits its notebook.

    Raises: `Invalid` (nothing that can be kept, a name or a column that is none), `Denied` (you are no member of the workspace, or read
    the notebook), `TooLarge` (one of the limits, or what you may keep together), `Revoked` (policies changed meanwhile), `Unavailable`
    (nothing answers now, and nothing was kept)."""
    called = _name(name)
    from scrydon import _artifact  # pyarrow may not have been imported yet

    try:
        return _artifact.saved(obj, called, _read)
    except MemoryError:
        message = f"“{called}” does not fit in this kernel’s memory a second time. Save less, or in parts."
        raise TooLarge(message, "too-large") from None


@told
def list() -> Artifacts:
    """The artefacts that you may open and that are classified no higher than what this kernel counts as: names are words that somebody
    made of what they had read. The page of artefacts has all that are there for you."""
    return ask("artefacts.list", {}, lambda said: Artifacts(tuple(_read(one) for one in said["artefacts"])))


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise Invalid(f"The name is a str, not a {type(name).__name__}.", "bad-question")
    fine = name.strip() and len(name.encode("utf-16-le", "replace")) <= 2 * NAME and name.isprintable() and not name.startswith(".")
    if not fine or "/" in name or "\\" in name:
        raise Invalid(f"The name has 1 to {NAME} characters that can be read, none of them / or \\, and no dot at its beginning.", "bad-question")
    return name


def _read(said: dict[str, Any]) -> Artifact:
    label = said["label"]
    classification = " · ".join([label["level"], *label["markings"]])
    saved = datetime.fromtimestamp(said["at"] / 1000, UTC)
    return Artifact(said["id"], said["name"], said["kind"], said["bytes"], classification, said["maker"], saved)
