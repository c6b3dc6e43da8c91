"""Keeps what was taken in (intake.py) as an artefact: a file of its own, under the id that the gateway gave it, whole and on the disk
before that is told. Rows become Parquet and pixels become PNG, both written here; what is neither stays as it came and is parsed by nobody.

A file that does not come into the gateway's book is nobody's: the gateway sweeps it away (server/artefacts/files.ts)."""

import hashlib
import logging
import os
import shutil
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

import pyarrow.parquet as pq

from dataplane import flat
from dataplane.intake import Intakes
from dataplane.plans import Plans, Refused

log = logging.getLogger("dataplane")


@dataclass(frozen=True)
class Keep:
    """One decided artefact. `policy` and `rights`: the epochs of its decision, which is later than that of its intake. `about`: what it stands on."""

    plan: str  # of the intake
    kernel: str
    artefact: str  # its id, and its file's name
    policy: int
    rights: int
    about: list[str]


class Keeping:
    """`folder`: where the files are, and nothing else."""

    def __init__(self, plans: Plans, intakes: Intakes, folder: str) -> None:
        self.plans = plans
        self.intakes = intakes
        self.folder = folder
        self.said: Callable[[dict[str, Any]], None] = lambda _: None

    def begin(self, keep: Keep) -> None:
        """Its end is told later."""
        threading.Thread(target=self._serve, args=(keep,), daemon=True).start()

    def _serve(self, keep: Keep) -> None:
        size, digest, end = 0, "", "failed"
        try:
            size, digest = self._keep(keep)
            end = "complete"
        except Refused as refused:
            end = refused.reason
        except Exception as error:
            log.error("an artefact was not kept", extra={"kernel": keep.kernel, "plan": keep.plan, "type": type(error).__name__})
        self.said({"kept": {"plan": keep.plan, "bytes": size, "digest": digest, "end": end}})

    def _keep(self, keep: Keep) -> tuple[int, str]:
        taken = self.intakes.claim(keep.plan)
        part = os.path.join(self.folder, f".{keep.artefact}")
        with taken.file as source, _gone_on_failure(part):
            if taken.intake.kernel != keep.kernel:
                raise Refused("unknown-plan")
            with open(part, "w+b") as target:
                MADE[taken.intake.kind](source, target, taken.intake.spec)
                target.flush()
                os.fsync(target.fileno())
                size = target.seek(0, os.SEEK_END)
                target.seek(0)
                digest = hashlib.file_digest(target, "sha256").hexdigest()
            self.plans.allow(keep.kernel, keep.policy, keep.rights, keep.about)
            os.rename(part, os.path.join(self.folder, keep.artefact))
            _sync(self.folder)
        return size, digest


@contextmanager
def _gone_on_failure(path: str) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(path)
        raise


def parquet(source: BinaryIO, target: BinaryIO, spec: dict[str, Any]) -> None:
    """Of what flat.py wrote."""
    shape = flat.schema([(name, kind) for name, kind in spec["columns"]])
    with pq.ParquetWriter(target, shape, compression="zstd") as writer:
        for batch in flat.read(source, shape):
            writer.write_batch(batch)


def png(source: BinaryIO, target: BinaryIO, spec: dict[str, Any]) -> None:
    """Of what flat.pixels wrote: one of ours, whatever came."""
    width, height = flat.measures(source, spec["pixels"])
    target.write(b"\x89PNG\r\n\x1a\n")
    _chunk(target, b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))  # RGBA, eight bits each
    squeezed = zlib.compressobj()
    for row in flat.lines(source, width, height):
        _chunk(target, b"IDAT", squeezed.compress(b"\0" + row))
    _chunk(target, b"IDAT", squeezed.flush())
    target.write(struct.pack(">I4sI", 0, b"IEND", zlib.crc32(b"IEND")))


def _chunk(target: BinaryIO, kind: bytes, body: bytes) -> None:
    if body:
        target.write(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))


def as_it_came(source: BinaryIO, target: BinaryIO, _: dict[str, Any]) -> None:
    shutil.copyfileobj(source, target)


MADE = {"arrow": parquet, "picture": png, "bytes": as_it_came}


def _sync(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
