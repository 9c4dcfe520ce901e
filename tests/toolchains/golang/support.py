"""Small projects for the tests of the Go toolchain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.context import MemoryContext, NoContext
from imgslim.edits import apply
from imgslim.model import NeedKind, Project
from imgslim.service import Options, read_project
from imgslim.syntax import parse
from imgslim.toolchains.golang import TOOLCHAIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.model import Findings, Product

MAIN = "package main\n\nfunc main() {}\n"
MOD = "module example.com/shop\n\ngo 1.22\n"


def read(dockerfile: str, files: Mapping[str, str] | None = None) -> Project:
    """A project from a Dockerfile's text and the context's files; no context where ``files`` is None."""
    context = NoContext() if files is None else MemoryContext(files)
    project = read_project(parse(dockerfile), context, Options())
    assert isinstance(project, Project)
    return project


def find(dockerfile: str, files: Mapping[str, str] | None = None) -> Findings:
    """What the toolchain finds."""
    return TOOLCHAIN.find(read(dockerfile, files))


def only(dockerfile: str, files: Mapping[str, str] | None = None) -> Product:
    """The one product."""
    (product,) = find(dockerfile, files).products
    return product


def build(
    files: Mapping[str, str], run: str = "go build -o /app .", base: str = "golang:1.22", extra: str = ""
) -> Product:
    """The one product of a module whose files are copied to /src; a go.mod is there unless given."""
    return only(f"FROM {base}\nWORKDIR /src\nCOPY . .\n{extra}RUN {run}\n", {"go.mod": MOD, **files})


def program(*imports: str, body: str = "") -> str:
    """A main package's text."""
    lines = "".join(f'\t"{path}"\n' for path in imports)
    return f"package main\n\nimport (\n{lines})\n\nfunc main() {{\n{body}\n}}\n"


def kinds(product: Product) -> set[tuple[NeedKind, str]]:
    """The needs without their reasons, and without what only names something."""
    return {(n.kind, n.value) for n in product.needs if n.kind not in (NeedKind.LINE, NeedKind.NAMED)}


def rewritten(text: str, product: Product) -> str:
    """The Dockerfile with the first way's edits."""
    return apply(text, product.ways[0].edits)
