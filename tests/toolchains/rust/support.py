"""Small projects for the tests of the Rust toolchain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.context import MemoryContext, NoContext
from imgslim.edits import apply
from imgslim.model import NeedKind, Project
from imgslim.service import Options, read_project
from imgslim.syntax import parse
from imgslim.toolchains.rust import TOOLCHAIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.model import EntryBuild, Findings, Product

MAIN = "fn main() {}\n"
BASE = "rust:1-bookworm"


def manifest(name: str = "shop", more: str = "") -> str:
    """A package's Cargo.toml."""
    return f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n{more}\n'


def lock(**crates: str) -> str:
    """A Cargo.lock: each crate (``_`` for ``-``) to the names of what it asks for."""
    parts = ["version = 3\n"]
    for name, wants in crates.items():
        words = ", ".join(f'"{w}"' for w in wants.split())
        parts.append(f'[[package]]\nname = "{name.replace("_", "-")}"\nversion = "1.0.0"\ndependencies = [{words}]\n')
    return "\n".join(parts)


def read(dockerfile: str, files: Mapping[str, str] | None = None) -> Project:
    """A project from a Dockerfile's text and the context's files; no context where ``files`` is None."""
    context = NoContext() if files is None else MemoryContext(files)
    project = read_project(parse(dockerfile), context, Options())
    assert isinstance(project, Project)
    return project


def find(
    files: Mapping[str, str] | None, run: str = "cargo build --release", base: str = BASE, extra: str = ""
) -> Findings:
    """What the toolchain finds where the context is copied to /src."""
    return TOOLCHAIN.find(read(f"FROM {base}\nWORKDIR /src\nCOPY . .\n{extra}RUN {run}\n", files))


def only(files: Mapping[str, str], run: str = "cargo build --release", base: str = BASE, extra: str = "") -> Product:
    """The one product; a manifest is there unless given."""
    (product,) = find({"Cargo.toml": manifest(), **files}, run, base, extra).products
    return product


def program(text: str, crates: str = "", base: str = BASE) -> Product:
    """The product of one source file, with fetched crates that ask for nothing."""
    more = "[dependencies]\n" + "".join(f'{name} = "1"\n' for name in crates.split())
    rows = {name.replace("-", "_"): "" for name in crates.split()}
    files = {"Cargo.toml": manifest(more=more), "Cargo.lock": lock(shop=crates, **rows), "src/main.rs": text}
    return only(files, base=base)


def entry(argv: tuple[str, ...], files: Mapping[str, str]) -> EntryBuild | None:
    """What the entry ``argv`` compiles."""
    words = ", ".join(f'"{w}"' for w in argv)
    project = read(f"FROM {BASE}\nWORKDIR /src\nCOPY . .\nCMD [{words}]\n", files)
    return TOOLCHAIN.replaces_entry(argv, project)


def kinds(product: Product) -> set[tuple[NeedKind, str]]:
    """The needs without their reasons, without libgcc_s and what only names something."""
    return {
        (n.kind, n.value) for n in product.needs if n.value != "gcc_s" and n.kind not in (NeedKind.LINE, NeedKind.NAMED)
    }


def static_line(files: Mapping[str, str], run: str = "cargo build --release", extra: str = "") -> str:
    """The RUN line of the static way; "" where there is none."""
    text = f"FROM {BASE}\nWORKDIR /src\nCOPY . .\n{extra}RUN {run}\n"
    products = TOOLCHAIN.find(read(text, files)).products
    way = next((w for p in products for w in p.ways), None)
    return "" if way is None else apply(text, way.edits).splitlines()[-1].removeprefix("RUN ")
