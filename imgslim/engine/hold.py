"""A program of a few dozen instructions that waits until it is traced and then becomes another program.

A container's first process can't be traced from its first instruction by anything that has to be in the image, nor by
a tracer that starts it: strace would then be a child of process 1, which programs that wait for all their children
notice, and set-user-ID programs would lose their rights. So process 1 begins as this program. It sleeps in a system
call that ends with EINTR when a tracer attaches (signal(7): sigtimedwait is such a one), and then calls execve(2): same
process, environment, working directory, descriptors and signals as without it, and no shell or library of anyone's.

Where it is made with a filter, a tracer that came is asked about the calls alone that may say something of paths: all
others run at full speed (seccomp(2), SECCOMP_RET_TRACE; strace(1), --seccomp-bpf). The kernel wants a promise for that,
that set-user-ID programs get no rights (PR_SET_NO_NEW_PRIVS): who starts none of these sees no difference.

Its arguments: paths to try, an empty one, then the argument vector of the program to become. Several paths stand for
the look-up in PATH, which a container runtime does before it starts process 1.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Seconds after which it goes on without a tracer.
PATIENCE = 20
#: Where the one segment lies: below 2 GiB, aligned to the largest page of these machines.
_ADDRESS = 0x400000
_PAGE = 0x10000
#: Sizes of the two headers (elf(5): Elf64_Ehdr, Elf64_Phdr).
_HEADERS = 64 + 56


@dataclass(frozen=True, slots=True)
class _Machine:
    """One kind of processor; the instructions lie behind the data, which begin at 0x400078."""

    #: e_machine of elf(5).
    number: int
    #: AUDIT_ARCH_* of linux/audit.h.
    audit: int
    #: sigtimedwait.
    wait: bytes
    #: prctl twice, where that ended with EINTR.
    install: bytes
    #: execve.
    become: bytes


#: By the engine's name of an architecture. System calls by number: sigtimedwait, prctl, execve, exit_group.
_MACHINES: Mapping[str, _Machine] = {
    "amd64": _Machine(
        62,
        0xC000003E,
        bytes.fromhex(
            "b880000000"  #       mov eax, 128           rt_sigtimedwait(
            "bf78004000"  #       mov edi, mask            no signal at all,
            "31f6"  #             xor esi, esi             NULL,
            "ba80004000"  #       mov edx, patience        so long,
            "41ba08000000"  #     mov r10d, 8              size of the mask)
            "0f05"  #             syscall
        ),
        bytes.fromhex(
            "83f8fc"  #           cmp eax, -4            -EINTR
            "752f"  #             jne 1f
            "bf26000000"  #       mov edi, 38            prctl(PR_SET_NO_NEW_PRIVS,
            "be01000000"  #       mov esi, 1               1,
            "31d2"  #             xor edx, edx             0,
            "4531d2"  #           xor r10d, r10d           0,
            "4531c0"  #           xor r8d, r8d             0)
            "b89d000000"  #       mov eax, 157
            "0f05"  #             syscall
            "bf16000000"  #       mov edi, 22            prctl(PR_SET_SECCOMP,
            "be02000000"  #       mov esi, 2               SECCOMP_MODE_FILTER,
            "ba90004000"  #       mov edx, program         program)
            "b89d000000"  #       mov eax, 157
            "0f05"  #             syscall
        ),  #                  1:
        bytes.fromhex(
            "488b0424"  #         mov rax, [rsp]         argc
            "4c8d6cc410"  #       lea r13, [rsp+rax*8+16]  the environment is behind the arguments
            "488d5c2410"  #       lea rbx, [rsp+16]      the paths to try
            "4989dc"  #           mov r12, rbx
            "498b3c24"  #      1: mov rdi, [r12]         the program's arguments are behind the empty one
            "4983c408"  #         add r12, 8
            "803f00"  #           cmp byte [rdi], 0
            "75f3"  #             jne 1b
            "488b3b"  #        2: mov rdi, [rbx]         execve(path,
            "4883c308"  #         add rbx, 8
            "803f00"  #           cmp byte [rdi], 0
            "740f"  #             je 3f
            "4c89e6"  #           mov rsi, r12             arguments,
            "4c89ea"  #           mov rdx, r13             environment)
            "b83b000000"  #       mov eax, 59
            "0f05"  #             syscall
            "ebe5"  #             jmp 2b                 it failed: the next path
            "bf7f000000"  #    3: mov edi, 127           exit_group(127)
            "b8e7000000"  #       mov eax, 231
            "0f05"  #             syscall
        ),
    ),
    "arm64": _Machine(
        183,
        0xC00000B7,
        struct.pack(
            "<8I",
            0xD2800F00,  #    mov x0, mask            rt_sigtimedwait(no signal at all,
            0xF2A00800,  #    movk x0, 0x40, lsl 16
            0xD2800001,  #    mov x1, 0                 NULL,
            0xD2801002,  #    mov x2, patience          so long,
            0xF2A00802,  #    movk x2, 0x40, lsl 16
            0xD2800103,  #    mov x3, 8                 size of the mask)
            0xD2801128,  #    mov x8, 137
            0xD4000001,  #    svc 0
        ),
        struct.pack(
            "<15I",
            0xB100101F,  #    cmn x0, 4               -EINTR
            0x540001C1,  #    b.ne 1f
            0xD28004C0,  #    mov x0, 38              prctl(PR_SET_NO_NEW_PRIVS,
            0xD2800021,  #    mov x1, 1                 1,
            0xD2800002,  #    mov x2, 0                 0,
            0xD2800003,  #    mov x3, 0                 0,
            0xD2800004,  #    mov x4, 0                 0)
            0xD28014E8,  #    mov x8, 167
            0xD4000001,  #    svc 0
            0xD28002C0,  #    mov x0, 22              prctl(PR_SET_SECCOMP,
            0xD2800041,  #    mov x1, 2                 SECCOMP_MODE_FILTER,
            0xD2801202,  #    mov x2, program           program)
            0xF2A00802,  #    movk x2, 0x40, lsl 16
            0xD28014E8,  #    mov x8, 167
            0xD4000001,  #    svc 0
        ),  #              1:
        struct.pack(
            "<18I",
            0xF94003F3,  #    ldr x19, [sp]           argc
            0x910043F4,  #    add x20, sp, 16         the paths to try
            0x8B130E95,  #    add x21, x20, x19, lsl 3  the environment is behind the arguments
            0xAA1403F6,  #    mov x22, x20
            0xF84086C0,  # 1: ldr x0, [x22], 8        the program's arguments are behind the empty one
            0x39400001,  #    ldrb w1, [x0]
            0x35FFFFC1,  #    cbnz w1, 1b
            0xF8408680,  # 2: ldr x0, [x20], 8        execve(path,
            0x39400001,  #    ldrb w1, [x0]
            0x340000C1,  #    cbz w1, 3f
            0xAA1603E1,  #    mov x1, x22               arguments,
            0xAA1503E2,  #    mov x2, x21               environment)
            0xD2801BA8,  #    mov x8, 221
            0xD4000001,  #    svc 0
            0x17FFFFF9,  #    b 2b                    it failed: the next path
            0xD2800FE0,  # 3: mov x0, 127             exit_group(127)
            0xD2800BC8,  #    mov x8, 94
            0xD4000001,  #    svc 0
        ),
    ),
}
#: System calls that say nothing of any path, and that programs make by the thousand: their numbers on amd64 and arm64
#: (asm/unistd.h), None where there is none.
QUIET: Mapping[str, tuple[int | None, int | None]] = {
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67), "pwrite64": (18, 68),
    "lseek": (8, 62), "close": (3, 57), "fstat": (5, 80), "ioctl": (16, 29), "fcntl": (72, 25), "brk": (12, 214),
    "munmap": (11, 215), "mprotect": (10, 226), "madvise": (28, 233), "futex": (202, 98), "nanosleep": (35, 101),
    "clock_gettime": (228, 113), "clock_nanosleep": (230, 115), "sched_yield": (24, 124), "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135), "gettimeofday": (96, 169), "getpid": (39, 172), "getuid": (102, 174),
    "gettid": (186, 178), "sendto": (44, 206), "recvfrom": (45, 207), "sendmsg": (46, 211), "recvmsg": (47, 212),
    "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72), "epoll_wait": (232, None),
    "epoll_pwait": (281, 22), "epoll_ctl": (233, 21), "epoll_create1": (291, 20), "eventfd2": (290, 19),
    "getrandom": (318, 278), "arch_prctl": (158, None), "prctl": (157, 167), "set_tid_address": (218, 96),
    "set_robust_list": (273, 99), "rseq": (334, 293), "prlimit64": (302, 261), "mremap": (25, 216),
    "sigaltstack": (131, 132), "rt_sigreturn": (15, 139), "wait4": (61, 260), "dup": (32, 23), "dup2": (33, None),
    "dup3": (292, 24), "pipe": (22, None), "pipe2": (293, 59), "getppid": (110, 173), "geteuid": (107, 175),
    "getgid": (104, 176), "getegid": (108, 177), "uname": (63, 160), "sysinfo": (99, 179), "getrusage": (98, 165),
    "sched_getaffinity": (204, 123), "tgkill": (234, 131), "socket": (41, 198), "accept": (43, 202),
    "accept4": (288, 242), "shutdown": (48, 210), "getsockname": (51, 204), "getpeername": (52, 205),
    "setsockopt": (54, 208), "getsockopt": (55, 209), "exit": (60, 93), "exit_group": (231, 94),
}  # fmt: skip
_MMAP, _NEWFSTATAT = (9, 222), (262, 79)
#: The architectures that it exists for.
ARCHITECTURES = frozenset(_MACHINES)


def hold(architecture: str, patience: int = PATIENCE, *, filtered: bool = False) -> bytes:
    """The program as an ELF file; ``filtered``: the tracer is not asked about calls in :data:`QUIET`.

    Raises KeyError for an architecture that is not in :data:`ARCHITECTURES`.
    """
    machine = _MACHINES[architecture]
    #: An empty set of signals; seconds and nanoseconds.
    data = struct.pack("<QQQ", 0, patience, 0)
    code = machine.wait + machine.become
    if filtered:
        steps = _filter(architecture)
        # struct sock_fprog: how many, and where: right behind it.
        data += struct.pack("<H6xQ", len(steps) // 8, _ADDRESS + _HEADERS + len(data) + 16) + steps
        code = machine.wait + machine.install + machine.become
    size = _HEADERS + len(data) + len(code)
    ident = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    start = _ADDRESS + _HEADERS + len(data)
    # Executable, for this machine, version 1; start, one program header behind this one, no sections.
    header = ident + struct.pack("<HHIQQQIHHHHHH", 2, machine.number, 1, start, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    # Loaded whole (PT_LOAD), readable and executable.
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, _ADDRESS, _ADDRESS, size, size, _PAGE)
    return header + segment + data + code


def _filter(architecture: str) -> bytes:
    """The filter as classic BPF (``struct sock_filter``): quiet calls are allowed, of all others the tracer is told.

    So it is of all calls of another architecture: 32-bit programs number them otherwise. Two loud ones are quiet by an
    argument: mmap without PROT_EXEC, and newfstatat of nothing but a descriptor (AT_EMPTY_PATH alone), which is fstat.
    """
    column = sorted(_MACHINES).index(architecture)
    quiet = [number for pair in QUIET.values() if (number := pair[column]) is not None]
    load, equal, has, answer = 0x20, 0x15, 0x45, 0x06
    tell = 9 + len(quiet)
    allow = tell + 1
    # Offsets into struct seccomp_data: 0 the call's number, 4 the architecture, 16 the first argument's lower half.
    steps = [
        (load, 0, 0, 4),
        (equal, 2, tell, _MACHINES[architecture].audit),
        (load, 0, 0, 0),
        (equal, 4, 6, _MMAP[column]),
        (load, 0, 0, 16 + 2 * 8),
        (has, tell, allow, 0x4),
        (equal, 7, 9, _NEWFSTATAT[column]),
        (load, 0, 0, 16 + 3 * 8),
        (equal, allow, tell, 0x1000),
        *((equal, allow, at, number) for at, number in enumerate(quiet, 10)),
        (answer, 0, 0, 0x7FF00000),  # SECCOMP_RET_TRACE
        (answer, 0, 0, 0x7FFF0000),  # SECCOMP_RET_ALLOW
    ]
    # Above, a test names the steps that it leads to; the kernel wants how many are left out in between.
    return b"".join(
        struct.pack("<HBBI", code, *((to - at - 1 for to in where) if code in (equal, has) else where), operand)
        for at, (code, *where, operand) in enumerate(steps)
    )


def command(entry: tuple[str, ...], path: str) -> tuple[str, ...]:
    """The arguments that make it become ``entry``, whose first word is looked up in ``path`` as execvp(3) does."""
    name = entry[0]
    if "/" in name:
        return (name, "", *entry)
    folders = path.split(":")
    return (*(f"{folder or '.'}/{name}" for folder in folders), "", *entry)
