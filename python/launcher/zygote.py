"""The zygote: imports marimo and the data libraries once, then forks a kernel per request.

One client, the runner, over a unix stream socket (0600); JSON lines both ways. First, from here:
  {"type": "ready", "marimo", "python", "modules": n, "packages": [{"name", "version"}]}
Requests, answered in order:
  {"type": "start", "id",
   "mode": "edit" | "run", "autorun": bool, "theme": "light" | "dark",
   "holder": pid 1 of the sandbox as the host sees it | null (no sandbox),
   "uid": the kernel's own uid | null (ours),
   "socket": host path to listen at, in a folder that no sandbox shows,
   "home", "notebook": paths as the kernel sees them,
   "cgroups": ["…/cgroup.procs", …],
   "limits": {"memory", "processes", "files", "scratch", "output", "threads"},
   "log": host path for what goes wrong before the server listens | null,
   "probe": absent | "victim" | "attacker": no notebook, see probe.py}
    -> {"type": "started", "id", "pid": as the host sees it}: confined, proven, and its socket takes connections
     | {"type": "failed", "id", "step", "message"}
Later, for every started one: {"type": "exited", "id", "code": n | null, "signal": n | null}

The zygote holds nobody's identity or secret, runs no library code, has one thread, and ends when the runner goes. Its
kernels do not end with it: each hangs on the holder of its sandbox, which is the runner's child.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import traceback
from typing import Any

from launcher import confine, native, packages, preload, reset
from launcher.confine import Failure, Job, tell

START_DEADLINE = 20.0  # seconds from the fork until the child has proven its confinement
LINE = 1 << 20  # the longest request
BACKLOG = 64


def listen(path: str) -> socket.socket:
    """Binds a 0600 unix socket. sun_path is short: the folder is named through a descriptor."""
    folder = os.open(os.path.dirname(path) or ".", os.O_PATH | os.O_DIRECTORY) if hasattr(os, "O_PATH") else None
    bound = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        short = path if folder is None else f"/proc/self/fd/{folder}/{os.path.basename(path)}"
        bound.bind(short)
    finally:
        os.umask(before)
        if folder is not None:
            os.close(folder)
    bound.listen(BACKLOG)
    return bound


def write_maps(pid: int, uid: int) -> None:
    for kind in ("uid_map", "gid_map"):
        with open(f"/proc/{pid}/{kind}", "w") as file:
            file.write(f"{uid} {uid} 1\n")


class Zygote:
    def __init__(self, client: socket.socket) -> None:
        self.client = client
        self.children: dict[int, tuple[str, int]] = {}  # pidfd: (kernel, pid)
        self.own_pids = os.open("/proc/self/ns/pid", os.O_RDONLY) if confine.LINUX else -1
        self.poll = select.poll()
        self.poll.register(client, select.POLLIN)

    def say(self, message: dict[str, Any]) -> None:
        self.client.sendall(json.dumps(message).encode() + b"\n")

    def loop(self) -> None:
        pending = b""
        while True:
            for fd, _ in self.poll.poll():
                if fd != self.client.fileno():
                    self.exited(fd)
                    continue
                data = self.client.recv(65536)
                if not data or len(pending) > LINE:
                    return
                *lines, pending = (pending + data).split(b"\n")
                for line in lines:
                    self.start(json.loads(line))

    def bury(self) -> None:
        """The runner has gone, so every kernel must. A sandbox ends only when its first process was waited for."""
        for _, pid in self.children.values():
            os.kill(pid, signal.SIGKILL)
        for fd, (_, pid) in self.children.items():
            os.waitpid(pid, 0)
            os.close(fd)

    def exited(self, fd: int) -> None:
        kernel, pid = self.children.pop(fd)
        self.poll.unregister(fd)
        os.close(fd)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        self.say({"type": "exited", "id": kernel, "code": code if code >= 0 else None, "signal": -code if code < 0 else None})

    def start(self, request: dict[str, Any]) -> None:
        try:
            pid, parent = self.fork(request)
        except Failure as failure:
            self.say({"type": "failed", "id": request["id"], "step": failure.step, "message": failure.message})
            return
        fd = os.pidfd_open(parent)
        self.children[fd] = (request["id"], parent)
        self.poll.register(fd, select.POLLIN)
        self.say({"type": "started", "id": request["id"], "pid": pid})

    def fork(self, request: dict[str, Any]) -> tuple[int, int]:
        """Answers the kernel's pid and that of our child: the same, but rootless (confine.py)."""
        with confine.step("socket"):
            listener = listen(request["socket"])
        with confine.step("log"):
            log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if request["log"] else None
        holder = None
        ours, theirs = socket.socketpair()
        job = None
        try:
            if request["holder"] is not None:
                with confine.step("holder"):
                    holder = os.pidfd_open(request["holder"])
            job = Job(request, listener.fileno(), holder, theirs)
            if preload.threads() != 1:
                raise Failure("fork", "the zygote has more than one thread")
            child = self.fork_into(job)
            if child == 0:
                ours.detach()
                become(job, log)
            theirs.close()
            return watch(ours, child, request), child
        finally:
            for item in (ours, theirs, listener):
                item.close()
            for fd in (holder, log):
                if fd is not None:
                    os.close(fd)

    def fork_into(self, job: Job) -> int:
        """Forks; as root straight into the sandbox's pid namespace, so that the kernel is our own child."""
        if job.holder is None or job.uid is None:
            return os.fork()
        with confine.step("pid namespace"):
            native.setns(job.holder, native.CLONE_NEWPID)
        try:
            return os.fork()
        finally:
            if os.getppid() != 0:  # the child cannot see its parent and has no way back
                native.setns(self.own_pids, native.CLONE_NEWPID)


