"""What is known of the builder's C compiler, on which cgo hangs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.meaning.trace import Run

if TYPE_CHECKING:
    from imgslim.model import Project

_COMPILERS = frozenset({"gcc", "build-base", "build-essential", "g++", "clang", "musl-dev", "alpine-sdk", "cgo"})
_MANAGERS = frozenset({"apk", "apt-get", "apt", "dnf", "yum", "microdnf", "zypper"})


def has_compiler(project: Project, step: int) -> bool | None:
    """Tell whether gcc is there when step ``step`` runs; None where that is not known.

    The official golang image installs gcc in its Debian variants and not in its Alpine ones (docker-library/golang,
    Dockerfile-linux.template).
    """
    if any(_installs(project, at) for at in range(min(step + 1, len(project.trace.steps)))):
        return True
    base = project.base
    if not isinstance(base, ImageFacts):
        return None
    if base.family == "golang":
        return base.distribution != "alpine" if base.distribution is not None else None
    return True if base.family == "gcc" else None


def _installs(project: Project, at: int) -> bool:
    step = project.trace.steps[at]
    if not isinstance(step, Run):
        return False
    return any(
        c.name in _MANAGERS and any(isinstance(w, str) and w.split("=")[0] in _COMPILERS for w in c.argv[1:])
        for c in step.commands
    )
