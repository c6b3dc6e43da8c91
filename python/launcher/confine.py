"""The way of a forked child into its sandbox, step by step, and the proof of each property before any user code.

As root:    cgroup, limits, non-dumpable | mount, net, ipc, uts, (cgroup) namespaces of the holder; its pid namespace came with
            the fork | a user namespace of its own, whose map (written by the zygote) holds the kernel's uid only, so
            host root does not exist in it | groups, bounding set, uid, capabilities, no_new_privs, seccomp
Rootless:   the same, but the holder's user namespace is entered first and no uid changes; the pid namespace needs one
            more fork, since a process that joined the user namespace could not come back
No sandbox: own session, limits, no_new_privs, seccomp
"""

import json
import os
import resource
import socket
import sys
from dataclasses import dataclass
from typing import Any

from launcher import native, seccomp

LINUX = sys.platform == "linux"
EMPTY_SETS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")


class Failure(Exception):
    """A step that did not work: its name and one sentence."""

    def __init__(self, step: str, message: str) -> None:
        super().__init__(f"{step}: {message}")
        self.step = step
        self.message = message


@dataclass(frozen=True)
class Job:
    """One start request (zygote.py), with what the zygote opened for it."""

    request: dict[str, Any]
    listener: int
    holder: int | None  # pidfd
    status: socket.socket  # to the zygote

    @property
    def uid(self) -> int | None:
        return self.request["uid"]

    @property
    def own_user_namespace(self) -> bool:
        return self.holder is not None and self.uid is not None


def tell(status: socket.socket, message: dict[str, Any]) -> None:
    status.sendall(json.dumps(message).encode() + b"\n")


class step:
    """Names what is being done, so that a failure says where it stood."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, Exception) and not isinstance(error, Failure):
            raise Failure(self.name, f"{type(error).__name__}: {error}") from error


def limit(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def prepare(job: Job) -> None:
    """What must be done while the host's files and our privileges are still there."""
    limits = job.request["limits"]
    with step("cgroup"):
        for path in job.request["cgroups"]:
            with open(path, "w") as file:
                file.write("0")
    with step("limits"):
        limit(resource.RLIMIT_CORE, 0)
        limit(resource.RLIMIT_NOFILE, limits["files"])
        limit(resource.RLIMIT_FSIZE, limits["scratch"])  # one file; what all of them take is measured from outside
        if job.uid is not None:  # counted per uid: only where the uid is this kernel's alone
            limit(resource.RLIMIT_NPROC, limits["processes"])
        if not job.request["cgroups"]:
            limit(resource.RLIMIT_DATA, limits["memory"])
    if LINUX:
        with step("dumpable"):
            native.prctl(native.PR_SET_DUMPABLE, 0)


def enter(job: Job) -> None:
    """Joins the holder's namespaces. The pid namespace holds for children only, see zygote.py."""
    if job.holder is None:
        return
    kinds = native.CLONE_NEWNS | native.CLONE_NEWNET | native.CLONE_NEWIPC | native.CLONE_NEWUTS
    if os.readlink("/proc/self/ns/cgroup") != os.readlink(f"/proc/{job.request['holder']}/ns/cgroup"):
        kinds |= native.CLONE_NEWCGROUP
    if job.uid is None:
        kinds |= native.CLONE_NEWUSER | native.CLONE_NEWPID
    with step("namespaces"):
        native.setns(job.holder, kinds)
        os.chdir("/")


def drop(job: Job) -> None:
    """Gives up every privilege, for good."""
    uid = job.uid
    if uid is not None:
        with step("groups"):
            os.setgroups([])
    if job.own_user_namespace:
        with step("user namespace"):
            native.unshare(native.CLONE_NEWUSER)
            tell(job.status, {"want": "map"})
            if job.status.recv(1) != b"m":
                raise OSError("the zygote wrote no uid map")
    if LINUX and (uid is not None or job.holder is not None):
        with step("bounding set"):
            native.drop_bounding_set()
    if uid is not None:
        with step("uid"):
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
    if LINUX:
        with step("capabilities"):
            native.drop_capabilities()
        with step("no_new_privs"):
            native.prctl(native.PR_SET_NO_NEW_PRIVS, 1)
        with step("seccomp"):
            native.install_filter(seccomp.program())


def facts() -> dict[str, str]:
    with open("/proc/self/status") as file:
        return {key: value.strip() for key, _, value in (line.partition(":") for line in file)}


def _expect(right: bool, what: str) -> None:
    if not right:
        raise Failure("assertion", what)


def maps_root(pid: int) -> bool:
    """Whether a process's uid map reaches root. Read from outside: what it shows is relative to who reads it, and between
    a rootless sandbox and the host lies one more namespace of bubblewrap's."""
    with open(f"/proc/{pid}/uid_map") as file:
        return any(int(outer) == 0 for _, outer, _ in map(str.split, file))


def verify(job: Job) -> None:
    """Measures, in the child itself, all that is claimed of it."""
    if not LINUX:
        return
    seen = facts()
    _expect(seen["NoNewPrivs"] == "1", "no_new_privs is not set")
    _expect(seen["Seccomp"] == "2", "no seccomp filter is active")
    try:
        native.unshare(native.CLONE_NEWUSER)
    except PermissionError:
        pass
    else:
        raise Failure("assertion", "a new user namespace could be made")
    if job.uid is not None or job.holder is not None:
        for name in EMPTY_SETS:
            _expect(int(seen[name], 16) == 0, f"{name} is not empty")
    if job.uid is not None:
        _expect(seen["Uid"].split() == [str(job.uid)] * 4, "the uid is not the kernel's")
        _expect(seen["Gid"].split() == [str(job.uid)] * 4, "the gid is not the kernel's")
        _expect(seen["Groups"] == "", "supplementary groups are left")
    if job.holder is not None:
        _expect(os.path.exists("/home/me") and not os.path.exists(job.request["socket"]), "the host's files are in sight")
        _expect(seen["NSpid"].split()[-1] == str(os.getpid()) and os.getppid() == 0, "the pid namespace is not the sandbox's")
    kept = {0, 1, 2, job.listener, job.status.fileno()}
    # the listing itself opens one more descriptor, already closed when it is looked at
    left = [fd for fd in map(int, os.listdir("/proc/self/fd")) if fd not in kept and os.path.exists(f"/proc/self/fd/{fd}")]
    _expect(not left, f"descriptors {left} were left open")
