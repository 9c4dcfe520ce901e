"""What is known of the builder's C compiler, on which cgo hangs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.meaning.fetching import MANAGERS
from imgslim.meaning.trace import Run

if TYPE_CHECKING:
    from imgslim.model import Project

_COMPILERS = frozenset({"gcc", "build-base", "build-essential", "g++", "clang", "musl-dev", "alpine-sdk", "cgo"})


def first_install(project: Project) -> int | None:
    """The first step that installs a C compiler."""
    return next((at for at, step in enumerate(project.trace.steps) if isinstance(step, Run) and _installs(step)), None)


def has_compiler(project: Project, step: int, installed: int | None) -> bool | None:
    """Tell whether gcc is there when step ``step`` runs; None where that is not known.

    The official golang image installs gcc in its Debian variants and not in its Alpine ones (docker-library/golang,
    Dockerfile-linux.template).

    Args:
        project: what reading gave.
        step: the step that asks.
        installed: what :func:`first_install` says.
    """
    if installed is not None and installed <= step:
        return True
    base = project.base
    if not isinstance(base, ImageFacts):
        return None
    if base.family == "golang":
        return base.distribution != "alpine" if base.distribution is not None else None
    return True if base.family == "gcc" else None


def _installs(step: Run) -> bool:
    return any(
        c.name in MANAGERS and any(isinstance(w, str) and w.split("=")[0] in _COMPILERS for w in c.argv[1:])
        for c in step.commands
    )
