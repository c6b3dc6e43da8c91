"""What a person reads where a limit of the platform is met in their code: its name, its value, and what to do."""

import errno
import importlib.util
import sys
from collections.abc import Sequence

ADD = "An operator adds it: name it in python/requirements.extra.txt, then run npm run packages."
THREAD = "can't start new thread"
DEPTH = 20  # causes looked at: code can make a chain of them endless


def readable(size: int) -> str:
    return f"{round(size / (1 << 20), 1):g} MB" if size < 1 << 30 else f"{round(size / (1 << 30), 1):g} GB"


def processes(limit: int) -> str:
    return f"A kernel may have {limit} processes and threads at once, and this one has them: end some, or start fewer workers."


def output(size: int, limit: int) -> str:
    return (
        f"This output of {readable(size)} was left out: one output may have {readable(limit)}. "
        "Show less of it: some of its rows, a smaller picture, or a table that sends its pages one by one (mo.ui.table)."
    )


def missing(error: BaseException) -> bool:
    """Whether a package that is not installed lies behind the error. A misspelt part of an installed one is none."""
    cause: BaseException | None = error
    for _ in range(DEPTH):
        if not isinstance(cause, ImportError):
            return False
        if isinstance(cause, ModuleNotFoundError) and cause.name:
            return not installed(cause.name.partition(".")[0])
        cause = cause.__cause__
    return False


def installed(module: str) -> bool:
    if module in sys.stdlib_module_names or module in sys.modules:
        return True
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def scratch(limit: int) -> str:
    return f"A kernel may write {readable(limit)} to its scratch space: write less, or delete what is no longer needed."


def advice(error: BaseException, limits: dict[str, int]) -> str | None:
    """One sentence that stands behind the error's own message in its cell; None where Python says enough."""
    if missing(error):
        return ADD
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return scratch(limits["scratch"])
    no_process = isinstance(error, BlockingIOError) and error.errno == errno.EAGAIN
    no_thread = isinstance(error, RuntimeError) and str(error) == THREAD
    return processes(limits["processes"]) if no_process or no_thread else None


def refused(error: BaseException | None) -> bool:
    """Whether it is the library's own: one sentence for the person, without a value of data. Kernels import the library when they use it."""
    library = sys.modules.get("scrydon.errors")
    return isinstance(error, getattr(library, "ScrydonError", ()))


MEND = "Who wrote the notebook can mend it."
NAMED = 3  # of what a cell waits for


def failed(kind: str | None) -> str:
    """What a reader sees of an error whose message is for who edits. `kind`: the name of its class; None: the cell is none."""
    return f"This cell cannot run as it is written. {MEND}" if kind is None else f"This cell failed with {kind}. {MEND}"


def waits(names: Sequence[str], error: BaseException | None) -> str:
    """What stands in the place of a cell that was not run. `names`: of what it needs; `error`: why that is not there."""
    shown = ", ".join(f"“{name}”" for name in names[:NAMED]) + (" and more" if len(names) > NAMED else "")
    why = getattr(error, "message", "") if refused(error) else "another cell failed."
    return f"This cell waits for {shown or 'another cell'}, which could not be made: {why}"
