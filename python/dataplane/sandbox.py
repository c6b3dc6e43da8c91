"""Runs a worker (worker.py) on what a kernel handed over: in namespaces of its own by bubblewrap, as a user of its own where we are
root. Where bubblewrap does not work it is a process without them, under the same limits and the same filter of system calls."""

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from typing import Any, BinaryIO

import pyarrow as pa

from dataplane import flat, worker
from dataplane.plans import Refused

UID = 60_999  # beside those of kernels (kernel-runner/providers/local/uids.ts)
TELLS = 4096  # bytes of a worker's word
GROWTH = 2  # rows that come out are at most so many times what came in
ROOM = 1 << 20  # and so many bytes
TRIAL = 20.0  # seconds
REASONS = {"not-arrow", "not-picture", "other-columns", "bad-value", "too-many-rows", "too-large"}
SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

log = logging.getLogger("dataplane")


class Workers:
    """`sandboxed`: None until the first one shows whether bubblewrap works here."""

    def __init__(self, bwrap: str | None = None) -> None:
        self.bwrap = bwrap or shutil.which("bwrap")
        self.sandboxed: bool | None = None

    def run(self, kind: str, spec: dict[str, Any], source: BinaryIO, target: BinaryIO, seconds: float) -> None:
        """Fills `target` with what is taken in of `source`. Raises Refused, TimeoutError."""
        if self.sandboxed is None:
            self.sandboxed = self._works()
            log.info("workers are sandboxed" if self.sandboxed else "workers are not sandboxed: bubblewrap does not work here")
        size = os.fstat(source.fileno()).st_size
        said = self._run(self.sandboxed, kind, {**spec, "output": _output(kind, spec, size)}, source, target, seconds)
        if said is not None:
            reason, column = said.get("error"), said.get("column")
            known = isinstance(reason, str) and reason in REASONS
            raise Refused(str(reason) if known else f"not-{kind}", column if isinstance(column, int) else None)

    def _run(self, sandboxed: bool, kind: str, spec: dict[str, Any], source: BinaryIO, target: BinaryIO, seconds: float) -> dict[str, Any] | None:
        """What it said is wrong. It is believed nothing else."""
        spec = {**spec, "uid": UID if os.geteuid() == 0 else None}
        command = [sys.executable, "-B", worker.__file__, kind, json.dumps(spec)]
        command = [*self._sandbox(), *command] if sandboxed else command
        env = {"ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1"}
        with tempfile.TemporaryFile() as word:
            child = subprocess.Popen(command, stdin=source, stdout=target, stderr=word, env=env, cwd="/", start_new_session=True)
            try:
                if child.wait(seconds) == 0:
                    return None
            except subprocess.TimeoutExpired:
                raise TimeoutError from None
            finally:
                child.kill()
                child.wait()
            word.seek(0)
            return _told(word.read(TELLS))

    def _works(self) -> bool:
        if self.bwrap is None:
            return False
        batch = pa.record_batch([pa.array([1])], names=["a"])
        with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
            with pa.ipc.new_stream(source, batch.schema) as writer:
                writer.write_batch(batch)
            source.seek(0)
            spec = {"columns": [["a", "integer"]], "rows": 1, "output": ROOM}
            try:
                if self._run(True, "arrow", spec, source, target, TRIAL) is not None:
                    return False
                target.seek(0)
                return list(flat.read(target, flat.schema([("a", "integer")]))) == [batch]
            except (OSError, flat.Bent, TimeoutError):
                return False

    def _sandbox(self) -> list[str]:
        root = os.geteuid() == 0
        links = [part for path in SYSTEM if os.path.lexists(path) for part in _system(path)]
        shown = [path for path in (sys.prefix, sys.base_prefix, os.path.dirname(os.path.realpath(sys.executable)), HERE) if not path.startswith("/usr/")]
        return [
            str(self.bwrap),
            *([] if root else ["--unshare-user", "--uid", str(UID), "--gid", str(UID)]),
            *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
            *("--as-pid-1", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
            *(part for name in ("SETUID", "SETGID", "SETPCAP") if root for part in ("--cap-add", f"CAP_{name}")),
            *("--ro-bind", "/usr", "/usr", *links, "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"),
            *("--proc", "/proc", "--dev", "/dev"),
            *(part for path in shown for part in ("--ro-bind", path, path)),
            *("--remount-ro", "/", "--chdir", "/", "--"),
        ]


def _output(kind: str, spec: dict[str, Any], size: int) -> int:
    """Bytes: pixels take what they take, however small the picture was made."""
    return flat.PIXEL * spec["pixels"] + ROOM if kind == "picture" else GROWTH * size + ROOM


def _told(word: bytes) -> dict[str, Any]:
    try:
        said = json.loads(word)
    except ValueError:  # it was ended, or ended itself
        return {}
    if not isinstance(said, dict):
        return {}
    if said.get("error") == "failed":
        log.error("a worker failed", extra={"type": str(said.get("type"))[:80]})
    return said


def _system(path: str) -> list[str]:
    return ["--symlink", os.readlink(path), path] if os.path.islink(path) else ["--ro-bind", path, path]
