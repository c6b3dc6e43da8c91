"""What a person's code forks ends at SIGTERM, as a fork of a plain Python does. Otherwise it has the handler of marimo or of its server, which
is for them; and where a handler is written in Python, a signal that comes in the first moment after the fork is thrown away. A pool of
multiprocessing that ends early would wait for its workers for ever."""

import os
import signal
import threading

SERVERS = ("marimo", "uvicorn")  # whose handlers are not the person's

_held = threading.local()


def end_at_sigterm() -> None:
    """For this process and all that it forks."""
    os.register_at_fork(before=_hold, after_in_parent=_release, after_in_child=_fresh)


def _hold() -> None:
    _held.mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})


def _release() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, _held.mask)


def _fresh() -> None:
    handler = signal.getsignal(signal.SIGTERM)
    if str(getattr(handler, "__module__", "")).partition(".")[0] in SERVERS:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _release()
