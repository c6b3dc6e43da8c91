"""Back-pressure from the runner to a person's code: marimo takes all that is printed and queues it without a bound, in the
kernel and again in its server, so `while True: print(...)` before a slow page fills memory. Here the server stops reading
the kernel while too much waits for the socket, and the code waits in its print, where an interrupt reaches it.
"""

import asyncio
import threading
from collections import deque
from typing import Any
from weakref import WeakSet

QUEUED = 8 << 20  # bytes that wait for a socket before the kernel is no longer read
BATCH = 64  # messages read before the loop gets to send again
LOOK_AGAIN = 0.02  # seconds, while paused
CONSOLE_KEPT = 1 << 20  # characters of a cell's console that a returning page gets again
SHORTENED = "[earlier output is not kept]\n"


class CountedQueue(asyncio.Queue[bytes]):
    """What waits for one socket, with its size."""

    size = 0

    def _put(self, item: bytes) -> None:
        super()._put(item)
        self.size += len(item)

    def _get(self) -> bytes:
        item = super()._get()
        self.size -= len(item)
        return item


class Console(deque[Any]):
    """What was printed and not yet sent. Both ends are used with `ready` held, as marimo does."""

    ready: threading.Condition  # set by patches.py
    size = 0
    sender = 0  # the thread that empties it must never wait for itself

    def append(self, message: Any) -> None:
        length = len(getattr(message, "data", ""))
        while length > 0 and self.size > QUEUED and threading.get_ident() != self.sender:
            self.ready.wait()
        self.size += length
        super().append(message)

    def popleft(self) -> Any:
        message = super().popleft()
        self.sender = threading.get_ident()
        self.size -= len(getattr(message, "data", ""))
        if not self:
            self.ready.notify_all()
        return message


_queues: WeakSet[CountedQueue] = WeakSet()


def queue() -> CountedQueue:
    made = CountedQueue()
    _queues.add(made)
    return made


def forget(gone: Any) -> None:
    """Its socket is closed: nobody will take what is left."""
    _queues.discard(gone)


def full() -> bool:
    return any(waiting.size > QUEUED for waiting in _queues)


def read_kernel(distributor: Any) -> None:
    """Takes a batch of the kernel's messages, unless too much waits already."""
    connection = distributor.input_connection
    for _ in range(BATCH):
        if full():
            pause(distributor)
            return
        if not connection.poll():
            return
        try:
            message = connection.recv()
        except BlockingIOError:
            return
        except (EOFError, OSError):
            distributor._loop.remove_reader(connection.fileno())
            return
        for consumer in distributor.consumers:
            consumer(message)


def pause(distributor: Any) -> None:
    loop, fd = distributor._loop, distributor.input_connection.fileno()
    loop.remove_reader(fd)

    def resume() -> None:
        if distributor._loop is None:
            return  # stopped meanwhile
        if full():
            loop.call_later(LOOK_AGAIN, resume)
        else:
            loop.add_reader(fd, distributor._on_change)

    loop.call_later(LOOK_AGAIN, resume)


def keep_end(console: list[Any]) -> list[Any]:
    """The last CONSOLE_KEPT characters of a console."""
    left, kept = CONSOLE_KEPT, []
    for output in reversed(console):
        length = len(output.data) if isinstance(output.data, str) else 0
        if length > left:
            kept.append(type(output)(output.channel, output.mimetype, SHORTENED + output.data[length - left :], output.timestamp))
            break
        left -= length
        kept.append(output)
    return kept[::-1]
