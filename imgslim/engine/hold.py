"""A program of a few dozen instructions that waits until it is traced and then becomes another program.

A container's first process can't be traced from its first instruction by anything that has to be in the image, nor by
a tracer that starts it: strace would then be a child of process 1, which programs that wait for all their children
notice, and set-user-ID programs would lose their rights. So process 1 begins as this program. It sleeps in a system
call that ends with EINTR when a tracer attaches (signal(7): sigtimedwait is such a one), and then calls execve(2): same
process, environment, working directory, descriptors and signals as without it, and no shell or library of anyone's.

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
    """One kind of processor."""

    #: e_machine of elf(5).
    number: int
    #: Instructions; the two operands of sigtimedwait follow them directly.
    code: bytes


#: By the engine's name of an architecture. System calls by number: sigtimedwait, execve, exit_group.
_MACHINES: Mapping[str, _Machine] = {
    "amd64": _Machine(
        62,
        bytes.fromhex(
            "b880000000"  #       mov eax, 128           rt_sigtimedwait(
            "488d3d56000000"  #   lea rdi, [rip+mask]      no signal at all,
            "31f6"  #             xor esi, esi             NULL,
            "488d1555000000"  #   lea rdx, [rip+patience]  so long,
            "41ba08000000"  #     mov r10d, 8              size of the mask)
            "0f05"  #             syscall
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
        struct.pack(
            "<24I",
            0x10000300,  #    adr x0, mask            rt_sigtimedwait(no signal at all,
            0xD2800001,  #    mov x1, 0                 NULL,
            0x10000302,  #    adr x2, patience          so long,
            0xD2800103,  #    mov x3, 8                 size of the mask)
            0xD2801128,  #    mov x8, 137
            0xD4000001,  #    svc 0
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
#: The architectures that it exists for.
ARCHITECTURES = frozenset(_MACHINES)


def hold(architecture: str, patience: int = PATIENCE) -> bytes:
    """The program as an ELF file; raises KeyError for an architecture that is not in :data:`ARCHITECTURES`."""
    machine = _MACHINES[architecture]
    #: An empty set of signals; seconds and nanoseconds.
    body = machine.code + struct.pack("<QQQ", 0, patience, 0)
    size = _HEADERS + len(body)
    ident = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    start = _ADDRESS + _HEADERS
    # Executable, for this machine, version 1; start, one program header behind this one, no sections.
    header = ident + struct.pack("<HHIQQQIHHHHHH", 2, machine.number, 1, start, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    # Loaded whole (PT_LOAD), readable and executable.
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, _ADDRESS, _ADDRESS, size, size, _PAGE)
    return header + segment + body


def command(entry: tuple[str, ...], path: str) -> tuple[str, ...]:
    """The arguments that make it become ``entry``, whose first word is looked up in ``path`` as execvp(3) does."""
    name = entry[0]
    if "/" in name:
        return (name, "", *entry)
    folders = path.split(":")
    return (*(f"{folder or '.'}/{name}" for folder in folders), "", *entry)
