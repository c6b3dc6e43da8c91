"""What the zygote imports before it forks. It only imports: code that ran (a BLAS call, a polars query) may leave locks and
threads that a forked child hangs on. `learned` names come from learn.py."""

import gc
import hashlib
import importlib
import json
import os
import sys
import warnings

from launcher import reset

SERVER = """
marimo marimo._server.main marimo._server.session_manager marimo._server.workspace marimo._runtime.runtime
marimo._runtime.kernel_lifecycle marimo._session.session marimo._server.api.lifespans marimo._output.formatters.formatters
uvicorn uvicorn.protocols.websockets.websockets_sansio_impl uvicorn.protocols.http.h11_impl uvicorn.lifespan.on
multiprocessing.forkserver multiprocessing.popen_forkserver multiprocessing.queues multiprocessing.synchronize
multiprocessing.resource_tracker multiprocessing.connection jedi encodings.idna
launcher.serve launcher.probe scrydon.tables scrydon.where scrydon.errors
""".split()
LIBRARIES = "numpy pandas plotly.express".split()


def threads() -> int:
    return len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1


def lock() -> str:
    """Names the environment: the hash of its lock file."""
    path = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "requirements.lock")
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def single_threaded() -> None:
    """Before numpy is imported: BLAS would start a thread per core, and a thread does not survive the fork."""
    os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", POLARS_MAX_THREADS="1", MPLBACKEND="agg")
    os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"  # so does pyarrow's allocator, which pandas imports


def learned_names(path: str | None) -> list[str]:
    """What learn.py found; nothing when it was for another environment."""
    if path is None or not os.path.exists(path):
        return []
    with open(path) as file:
        learned = json.load(file)
    return learned["modules"] if learned["lock"] == lock() else []


def import_all(learned: list[str]) -> None:
    for name in [*SERVER, *LIBRARIES]:
        importlib.import_module(name)
    for name in learned:
        try:
            importlib.import_module(name)
        except Exception:  # the file may be older than the environment: it only makes starts faster
            continue


def prime() -> None:
    """plotly parses 3 MB of its own JSON at the first figure: 14 MB and 65 ms in every kernel that draws one. That is the
    one thing read ahead here; it starts no thread and takes no lock."""
    try:
        cache = importlib.import_module("plotly.validator_cache").ValidatorCache
        cache.get_validator("scatter", "x")
    except (ImportError, AttributeError):
        return  # another plotly


def preload(learned: str | None) -> int:
    """Imports all there is. Answers the number of modules loaded."""
    gc.disable()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import_all(learned_names(learned))
        prime()
        reset.note_home_paths()
    if threads() != 1:
        raise RuntimeError("a preloaded module started a thread: nothing may be forked from here")
    return len(sys.modules)


def freeze() -> None:
    """Last before the first fork: what is there now is never looked at by a child's collector, which would copy its pages."""
    gc.collect()
    gc.freeze()
