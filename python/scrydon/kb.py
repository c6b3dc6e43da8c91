"""The workspace's library, as you may see it: what is classified above your clearance is not searched.

    kb.search("regulatory framework", limit=5)             passages that speak of it, best first
    kb.search("regulatory framework").to_frame()           the same as a pandas DataFrame
    kb.search("regulatory framework").ranking              "hybrid": by words and by meaning; "full-text": by words only

Source: documents that members of the workspace added to its library; every search is recorded in its audit, its words are not.
Errors: see `scrydon.errors`; each is a `ScrydonError`."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scrydon import _show
from scrydon._control import ask
from scrydon.errors import Invalid, told

if TYPE_CHECKING:
    import pandas

__all__ = ["Document", "Documents", "search"]

QUERY = 10_000  # characters
RESULTS = 100  # of one search
SHOWN = 300  # characters of a passage, in text and tables


@dataclass(frozen=True)
class Document:
    """A passage and where it stands. `title`: of its document; `passage`: some 1000 characters of it at most, with the heading that
    they stand under; `source`: the name of the file it was made from; `classification`: as "internal" or "confidential · PII"."""

    title: str
    passage: str
    source: str
    classification: str


class Documents(_show.Shown, list[Document]):
    """Passages, the best first; a list that a notebook shows as a table. `ranking`: how they were found, "hybrid" (by words and by
    meaning) or "full-text" (by words only). `note`: why by words only, in a sentence; None where this server compares no meanings."""

    ranking: str = "full-text"
    note: str | None = None

    def to_frame(self) -> pandas.DataFrame:
        """One row per passage; columns title, passage, source, classification (str)."""
        import pandas

        names = ["title", "passage", "source", "classification"]
        return pandas.DataFrame([[getattr(one, name) for name in names] for one in self], columns=names)

    def _shown(self) -> _show.Table:
        rows = [(one.title, _short(one.passage), one.source, one.classification) for one in self]
        note = "" if self.note is None else f". {self.note}"
        return f"passages of the library: {len(rows)}{note}", ("title", "passage", "source", "classification"), rows


@told
def search(query: str, limit: int = 10) -> Documents:
    """Passages of the library that hold any of the words of `query`, those with the rarer words first. Where the server has an endpoint
    of embeddings, also those that mean something alike, both orders put together: `ranking` and `note` of the answer say how it was.
    The query is sent to that endpoint, unless what this kernel has read is classified above it.

    query: words, at most 10,000 characters; letters and digits count, case, accents and endings do not, and nothing in it is an
        operator. One without words finds nothing.
    limit: passages, at most 100; as many are answered if that many are there for you.

    Raises: `Invalid` (a query that is no str or too long, a limit that is no int from 0 to 100), `Denied` (you are no member of the
    workspace), `Unavailable` (nothing answers now)."""
    return ask("kb.search", {"query": _query(query), "limit": _limit(limit)}, _documents)


def _query(query: object) -> str:
    if not isinstance(query, str):
        raise Invalid(f"The query is a str, not a {type(query).__name__}.", "bad-question")
    if len(query.encode("utf-16-le", "replace")) > 2 * QUERY:
        raise Invalid(f"The query is longer than {QUERY:,} characters.", "bad-question")
    return query


def _limit(limit: Any) -> int:
    try:
        passages = -1 if isinstance(limit, bool) else operator.index(limit)
    except TypeError:
        passages = -1
    if not 0 <= passages <= RESULTS:
        raise Invalid(f"limit is a number of passages: an int from 0 to {RESULTS}.", "bad-question")
    return passages


def _documents(said: dict[str, Any]) -> Documents:
    found = Documents(_document(one) for one in said["documents"])
    found.ranking, found.note = said["ranking"]["by"], said["ranking"].get("message")
    return found


def _document(said: dict[str, Any]) -> Document:
    label = said["label"]
    classification = " · ".join([label["level"], *label["markings"]])
    return Document(said["title"], said["passage"], said["source"], classification)


def _short(passage: str) -> str:
    line = " ".join(passage.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
