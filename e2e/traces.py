# Wherever another kernel's code, or an earlier kernel's, may have left the mark for this one. `said` names the places.
import base64
import builtins
import ctypes
import json
import os
import socket
import stat
import sys

given = json.loads(base64.b64decode("GIVEN"))
mark = given["mark"][::-1].encode()  # so that no source has it
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
MOST = 64 << 20


def read(path):
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode) or os.path.getsize(path) > MOST:
            return b""
        with open(path, "rb") as file:
            return file.read(MOST)
    except OSError:
        return b""


def files():
    """In every folder in which one can be put, and in every name."""
    for folder, folders, names in os.walk("/"):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/sys")]
        own = os.access(folder, os.W_OK)
        for name in names:
            path = os.path.join(folder, name)
            if mark in os.fsencode(name) or (own and mark in read(path)):
                yield path


def processes():
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for what in ("cmdline", "environ", "comm", "maps"):
            if mark in read(f"/proc/{pid}/{what}"):
                yield what


def heard(family, address):
    try:
        with socket.socket(family) as own:
            own.settimeout(20)
            own.connect(address)
            return own.recv(1 << 16)
    except OSError:
        return b""


def system_v():
    block = libc.shmget(given["key"], 0, 0)
    return b"" if block < 0 else ctypes.string_at(libc.shmat(block, None, 0), 1 << 16)


found = {
    "a file": any(True for _ in files()),
    "a process": any(True for _ in processes()),
    "shared memory": mark in read(f"/dev/shm/{mark.decode()}"),
    "System V memory": mark in system_v(),
    "an abstract socket": mark in heard(socket.AF_UNIX, b"\0" + mark),
    "the name of a socket": mark in read("/proc/net/unix"),
    "a port": mark in heard(socket.AF_INET, ("127.0.0.1", given["own"])),
    "the environment": any(mark in os.fsencode(value) for value in os.environ.values()),
    "a module": hasattr(builtins, "left") or "left" in sys.modules or hasattr(json, "left"),
}
said = "TRACES:" + base64.b64encode(json.dumps([name for name, is_there in found.items() if is_there]).encode()).decode() + ":"
