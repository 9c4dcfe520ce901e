"""Which packages a go command names, and where it leaves their programs (``go help build``, ``go help install``)."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.toolchains.golang.folders import folders_below
from imgslim.toolchains.golang.modfile import executable_name
from imgslim.toolchains.golang.site import Unsettled
from imgslim.toolchains.golang.workspace import Place, Unread
from imgslim.toolchains.tree import glob, join
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.trace import Word
    from imgslim.toolchains.golang.invocation import Invocation
    from imgslim.toolchains.golang.packages import Package, Reader
    from imgslim.toolchains.golang.settings import Settings
    from imgslim.toolchains.golang.workspace import Workspace

_FOLDERS_TEXT = """
/ /bin /sbin /usr/bin /usr/sbin /usr/local/bin /usr/local/sbin /usr/local/lib /usr/local /usr /usr/lib /opt /tmp
/root /srv /home /etc /var /var/lib /go /go/bin /go/src /lib /usr/share
"""
#: Folders that every Linux image has, and those that the official golang image makes: ``-o`` with one is a folder.
_FOLDERS = frozenset(_FOLDERS_TEXT.split())


@dataclass(frozen=True, slots=True)
class Target:
    """One package that the command names."""

    #: What it is compiled from; None where its files are not known.
    package: Package | None
    #: The program's name by default; None where that hangs on a module path that is not known.
    name: str | None
    #: Set where the program is fetched: its module path.
    remote: str = ""

    @property
    def may_be_program(self) -> bool:
        """Tell whether it is, or may be, ``package main``."""
        return self.package is None or self.package.name == "main"


@dataclass(frozen=True, slots=True)
class Output:
    """One program that the command leaves behind."""

    target: Target
    path: str
    #: True where ``path`` is the folder it lies in.
    is_folder: bool = False


def targets(words: tuple[Word, ...], cwd: str, workspace: Workspace, reader: Reader) -> list[Target] | Unsettled:
    """The packages that the arguments name; the one in ``cwd`` where there are none."""
    names: list[str] = []
    for word in words:
        value = word.value
        if isinstance(value, Unknown):
            if not re.search(r"[*?\[]", word.raw) or re.search(r"[$`'\"\\]", word.raw):
                return Unsettled(f"{word.raw} is not settled")
            names += glob(reader.tree, cwd, word.raw) or (word.raw,)
        else:
            names.append(value)
    files = [n for n in names if n.endswith(".go")]
    if files:
        first = posixpath.basename(files[0])
        name = None if "*" in first else first.removesuffix(".go")
        return [Target(reader.of_files(join(cwd, f) for f in files), name)]
    return [t for name in names or ["."] for t in _named(name, cwd, workspace, reader)]


def _named(name: str, cwd: str, workspace: Workspace, reader: Reader) -> Iterator[Target]:
    path, _, version = name.partition("@")
    if version:
        bare = path.removesuffix("/...")
        yield Target(None, executable_name(bare, modules=True) if bare == path else None, path)
        return
    if path.startswith((".", "/")):
        base = join(cwd, path.removesuffix("...").rstrip("/") or ".")
    else:
        match workspace.resolve(path.removesuffix("/..."), cwd):
            case Place(folder):
                base = folder
            case Unread():
                yield Target(None, executable_name(path, modules=workspace.by_modules), path)
                return
            case _:
                return
    if not path.endswith("..."):
        yield Target(reader.package(base), _default_name(base, cwd, path, workspace))
        return
    found = [(f, p) for f in folders_below(reader.tree, base) if (p := reader.package(f)) is not None]
    if not found:
        yield Target(None, None)
    for folder, package in found:
        yield Target(package, _default_name(folder, cwd, "", workspace))


def _default_name(folder: str, cwd: str, written: str, workspace: Workspace) -> str | None:
    """The default name of the program in ``folder``, by its import path."""
    path = workspace.import_path(folder)
    if path is not None:
        return executable_name(path, modules=workspace.by_modules)
    last = posixpath.basename(folder)
    if not workspace.by_modules:
        return last
    return last if written and folder != cwd and not re.fullmatch(r"v\d+", last) else None


def outputs(
    call: Invocation, cwd: str, found: list[Target], given: Settings, reader: Reader
) -> list[Output] | Unsettled:
    """The programs that ``go build``, ``go install`` or an installing ``go get`` leaves behind."""
    if call.verb != "build":
        return _installed(found, given)
    chosen = call.flags.get("o")
    if isinstance(chosen, Unknown):
        return Unsettled(f"the value of -o is not settled: {chosen.why}")
    suffix = ".exe" if given.system == "windows" else ""
    if chosen is None:
        if len(found) != 1 or not found[0].may_be_program:
            return []
        return [_output(found[0], cwd, suffix)]
    path = join(cwd, chosen)
    if path == "/dev/null":
        return []
    if chosen.endswith("/") or path in _FOLDERS or reader.tree.is_folder(path):
        return [_output(t, path, suffix) for t in found if t.may_be_program]
    if len(found) > 1:
        return Unsettled(f"-o {chosen} names one file for several packages")
    return [Output(t, path) for t in found if t.may_be_program]


def _output(target: Target, folder: str, suffix: str) -> Output:
    if target.name is None:
        return Output(target, folder, is_folder=True)
    return Output(target, join(folder, target.name + suffix))


def _installed(found: list[Target], given: Settings) -> list[Output] | Unsettled:
    """``$GOBIN``, else ``$GOPATH/bin``, with a folder of its own for another platform."""
    if given.gobin is not None:
        folder = given.gobin
    elif isinstance(given.gopath, str):
        folder = join(given.gopath, "bin")
    else:
        folder = given.gopath
    if isinstance(folder, Unknown):
        return Unsettled(f"the folder of go install is not settled: {folder.why}")
    if isinstance(given.system, Unknown):
        return Unsettled(f"GOOS is not settled: {given.system.why}")
    if given.system != "linux" and given.gobin is None:
        machine = given.machine if isinstance(given.machine, str) else "amd64"
        folder = join(folder, f"{given.system}_{machine}")
    return [_output(t, folder, ".exe" if given.system == "windows" else "") for t in found if t.may_be_program]
