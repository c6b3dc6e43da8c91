"""The filter, by running it: an interpreter for classic BPF on the assembled program, and the real kernel on a child."""

import ctypes
import errno
import os
import struct
import threading
import unittest

from launcher import native, seccomp

LIBC = ctypes.CDLL(None, use_errno=True)
ALLOW, KILL = seccomp.ALLOW, seccomp.KILL
EPERM = 0x00050000 | errno.EPERM


def decide(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    data = struct.pack("=iIQ6Q", number, seccomp.AUDIT_ARCH[machine] if architecture is None else architecture, 0, *(*arguments, *[0] * 6)[:6])
    code = list(struct.iter_unpack("=HBBI", seccomp.program(machine)))
    at, accumulator = 0, 0
    while True:
        op, yes, no, value = code[at]
        at += 1
        if op == seccomp.RETURN:
            return value
        if op == seccomp.LOAD:
            accumulator = struct.unpack_from("=I", data, value)[0]
            continue
        tests = {seccomp.JUMP_EQUAL: accumulator == value, seccomp.JUMP_ABOVE: accumulator >= value, seccomp.JUMP_ANY_BIT: accumulator & value}
        at += yes if tests[op] else no


class Program(unittest.TestCase):
    def test_every_denied_call(self) -> None:
        for column, machine in enumerate(seccomp.AUDIT_ARCH):
            for name, numbers in seccomp.DENIED.items():
                if numbers[column] is not None:
                    self.assertEqual(decide(machine, numbers[column]), EPERM, f"{name} on {machine}")

    def test_ordinary_calls_pass(self) -> None:
        for number in (0, 1, 2, 3, 9, 59, 61, 62, 202, 318):  # read … execve, wait4, kill, futex, getrandom
            self.assertEqual(decide("x86_64", number), ALLOW)
        for number in (56, 57, 63, 64, 98, 221, 222, 278):
            self.assertEqual(decide("aarch64", number), ALLOW)

    def test_arguments(self) -> None:
        for column, machine in enumerate(seccomp.AUDIT_ARCH):
            clone, socket = seccomp.CLONE[column], seccomp.SOCKET[column]
            self.assertEqual(decide(machine, clone, 0x01200011), ALLOW)  # fork
            for flag in (native.CLONE_NEWNS, native.CLONE_NEWUSER, native.CLONE_NEWPID, native.CLONE_NEWNET, native.CLONE_NEWCGROUP):
                self.assertEqual(decide(machine, clone, flag | 17), EPERM)
            self.assertEqual([decide(machine, socket, family) == ALLOW for family in (1, 2, 10, 16, 17, 38, 40)], [True] * 3 + [False] * 4)
            self.assertEqual(decide(machine, seccomp.CLONE3[column]), 0x00050000 | errno.ENOSYS)
            self.assertEqual(decide(machine, seccomp.FALLOCATE[column]), 0x00050000 | errno.EOPNOTSUPP)
            ioctl, personality = seccomp.IOCTL[column], seccomp.PERSONALITY[column]
            self.assertEqual([decide(machine, ioctl, 0, call) for call in (0x5401, *seccomp.NEVER)], [ALLOW] + [EPERM] * 5)
            self.assertEqual([decide(machine, personality, value) for value in (0, 0xFFFFFFFF, 0x0040000)], [ALLOW, ALLOW, EPERM])

    def test_another_architecture_ends_the_process(self) -> None:
        self.assertEqual(decide("x86_64", 0, architecture=0x40000003), KILL)  # i386
        self.assertEqual(decide("x86_64", seccomp.X32 | 1), EPERM)

    def test_the_real_kernel_takes_it(self) -> None:
        pid = os.fork()
        if pid == 0:
            native.prctl(native.PR_SET_NO_NEW_PRIVS, 1)
            native.install_filter(seccomp.program())
            try:
                native.unshare(native.CLONE_NEWUSER)
            except PermissionError:
                os._exit(0)
            os._exit(1)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)

    def test_it_holds_for_threads_that_were_there_before(self) -> None:
        pid = os.fork()
        if pid == 0:
            filtered, refused = threading.Event(), threading.Event()

            def other() -> None:
                filtered.wait()
                if LIBC.personality(0x0040000) == -1 and ctypes.get_errno() == errno.EPERM:
                    refused.set()

            thread = threading.Thread(target=other)
            thread.start()
            native.prctl(native.PR_SET_NO_NEW_PRIVS, 1)
            native.install_filter(seccomp.program())
            filtered.set()
            thread.join()
            os._exit(0 if refused.is_set() else 1)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)


if __name__ == "__main__":
    unittest.main()
