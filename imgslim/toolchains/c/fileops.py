"""``cp``, ``mv``, ``ln`` and ``install``: which file lands where (coreutils)."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.paths import has_magic
from imgslim.records import dataclass
from imgslim.toolchains.c.driver import HOLE
from imgslim.toolchains.c.tree import glob, is_folder
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from imgslim.toolchains.c.tree import Tree

_VALUES = {
    "cp": frozenset({"-t", "-S"}),
    "mv": frozenset({"-t", "-S"}),
    "ln": frozenset({"-t", "-S"}),
    "install": frozenset({"-m", "-o", "-g", "-t", "-S", "--mode", "--owner", "--group"}),
    "ginstall": frozenset({"-m", "-o", "-g", "-t", "-S"}),
}


@dataclass(frozen=True, slots=True)
class Transfer:
    """One file that a command puts somewhere else."""

    source: str
    target: str
    #: ``mv``.
    removes: bool


def transfers(argv: tuple[str, ...], cwd: str, tree: Tree, made: tuple[str, ...]) -> list[Transfer]:
    """The files that ``argv`` transfers; empty for any other command and for what is not settled."""
    name = posixpath.basename(argv[0])
    if name not in _VALUES:
        return []
    operands, folder, directories = _operands(name, argv[1:])
    if directories or any(HOLE in o for o in operands):
        return []
    if folder is None:
        if len(operands) < 2:  # noqa: PLR2004 (a source and a target)
            return []
        *operands, last = operands
    else:
        last = folder + "/"
    sources = [s for o in operands for s in (glob(tree, cwd, o, made) if has_magic(o) else (o,))]
    target = join(cwd, last)
    into = last.endswith(("/", "/.")) or last in {".", ".."} or len(sources) > 1 or _known_folder(tree, target, made)
    out: list[Transfer] = []
    for source in sources:
        # a symbolic link's text is relative to the link's own folder
        link = name == "ln" and not source.startswith("/")
        base = (target if into else posixpath.dirname(target)) if link else cwd
        place = join(target, posixpath.basename(source.rstrip("/"))) if into else target
        out.append(Transfer(join(base, source), place, removes=name == "mv"))
    return out


def _operands(name: str, words: tuple[str, ...]) -> tuple[list[str], str | None, bool]:
    operands: list[str] = []
    folder: str | None = None
    directories = False
    skip = ""
    for word in words:
        if skip:
            folder = word if skip == "-t" else folder
            skip = ""
        elif word in _VALUES[name]:
            skip = word
        elif word.startswith("--target-directory="):
            folder = word.partition("=")[2]
        elif word.startswith("-") and len(word) > 1:
            directories |= name.endswith("install") and word in {"-d", "--directory", "-dm755"}
        else:
            operands.append(word)
    return operands, folder, directories


#: Folders that every Linux image has.
_STANDARD = frozenset(
    {"/", "/bin", "/sbin", "/lib", "/lib64", "/etc", "/opt", "/root", "/srv", "/var", "/var/lib", "/home", "/tmp"}  # noqa: S108
    | {f"{p}/{n}" for p in ("/usr", "/usr/local") for n in ("bin", "sbin", "lib", "include", "share", "src", "etc")}
    | {"/usr", "/usr/local"}
)


def _known_folder(tree: Tree, path: str, made: tuple[str, ...]) -> bool:
    return path in _STANDARD or is_folder(tree, path) or any(m.startswith(path + "/") for m in made)
