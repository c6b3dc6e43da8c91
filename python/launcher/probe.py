"""Two throw-away kernels, one trying to reach the other: what a start of the runner proves before it claims a level.

The zygote forks both exactly as it forks kernels; instead of serving a notebook they talk JSON lines on their socket:
  victim    answers one line: what it has (a token in a process's environment and memory, a file, a port, …), then waits for the end
  attacker  reads that line, tries each of CHECKS, answers {"leaks": [names], "facts": {…}} and ends
A check returns whether something was reached. One that errs in a way not foreseen counts as a leak.
"""

import contextlib
import ctypes
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

from launcher import confine, native, reset

Victim = dict[str, Any]
VSOCK = 40


# What a kernel keeps in itself: executed, so that its first environment and arguments hold the token, and as open to others
# of its uid as a process can be. Ends with its standard input.
HELD = """
import ctypes, os, sys
PR_SET_PTRACER = 0x59616D61  # where only a process's ancestors may look into it: let everybody
ctypes.CDLL(None).prctl(PR_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)
memory = ctypes.create_string_buffer(os.environ["PROBE_TOKEN"].encode())
file = open(sys.argv[1])
print(ctypes.addressof(memory), flush=True)
sys.stdin.read()
"""


def victim(request: dict[str, Any]) -> Victim:
    """Puts a secret into every place that the attacker looks at."""
    token = secrets.token_hex(16)
    reset.allow_inspection()  # as kernels do
    home = os.path.join(request["home"], "private")
    os.makedirs(home, 0o700, exist_ok=True)
    paths = {"file": os.path.join(home, "secret"), "shm": f"/dev/shm/probe-{token}"}
    for path in paths.values():
        with contextlib.suppress(FileNotFoundError), open(path, "w") as file:
            file.write(token)
    command = [sys.executable, "-I", "-S", "-c", HELD, paths["file"], token]
    held = subprocess.Popen(command, env={"PROBE_TOKEN": token}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert held.stdout is not None
    address = int(held.stdout.readline())
    tcp = socket.create_server(("127.0.0.1", 0))
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind(f"\0probe-{token}")
    abstract.listen()
    keep = [held, tcp, abstract]
    return {"address": address, "length": len(token), "port": tcp.getsockname()[1], "token": token, "paths": paths, "keep": keep}


def release(it: Victim) -> None:
    """Ends what victim() began."""
    held, *sockets = it["keep"]
    held.communicate()
    for item in sockets:
        item.close()
    for path in it["paths"].values():
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def _reads(path: str, wanted: str, offset: int = 0, length: int = 1 << 16) -> bool:
    try:
        with open(path, "rb", buffering=0) as file:
            file.seek(offset)
            return wanted.encode() in file.read(length)
    except OSError:
        return False


def _victims(it: Victim) -> Iterator[int]:
    """Every process in sight that could be the victim: all but ourselves and our relatives."""
    own = {os.getpid(), os.getppid()}
    yield it["pid"]
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) not in own and int(entry) != it["pid"]:
            yield int(entry)


def environ(it: Victim) -> bool:
    return any(_reads(f"/proc/{pid}/environ", it["token"]) for pid in _victims(it))


def cmdline(it: Victim) -> bool:
    return any(_reads(f"/proc/{pid}/cmdline", it["token"]) for pid in _victims(it))


def memory(it: Victim) -> bool:
    return any(_reads(f"/proc/{pid}/mem", it["token"], it["address"], it["length"]) for pid in _victims(it))


def process_vm_readv(it: Victim) -> bool:
    class Span(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]

    buffer = ctypes.create_string_buffer(it["length"])
    ours, theirs = Span(ctypes.addressof(buffer), it["length"]), Span(it["address"], it["length"])
    for pid in _victims(it):
        read = ctypes.CDLL(None).process_vm_readv(pid, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0)
        if read > 0 and buffer.raw == it["token"].encode():
            return True
    return False


def descriptors(it: Victim) -> bool:
    for pid in _victims(it):
        with contextlib.suppress(OSError):
            for fd in os.listdir(f"/proc/{pid}/fd"):
                if _reads(f"/proc/{pid}/fd/{fd}", it["token"]):
                    return True
    return False


