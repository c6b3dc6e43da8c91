"""Small tables as a notebook shows them: as text, and as HTML in which everything is escaped."""

from collections.abc import Sequence
from html import escape

Rows = Sequence[Sequence[str]]
Table = tuple[str, Sequence[str], Rows]  # a title, the names of the columns, and rows
APART = "border-collapse: separate; border-spacing: 1em 0.2em; margin-left: -1em; text-align: left"  # marimo's page has cells touch


def text(title: str, heads: Sequence[str], rows: Rows) -> str:
    lines = [heads, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(heads))]
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([title, *shown])


def html(title: str, heads: Sequence[str], rows: Rows) -> str:
    def line(tag: str, cells: Sequence[str]) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    body = "".join(line("td", row) for row in rows)
    return f"<p>{escape(title)}</p><table style='{APART}'><thead>{line('th', heads)}</thead><tbody style='vertical-align: top'>{body}</tbody></table>"


class Shown:
    """What a notebook shows as a table."""

    def _shown(self) -> Table:
        raise NotImplementedError

    def __repr__(self) -> str:
        return text(*self._shown())

    def _repr_html_(self) -> str:
        return html(*self._shown())

    def _mime_(self) -> tuple[str, str]:
        """Read by marimo, which shows other lists as trees."""
        return "text/html", self._repr_html_()
