"""How much memory this kernel may still take. Beyond its limit the system ends it with all that it holds, so what may be large asks here
first. Counted is what its processes hold of their own, pages shared with the one they were forked from included: rather too much."""

import os
import resource

LIMIT = "KERNEL_MEMORY"  # bytes that all processes of the kernel may take together; python/launcher/reset.py sets it
SHARE = 0.9  # of what is left: the rest is for what is not asked for here
STEP = 16 << 20
SMALL = 64 << 10  # what may always be tried
ENDLESS = 1 << 62
MEMORY_FOLDERS = ("/tmp", "/dev/shm")  # of a sandbox: what lies there counts as memory
PROC = "/proc"


def left() -> int:
    """Bytes; very many where nothing limits them."""
    return max(0, int(SHARE * min(_of_process(), _of_kernel())))


def need(size: int) -> None:
    """MemoryError where there is no room for so many bytes."""
    if size > left():
        raise MemoryError


class Room:
    """Room that is taken bit by bit. Whether there is some is looked up once for each STEP."""

    def __init__(self) -> None:
        self._found = SMALL

    def take(self, size: int) -> None:
        """MemoryError where there is none."""
        self._found -= size
        if self._found < 0:
            need(max(size, STEP))
            self._found = max(size, STEP) - size


def _of_process() -> int:
    limit = resource.getrlimit(resource.RLIMIT_DATA)[0]
    return ENDLESS if limit == resource.RLIM_INFINITY else limit - _status("self", "VmData")


def _of_kernel() -> int:
    limit = int(os.environ.get(LIMIT, "0"))
    if limit <= 0 or resource.getrlimit(resource.RLIMIT_DATA)[0] != resource.RLIM_INFINITY:
        return ENDLESS  # none, or one for each process
    held = sum(_status(pid, "RssAnon") + _status(pid, "RssShmem") for pid in _processes())
    return limit - held - sum(_files(folder, limit) for folder in MEMORY_FOLDERS)


def _processes() -> list[str]:
    """Those of this kernel: they are limited together."""
    own = _text("self", "cgroup")
    return [pid for pid in os.listdir(PROC) if pid.isdecimal() and _text(pid, "cgroup") == own]


def _files(folder: str, limit: int) -> int:
    """What they take in a file system that is smaller than the limit; a larger one is a disk."""
    try:
        room = os.statvfs(folder)
    except OSError:
        return 0
    return (room.f_blocks - room.f_bfree) * room.f_frsize if room.f_blocks * room.f_frsize < limit else 0


def _status(pid: str, name: str) -> int:
    for line in _text(pid, "status").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) << 10
    return 0


def _text(pid: str, name: str) -> str:
    """Empty where it is not Linux, or the process has ended."""
    try:
        with open(os.path.join(PROC, pid, name)) as file:
            return file.read()
    except OSError:
        return ""