def root_folder(it: Victim) -> bool:
    return any(_reads(f"/proc/{pid}/root{it['paths']['file']}", it["token"]) for pid in _victims(it))


def file(it: Victim) -> bool:
    return _reads(it["paths"]["file"], it["token"]) or _reads(it["host_file"], it["token"])


def shared_memory(it: Victim) -> bool:
    return _reads(it["paths"]["shm"], it["token"])


def loopback(it: Victim) -> bool:
    try:
        socket.create_connection(("127.0.0.1", it["port"]), 0.5).close()
        return True
    except OSError:
        return False


def abstract_socket(it: Victim) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(f"\0probe-{it['token']}")
        return True
    except OSError:
        return False


def signals(it: Victim) -> bool:
    try:
        os.kill(it["pid"], signal.SIGCONT)
        return it["pid"] != os.getpid()
    except OSError:
        return False


def process_list(it: Victim) -> bool:
    visible = [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]
    return any(pid not in (1, os.getpid(), os.getppid()) for pid in visible)


def shadow(_: Victim) -> bool:
    return _reads("/etc/shadow", ":")


WRITABLE = (
    "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger",
    "/etc/passwd", "/etc/hosts", os.__file__,
)  # fmt: skip


def write_system(it: Victim) -> bool:
    """A new file in the system's folders, or one of its own files open for writing; none of these is written to."""
    for folder in ("/", "/usr", "/etc", os.path.dirname(os.__file__), "/sys/kernel"):
        path = os.path.join(folder, f"probe-{it['token']}")
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
            os.unlink(path)
            return True
    for path in WRITABLE:
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_WRONLY))
            return True
    return False


def holder_memory(_: Victim) -> bool:
    """Pid 1 keeps our sandbox: whoever can write its memory leaves the confinement of a forked child."""
    for name in ("mem", "environ"):
        with contextlib.suppress(OSError):
            with open(f"/proc/1/{name}", "r+b" if name == "mem" else "rb"):
                return True
    return False


def vsock(_: Victim) -> bool:
    try:
        socket.socket(VSOCK, socket.SOCK_STREAM).close()
        return True
    except OSError:
        return False


def network(_: Victim) -> bool:
    """Any interface but our own loopback."""
    with open("/proc/net/dev") as table:
        names = [line.split(":")[0].strip() for line in table.readlines()[2:]]
    return names != ["lo"]


def runner_socket(it: Victim) -> bool:
    """Another kernel's listening socket, where the runner sees it."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(it["socket"])
        return True
    except OSError:
        return False


def state(it: Victim) -> bool:
    """The service's own folders, the tables' engine among them, and its sockets."""
    for path in it["state"]:
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
            return True
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.connect(path)
            return True
    return False


CHECKS: list[Callable[[Victim], bool]] = [
    environ, cmdline, memory, process_vm_readv, descriptors, root_folder, file, shared_memory, loopback, abstract_socket,
    signals, process_list, shadow, write_system, holder_memory, vsock, network, runner_socket, state,
]  # fmt: skip


def new_user_namespace() -> bool:
    try:
        native.unshare(native.CLONE_NEWUSER)
        return True
    except OSError:
        return False


def facts() -> dict[str, Any]:
    seen = confine.facts()
    return {
        "uid": os.getuid(),
        "capabilities": max(int(seen[name], 16) for name in confine.EMPTY_SETS),
        "no_new_privs": seen["NoNewPrivs"] == "1",
        "seccomp": seen["Seccomp"] == "2",
        "new_user_namespace": new_user_namespace(),
    }


def _leaks(it: Victim) -> list[str]:
    found = []
    for check in CHECKS:
        try:
            reached = check(it)
        except Exception:
            reached = True
        if reached:
            found.append(check.__name__)
    return found


def run(request: dict[str, Any], listener: int) -> None:
    with socket.socket(fileno=listener) as server:
        if request["probe"] == "victim":
            has = victim(request)
            with server.accept()[0] as client:
                client.sendall(json.dumps({key: value for key, value in has.items() if key != "keep"}).encode() + b"\n")
                client.recv(1)
            release(has)
            return
        with server.accept()[0] as client:
            it = json.loads(client.makefile().readline())
            client.sendall(json.dumps({"leaks": _leaks(it), "facts": facts() if confine.LINUX else None}).encode() + b"\n")