def watch(status: socket.socket, child: int, request: dict[str, Any]) -> int:
    """Follows a child until it has proven its confinement. Answers the kernel's pid."""
    status.settimeout(START_DEADLINE)
    pid, pending = child, b""
    try:
        while True:
            data = status.recv(65536)
            if not data:
                raise Failure("fork", "the child ended before it was confined")
            *lines, pending = (pending + data).split(b"\n")
            for message in map(json.loads, lines):
                if "pid" in message:
                    pid = message["pid"]
                elif message.get("want") == "map":
                    with confine.step("user namespace"):
                        write_maps(child, request["uid"])
                    status.sendall(b"m")
                elif "failed" in message:
                    raise Failure(message["failed"], message["message"])
                else:
                    if request["holder"] is not None and confine.maps_root(pid):
                        raise Failure("assertion", "host root is in the uid map")
                    status.sendall(b"g")
                    return pid
    except TimeoutError as error:
        abandon(child)
        raise Failure("fork", "the child took too long to be confined") from error
    except Failure:
        abandon(child)
        raise


def abandon(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def become(job: Job, log: int | None) -> None:
    """The child: confines itself, says so, serves. Never returns."""
    try:
        signal.set_wakeup_fd(-1)
        confine.prepare(job)
        reset.standard_streams(log)
        native.close_all_but({job.listener, job.status.fileno(), *([job.holder] if job.holder is not None else [])})
        confine.enter(job)
        if job.holder is not None:
            os.close(job.holder)
            if job.uid is None:
                step_aside(job)
        os.setsid()
        confine.drop(job)
        confine.verify(job)
        tell(job.status, {"ok": True})
        if job.status.recv(1) != b"g":
            raise Failure("assertion", "the zygote refused")
        job.status.close()
        module = "launcher.probe" if job.request.get("probe") else "launcher.serve"
        importlib.import_module(module).run(job.request, job.listener)
        os._exit(0)
    except Failure as failure:
        tell(job.status, {"failed": failure.step, "message": failure.message})
    except BaseException:
        traceback.print_exc()
    os._exit(1)


def step_aside(job: Job) -> None:
    """Rootless: we joined the pid namespace for our children only. The child goes on; we end as it ends."""
    pid = os.fork()
    if pid == 0:
        return
    tell(job.status, {"pid": pid})
    os.closerange(3, 256)
    gc.disable()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code < 0:
        signal.signal(-code, signal.SIG_DFL) if -code != signal.SIGKILL else None
        os.kill(os.getpid(), -code)
    os._exit(code)


def serve(path: str, learned: str | None) -> None:
    if confine.LINUX:
        native.prctl(native.PR_SET_PDEATHSIG, signal.SIGKILL)
    with listen(path) as listener:
        modules = preload.preload(learned)
        ready = {"type": "ready", **packages.versions(), "modules": modules, "packages": packages.installed()}
        client = listener.accept()[0]
    os.unlink(path)
    if confine.LINUX:
        native.prctl(native.PR_SET_PDEATHSIG, 0)  # from here on the end of the socket says it, and there is something to bury
    preload.freeze()
    zygote = Zygote(client)
    zygote.say(ready)
    try:
        zygote.loop()
    except ConnectionError:  # the runner was killed while something was said to it
        pass
    zygote.bury()
