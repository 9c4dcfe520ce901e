"""Where each path that a run used comes from: the kernel, the engine, the base image, a package, a step, the run."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from imgslim.evidence.observed import Access
from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.evidence.contents import Contents
    from imgslim.evidence.observed import Observed

#: File systems of the kernel, mounted into every container (OCI runtime specification, "Default Filesystems").
_KERNEL = ("/proc", "/sys", "/dev")
#: Files that the engine writes for every container.
ENGINE = frozenset({"/etc/hosts", "/etc/resolv.conf", "/etc/hostname", "/etc/mtab", "/.dockerenv"})
#: A layer's step as BuildKit notes it, and as the classic builder does; what comes from a stage is not of the context.
_COPIED = regex(r"(?:/bin/sh -c #\(nop\)\s+)?(?:COPY|ADD) (?!.*--from=)")


class Origin(StrEnum):
    """Where what stands at a path comes from."""

    KERNEL = "kernel"
    #: Written by the engine when the container starts.
    ENGINE = "engine"
    #: A package of the distribution, whichever layer it came with.
    PACKAGE = "package"
    #: The base image, and no package that its database lists.
    BASE = "base"
    #: Copied from the build context.
    CONTEXT = "context"
    #: Made by another step of the Dockerfile.
    STEP = "step"
    #: Made by the run itself.
    RUN = "run"
    #: It was never there.
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Attributed:
    """One used path with its origin."""

    path: str
    access: Access
    origin: Origin
    #: Where its links lead in the image; "" where nothing is there.
    real: str = ""
    #: Of :attr:`Origin.PACKAGE`; "" for all others.
    package: str = ""
    #: Index of the instruction that last wrote it; None for the base image and where that is not settled.
    instruction: int | None = None
    #: The path that the kernel opened this one for: a script for its interpreter, a program for its loader; "" where
    #: the program itself asked for it.
    opened_for: str = ""


def attribute(observed: Observed, contents: Contents) -> Iterator[Attributed]:
    """Say where each used path comes from, in the order of first use; a script's interpreter follows the script.

    What execve(2) opens by itself (``#!`` lines, PT_INTERP) is in no log of system calls: it is added here.
    """
    seen: set[str] = set()
    for path, access in observed.uses.items():
        yield _attributed(path, access, contents)
        if not access & Access.EXECUTED:
            continue
        asker = path
        while asker and asker not in seen:
            seen.add(asker)
            opened, how = _opened_for(asker, contents)
            if opened:
                yield _attributed(opened, how, contents, opened_for=asker)
            asker = opened


def _opened_for(path: str, contents: Contents) -> tuple[str, Access]:
    """What the kernel opens when it starts ``path``; "" where nothing more."""
    real = contents.resolve(path) or ""
    line = contents.interpreters.get(real, "").split()
    if line:
        return line[0], Access.READ | Access.EXECUTED
    elf = contents.elf.get(real)
    return (elf.interpreter if elf is not None else ""), Access.READ | Access.LOADED


def _attributed(path: str, access: Access, contents: Contents, opened_for: str = "") -> Attributed:
    """One path."""
    real = contents.resolve(path) or ""
    entry = contents.entries.get(real)
    origin, package, instruction = Origin.MISSING, "", None
    if any(path == one or path.startswith(f"{one}/") for one in _KERNEL):
        origin = Origin.KERNEL
    elif path in ENGINE:
        origin = Origin.ENGINE
    elif entry is not None:
        layer = contents.layers[entry.layer]
        instruction = layer.instruction
        package = contents.owner(real)
        if package:
            origin = Origin.PACKAGE
        elif contents.is_from_base(real):
            origin = Origin.BASE
        else:
            origin = Origin.CONTEXT if _COPIED.match(layer.created_by) else Origin.STEP
    elif real == "/":
        origin = Origin.BASE
    elif access & ~Access.MISSING:
        # It was used, and the image does not have it.
        origin = Origin.RUN
    return Attributed(path, access, origin, real, package, instruction, opened_for)
