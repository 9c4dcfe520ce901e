"""Whole projects in memory, and what the toolchain finds in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.context import MemoryContext
from imgslim.edits import apply
from imgslim.model import Project
from imgslim.service import Options, read_project
from imgslim.syntax import parse
from imgslim.toolchains.c import TOOLCHAIN

if TYPE_CHECKING:
    from imgslim.model import Findings, Product, Way

GCC = "gcc:12-bookworm"


def project(dockerfile: str, **files: str) -> Project:
    """A project; ``__`` in a name is a slash and ``_dot_`` a dot."""
    data = {k.replace("__", "/").replace("_dot_", "."): v.encode() for k, v in files.items()}
    found = read_project(parse(dockerfile), MemoryContext(data), Options())
    assert isinstance(found, Project)
    return found


def find(dockerfile: str, **files: str) -> Findings:
    """What is found in a project."""
    return TOOLCHAIN.find(project(dockerfile, **files))


def compiled(
    source: str, command: str = "gcc main.c -o /app/app", base: str = GCC, tail: str = "", **files: str
) -> Product:
    """The one product of a Dockerfile that compiles ``main.c`` in /app."""
    text = f"FROM {base}\nWORKDIR /app\nCOPY . .\nRUN {command}\n{tail}"
    (product,) = find(text, main_dot_c=source, **files).products
    return product


def rewritten(dockerfile: str, way: Way) -> str:
    """The Dockerfile with a way's edits."""
    return apply(dockerfile, way.edits)
