"""A process that only computes: from here on it reads and writes what it has open, takes memory to a limit, and ends. Whatever else
it asks of the system answers EPERM: no file is opened, no socket made, no program started."""

import errno
import platform
import resource
import struct

from launcher import native
from launcher.seccomp import AUDIT_ARCH

# name: (x86_64, aarch64); None where the architecture has no such call
ALLOWED: dict[str, tuple[int | None, int | None]] = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "newfstatat": (262, 79),
    "lseek": (8, 62),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "futex": (202, 98),
    "sched_yield": (24, 124),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getrandom": (318, 278),
    "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115),
    "restart_syscall": (219, 128),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
LOAD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, KILL, FAIL = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER, ARCHITECTURE = 0, 4  # offsets in seccomp_data


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def program(machine: str) -> bytes:
    column = list(AUDIT_ARCH).index(machine)
    code = [_op(LOAD, ARCHITECTURE), _op(JUMP_EQUAL, AUDIT_ARCH[machine], 1), _op(RETURN, KILL), _op(LOAD, NUMBER)]
    for numbers in ALLOWED.values():
        number = numbers[column]
        if number is not None:
            code += [_op(JUMP_EQUAL, number, 0, 1), _op(RETURN, ALLOW)]
    return b"".join([*code, _op(RETURN, FAIL | errno.EPERM)])


def seal(memory: int, seconds: int) -> None:
    """`memory`: bytes of address space; `seconds`: of CPU. Raises where the system cannot do it: then nothing may be read."""
    native.close_all_but(set())
    for limit, value in [
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ]:
        resource.setrlimit(limit, (value, value))
    native.prctl(native.PR_SET_DUMPABLE, 0)
    native.prctl(native.PR_SET_NO_NEW_PRIVS, 1)
    native.install_filter(program(platform.machine()))
