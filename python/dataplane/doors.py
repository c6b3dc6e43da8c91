"""One listening socket per kernel, in the folder that its sandbox shows and no other: which door a plan is presented at says who
presents it. Whatever comes in is hostile: one line, bounded, with a deadline."""

import logging
import os
import selectors
import socket
import threading
from collections.abc import Callable

LINE = 128  # bytes of a plan's id and its end
ASK = 5.0  # seconds for it to come
STREAMS = 64  # at once, of all kernels; the next connection is told to come again
STALLED = 30.0  # seconds in which a kernel that does not read is waited for

log = logging.getLogger("dataplane")

Serve = Callable[[str, str, socket.socket], None]  # kernel, plan id, connection


class Doors:
    def __init__(self, serve: Serve, busy: Callable[[socket.socket], None]) -> None:
        self.serve = serve
        self.busy = busy
        self.open: dict[str, socket.socket] = {}
        self.paths: dict[str, str] = {}
        self.places = threading.BoundedSemaphore(STREAMS)
        self.selector = selectors.DefaultSelector()
        self.lock = threading.Lock()
        self.wake, waker = socket.socketpair()
        self.waker = waker
        self.selector.register(self.wake, selectors.EVENT_READ, None)
        threading.Thread(target=self._loop, name="doors", daemon=True).start()

    def listen(self, kernel: str, path: str) -> None:
        """Opens a kernel's door; one that is open already stays."""
        with self.lock:
            if kernel in self.open:
                return
            door = _bind(path)
            self.open[kernel], self.paths[kernel] = door, path
            self.selector.register(door, selectors.EVENT_READ, kernel)
        self.waker.send(b".")

    def close(self, kernel: str) -> None:
        with self.lock:
            door = self.open.pop(kernel, None)
            path = self.paths.pop(kernel, None)
            if door is None or path is None:
                return
            self.selector.unregister(door)
            door.close()
        if os.path.lexists(path):
            os.unlink(path)

    def _loop(self) -> None:
        while True:
            for key, _ in self.selector.select():
                if key.data is None:
                    self.wake.recv(64)
                else:
                    self._accept(key.data)

    def _accept(self, kernel: str) -> None:
        with self.lock:
            door = self.open.get(kernel)
        try:
            connection = door.accept()[0] if door else None
        except OSError:  # it has gone again
            return
        if connection is None:
            return
        connection.settimeout(ASK)
        if not self.places.acquire(blocking=False):
            with connection:
                self.busy(connection)
            return
        threading.Thread(target=self._serve, args=(kernel, connection), daemon=True).start()

    def _serve(self, kernel: str, connection: socket.socket) -> None:
        try:
            with connection:
                plan = _line(connection)
                connection.settimeout(STALLED)
                if plan is not None:
                    self.serve(kernel, plan, connection)
        except OSError:  # the kernel went, or reads no more
            log.info("a stream was left", extra={"kernel": kernel})
        finally:
            self.places.release()


def _bind(path: str) -> socket.socket:
    """A fresh socket file: a former one, of a data plane that was killed, is replaced. sun_path is short: the folder is named
    through a descriptor."""
    folder = os.open(os.path.dirname(path), os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        short = f"/proc/self/fd/{folder}/{os.path.basename(path)}"
        if os.path.lexists(short):
            os.unlink(short)
        door = socket.socket(socket.AF_UNIX)
        door.bind(short)
        os.chmod(short, 0o666)  # the folder is one sandbox's alone
    finally:
        os.close(folder)
    door.listen(STREAMS)
    return door


def _line(connection: socket.socket) -> str | None:
    """And no byte after it: what a kernel hands over may follow at once."""
    read = b""
    while not read.endswith(b"\n"):
        more = connection.recv(1)
        if not more:
            return None
        read += more
        if len(read) >= LINE:
            return None
    return read[:-1].decode("ascii", "replace")
