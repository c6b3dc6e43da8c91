"""The text of one PDF, in a process that is thrown away: `python -I pdf.py MEMORY SECONDS TEXT`, the file on the standard input.

A PDF is hostile. Everything that reading it takes is imported first; then the process is sealed (sealed.py), and only then is a byte
of the file read. What it prints is one JSON line, `{"title": …, "text": …}` or `{"failed": why}`; whoever started it bounds the time."""

import encodings
import importlib
import io
import json
import logging
import os
import pkgutil
import sys
from collections.abc import Iterator

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from reader import sealed  # noqa: E402

TITLE = 500  # characters


class TooLong(Exception):
    pass


class Encrypted(Exception):
    pass


def prepare() -> None:
    """Whatever is imported only when a file needs it."""
    import pypdf

    for package in (pypdf, encodings):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            try:
                importlib.import_module(module.name)
            except ImportError:  # of another system, or of a library that is not there
                continue
    logging.disable(logging.CRITICAL)


def read(file: bytes, most: int) -> dict[str, str]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(file))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Encrypted
    text = "\n\n".join(_pages(reader, most))
    title = reader.metadata.title if reader.metadata else None
    return {"title": _clean(title or "")[:TITLE], "text": text}


def _pages(reader: object, most: int) -> Iterator[str]:
    size = 0
    for page in reader.pages:  # type: ignore[attr-defined]
        text = _clean(page.extract_text())
        size += len(text.encode()) + 2
        if size > most:
            raise TooLong
        yield text


def _clean(text: str) -> str:
    return str(text).encode("utf-8", "replace").decode()


def main(memory: int, seconds: int, most: int) -> None:
    prepare()
    sealed.seal(memory, seconds)
    try:
        said = read(sys.stdin.buffer.read(), most)
    except TooLong:
        said = {"failed": "too-long"}
    except Encrypted:
        said = {"failed": "encrypted"}
    except Exception:  # whatever a hostile file brings about
        said = {"failed": "damaged"}
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
