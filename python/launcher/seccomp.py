"""The system calls that nothing in a sandbox may make, as classic BPF, assembled here so that no library is needed.

A deny list: everything ordinary works, what reaches for the host's kernel answers EPERM. clone3 answers ENOSYS, since a
filter cannot read its flags: glibc then falls back to clone, whose flags it can. Sockets are unix and internet ones
only: AF_VSOCK reaches the hypervisor and is not confined by a network namespace.
"""

import errno
import platform
import struct

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# name: (x86_64, aarch64); None where the architecture has no such call
DENIED: dict[str, tuple[int | None, int | None]] = {
    "unshare": (272, 97),
    "setns": (308, 268),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "statmount": (457, 457),
    "listmount": (458, 458),
    "lsm_get_self_attr": (459, 459),
    "lsm_set_self_attr": (460, 460),
    "lsm_list_modules": (461, 461),
    "open_tree_attr": (467, 467),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "create_module": (174, None),
    "query_module": (178, None),
    "get_kernel_syms": (177, None),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "syslog": (103, 116),
    "vhangup": (153, 58),
    "lookup_dcookie": (212, 18),
    "nfsservctl": (180, 42),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    "memfd_secret": (447, 447),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "uselib": (134, None),
    "ustat": (136, None),
    "sysfs": (139, None),
    "_sysctl": (156, None),
}
CLONE, CLONE3, SOCKET, IOCTL, PERSONALITY, FALLOCATE = (56, 220), (435, 435), (41, 198), (16, 29), (135, 92), (285, 47)
NEW_NAMESPACES = 0x7E020000  # every CLONE_NEW* that clone() takes
FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6
# TIOCSTI, TIOCLINUX type into a terminal; FS_IOC_RESVSP, FS_IOC_RESVSP64, FS_IOC_ZERO_RANGE are fallocate by another name
NEVER = (0x5412, 0x541C, 0x40305828, 0x4030582A, 0x40305839)
PERSONALITIES = (0, 0xFFFFFFFF)  # plain Linux, and asking
X32 = 0x40000000

LOAD, JUMP_EQUAL, JUMP_ABOVE, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL = 0x7FFF0000, 0x80000000
NUMBER, ARCHITECTURE, FIRST, SECOND = 0, 4, 16, 24  # offsets in seccomp_data


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _fail(number: int) -> bytes:
    return _op(RETURN, 0x00050000 | number)


def _only(call: int, offset: int, allowed: tuple[int, ...], error: int) -> bytes:
    """`call` passes only with one of these values in that argument."""
    checks = [_op(JUMP_EQUAL, value, len(allowed) - at) for at, value in enumerate(allowed)]
    body = b"".join([_op(LOAD, offset), *checks, _fail(error), _op(RETURN, ALLOW)])
    return _op(JUMP_EQUAL, call, 0, len(body) // 8) + body


def _never(call: int, offset: int, values: tuple[int, ...]) -> bytes:
    """`call` fails with one of these values in that argument."""
    checks = [_op(JUMP_EQUAL, value, len(values) - at) for at, value in enumerate(values)]
    body = b"".join([_op(LOAD, offset), *checks, _op(RETURN, ALLOW), _fail(errno.EPERM)])
    return _op(JUMP_EQUAL, call, 0, len(body) // 8) + body


def _clone(call: int) -> bytes:
    body = _op(LOAD, FIRST) + _op(JUMP_ANY_BIT, NEW_NAMESPACES, 0, 1) + _fail(errno.EPERM) + _op(RETURN, ALLOW)
    return _op(JUMP_EQUAL, call, 0, len(body) // 8) + body


def program(machine: str | None = None, also: dict[str, tuple[int | None, int | None]] | None = None) -> bytes:
    """`also`: more calls that answer EPERM, as in DENIED."""
    machine = machine or platform.machine()
    column = list(AUDIT_ARCH).index(machine)
    code = [_op(LOAD, ARCHITECTURE), _op(JUMP_EQUAL, AUDIT_ARCH[machine], 1), _op(RETURN, KILL), _op(LOAD, NUMBER)]
    if machine == "x86_64":
        code += [_op(JUMP_ABOVE, X32, 0, 1), _fail(errno.EPERM)]
    for numbers in [*DENIED.values(), *(also or {}).values()]:
        number = numbers[column]
        if number is not None:
            code += [_op(JUMP_EQUAL, number, 0, 1), _fail(errno.EPERM)]
    code += [_op(JUMP_EQUAL, CLONE3[column], 0, 1), _fail(errno.ENOSYS)]
    # takes a whole disk within a millisecond; glibc writes the bytes instead, which can be watched
    code += [_op(JUMP_EQUAL, FALLOCATE[column], 0, 1), _fail(errno.EOPNOTSUPP)]
    code.append(_clone(CLONE[column]))
    code.append(_only(SOCKET[column], FIRST, FAMILIES, errno.EAFNOSUPPORT))
    code.append(_only(PERSONALITY[column], FIRST, PERSONALITIES, errno.EPERM))
    code.append(_never(IOCTL[column], SECOND, NEVER))
    code.append(_op(RETURN, ALLOW))
    return b"".join(code)
