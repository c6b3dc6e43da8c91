"""What a child must not share with the zygote and its other children: environment, randomness, cached paths. What marimo
keeps for itself stands in patches.py."""

import gc
import importlib
import logging
import os
import random
import sys
import tempfile
import types

from launcher import native


# Where an imported module keeps a path below the zygote's home: (module, attribute, path behind the home).
HOME_PATHS: list[tuple[types.ModuleType, str, str]] = []


def note_home_paths() -> None:
    """In the zygote, once: libraries compute cache folders when they are imported (parso's made completion fail)."""
    home = os.path.expanduser("~").rstrip("/") + "/"
    for module in list(sys.modules.values()):
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if isinstance(value, (str, os.PathLike)) and str(value).startswith(home) and not name.startswith("__"):
                HOME_PATHS.append((module, name, str(value)[len(home) :]))


def move_home(home: str) -> None:
    for module, name, rest in HOME_PATHS:
        setattr(module, name, type(getattr(module, name))(os.path.join(home, rest)))


def environment(home: str, threads: int, memory: int, unisolated: str | None) -> dict[str, str]:
    """`unisolated`: why kernels are not isolated here, for scrydon._control to say; None: they are."""
    amount = str(max(1, threads))
    return {
        "HOME": home,
        "USER": "me",
        "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TMPDIR": "/tmp",
        "OPENBLAS_NUM_THREADS": amount,
        "OMP_NUM_THREADS": amount,
        "POLARS_MAX_THREADS": amount,
        "MARIMO_SKIP_UPDATE_CHECK": "1",
        "MARIMO_RESTRICT_SHARING": "true",
        "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime would tell its makers of its use
        "KERNEL_MEMORY": str(memory),  # what scrydon._room leaves room in
        **({} if unisolated is None else {"KERNEL_UNISOLATED": unisolated}),
    }


def standard_streams(log: int | None) -> None:
    """stdin is empty; until the server listens, both outputs go to the start's log, then nowhere: they may hold data."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    for fd in (1, 2):
        os.dup2(null if log is None else log, fd)
    os.close(null)
    for stream, kind in ((sys.stdout, "w"), (sys.stderr, "w")):
        if stream is not None:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=kind == "w")


def randomness() -> None:
    random.seed()
    tempfile._name_sequence = None  # type: ignore[attr-defined]
    tempfile.tempdir = None
    if "numpy" in sys.modules:
        importlib.import_module("numpy.random").seed()


def loggers() -> None:
    """A file handler's descriptor was closed with all the others: nothing may be written to its number."""
    for logger in [logging.root, *map(logging.getLogger, list(logging.root.manager.loggerDict))]:
        for handler in list(logger.handlers):
            if isinstance(handler, logging.FileHandler):
                logger.removeHandler(handler)


def allow_inspection() -> None:
    """Makes /proc/self readable again for the process that runs a person's code (it was closed while entering)."""
    try:
        native.prctl(native.PR_SET_DUMPABLE, 1)
    except (OSError, AttributeError):
        return  # not Linux


def main_module() -> None:
    """An empty `__main__`: multiprocessing would otherwise re-import the launcher, which a sandbox cannot see."""
    sys.modules["__main__"] = types.ModuleType("__main__")
    sys.argv = ["notebook"]
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != here]


def everything(home: str, threads: int, memory: int, unisolated: str | None) -> None:
    os.environ.clear()
    os.environ.update(environment(home, threads, memory, unisolated))
    os.umask(0o077)
    os.chdir(home)
    move_home(home)
    loggers()
    randomness()
    main_module()
    gc.enable()
