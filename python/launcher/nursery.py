"""Where an edit server's kernels come from.

marimo starts an edit kernel with multiprocessing's spawn: a new interpreter that imports everything again (a second and
100 MB). Forking the server itself is unsafe: it has threads by then. So one process is forked in the sandbox before the
server starts any thread, and serves as multiprocessing's own fork server: start and restart are both a fork of it.
"""

import os
import signal
import socket
import tempfile
from multiprocessing import forkserver, resource_tracker
from typing import Any

from launcher import native, reset


def die_with_parent() -> None:
    """A kernel ends with its nursery and a nursery with its server: no thread has to poll for it."""
    try:
        native.prctl(native.PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):
        return  # not Linux


class NoTracker:
    """multiprocessing's resource tracker would be one more process per server, to unlink semaphores that vanish with the
    sandbox anyway. The kernels have the real one again: what a person's code leaves behind is tracked as usual."""

    def __init__(self) -> None:
        self._fd = os.open(os.devnull, os.O_WRONLY)

    def getfd(self) -> int:
        return self._fd

    def ensure_running(self) -> None: ...
    def register(self, name: str, rtype: str) -> None: ...
    def unregister(self, name: str, rtype: str) -> None: ...


NAMES = ("getfd", "ensure_running", "register", "unregister")


def use_tracker(tracker: Any) -> None:
    resource_tracker._resource_tracker = tracker  # type: ignore[attr-defined]
    for name in NAMES:
        setattr(resource_tracker, name, getattr(tracker, name))


def open_nursery() -> None:
    """Forks the fork server and makes multiprocessing use it. The caller has one thread."""
    tracker = NoTracker()
    real = type(resource_tracker._resource_tracker)  # type: ignore[attr-defined]
    use_tracker(tracker)
    address = os.path.join(tempfile.mkdtemp(prefix="kernel-"), "nursery")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        alive_read, alive_write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(alive_write)
            os.close(tracker.getfd())
            _serve(listener.detach(), alive_read, real)
    os.close(alive_read)
    server: Any = forkserver._forkserver  # type: ignore[attr-defined]
    server._forkserver_address, server._forkserver_alive_fd, server._forkserver_pid = address, alive_write, pid


def _serve(listener: int, alive: int, real_tracker: type) -> None:
    die_with_parent()
    serve_one = forkserver._serve_one  # type: ignore[attr-defined]

    def kernel(child_read: int, fds: list[int], unused: list[int], handlers: Any) -> int:
        die_with_parent()
        reset.allow_inspection()
        use_tracker(real_tracker())
        os.close(fds[1])  # the server's stand-in for a tracker
        fds[1] = None  # type: ignore[call-overload]
        return serve_one(child_read, fds, unused, handlers)

    forkserver._serve_one = kernel  # type: ignore[attr-defined]
    code = 1
    try:
        forkserver.main(listener, alive, [])
    except SystemExit:
        code = 0
    finally:
        os._exit(code)

