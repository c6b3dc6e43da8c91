# Everything that one kernel may try to get at another's secret and at the machine, given the other's real pids, address, ports
# and paths. The last value is, for each check, the list of what was reached: empty when it held.
import base64
import ctypes
import json
import os
import socket
import stat

given = json.loads(base64.b64decode("GIVEN"))
token = given["token"][::-1].encode()
libc = ctypes.CDLL(None, use_errno=True)
SEIZE = 0x4206
visible = [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]
others = [pid for pid in {*given["pids"], *visible} if pid != os.getpid()]


def reads(path, wanted=token, offset=0):
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        with open(path, "rb", buffering=0) as file:
            file.seek(offset)
            return wanted in file.read(1 << 16)
    except OSError:
        return False


def descriptors(pid):
    try:
        return [f"/proc/{pid}/fd/{fd}" for fd in os.listdir(f"/proc/{pid}/fd")]
    except OSError:
        return []


class Span(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def copied(pid):
    buffer = ctypes.create_string_buffer(len(token))
    ours, theirs = Span(ctypes.addressof(buffer), len(token)), Span(given["address"], len(token))
    return libc.process_vm_readv(pid, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0) > 0 and buffer.raw.startswith(token)


def succeeds(work):
    try:
        work()
        return True
    except OSError:
        return False


def answers(family, address):
    with socket.socket(family) as client:
        client.settimeout(2)
        return succeeds(lambda: client.connect(address))


def writes(folder):
    path = os.path.join(folder, given["name"])
    return succeeds(lambda: os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))) and succeeds(lambda: os.unlink(path))


def looks(path):
    return succeeds(lambda: os.listdir(path)) if path.endswith("/") else succeeds(lambda: os.close(os.open(path, os.O_RDONLY)))


checks = {
    "environ": lambda: [pid for pid in others if reads(f"/proc/{pid}/environ")],
    "cmdline": lambda: [pid for pid in others if reads(f"/proc/{pid}/cmdline")],
    "mem": lambda: [pid for pid in given["pids"] if reads(f"/proc/{pid}/mem", token, given["address"])],
    "process_vm_readv": lambda: [pid for pid in given["pids"] if copied(pid)],
    "fd": lambda: [path for pid in others for path in descriptors(pid) if reads(path)],
    "root/file": lambda: [pid for pid in others if reads(f"/proc/{pid}/root{given['file']}")],
    "file 0600 in a folder 0700": lambda: [path for path in (given["file"], given["host_file"]) if reads(path)],
    "/dev/shm": lambda: [given["shm"]] if reads(given["shm"]) else [],
    "loopback TCP": lambda: [given["port"]] if answers(socket.AF_INET, ("127.0.0.1", given["port"])) else [],
    "abstract unix": lambda: [given["name"]] if answers(socket.AF_UNIX, f"\0{given['name']}") else [],
    "signal": lambda: [pid for pid in given["pids"] if succeeds(lambda: os.kill(pid, 0))],
    "ptrace": lambda: [pid for pid in given["pids"] if libc.ptrace(SEIZE, pid, 0, 0) == 0],
    "pid list": lambda: [pid for pid in given["pids"] if pid in visible],
    "shadow": lambda: [path for path in ("/etc/shadow", "/etc/gshadow") if reads(path, b":")],
    "write system": lambda: [folder for folder in ("/usr", "/etc", os.path.dirname(os.__file__)) if writes(folder)],
    "a listener of the host": lambda: [port for port in given["host_ports"] if answers(socket.AF_INET, ("127.0.0.1", port))],
    "the state folder": lambda: [path for path in given["state"] if looks(path)],
}


def attempt(check):
    try:
        return check()
    except Exception as error:
        return [f"unforeseen: {type(error).__name__}"]


reached = {name: attempt(check) for name, check in checks.items()}
status = dict(line.split(":\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\t" in line)
facts = {
    "status": {key: status[key].strip() for key in ("CapEff", "CapBnd", "Seccomp", "NoNewPrivs")},
    "unshare": libc.unshare(0x10000000),
    "signal the holder": succeeds(lambda: os.kill(1, 0)),
    "resolve": succeeds(lambda: socket.gethostbyname("localhost.localdomain.invalid")),
    "environment": sorted(os.environ),
    "host": os.uname().nodename,
    "visible": len(visible),
}
"REACHED:" + base64.b64encode(json.dumps({"reached": reached, "facts": facts}).encode()).decode() + ":"
