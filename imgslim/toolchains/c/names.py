"""Which commands may be this toolchain's, told by their names alone: all that a file without C pays for."""

from __future__ import annotations

import posixpath
from functools import lru_cache
from typing import TYPE_CHECKING

from imgslim.regex import regex
from imgslim.toolchains.c.driver import compiler

if TYPE_CHECKING:
    from imgslim.meaning.trace import Command

#: Commands that only start another one.
PREFIXES = frozenset({"ccache", "distcc", "sudo", "time", "nice", "env", "exec", "command", "nohup", "libtool"})
MAKES = frozenset({"make", "gmake"})
NINJAS = frozenset({"ninja", "ninja-build", "samu"})
#: Build systems that configure a folder first; ``configure`` is a script of the project.
SYSTEMS = NINJAS | {
    "cmake", "cmake3", "configure", "meson", "autoreconf", "autoconf", "automake", "aclocal", "autogen.sh", "bootstrap",
    "bootstrap.sh", "autoheader", "libtoolize", "buildconf",
}  # fmt: skip
#: Build systems that are known by name only.
UNREAD = frozenset({"bazel", "bazelisk", "vcpkg", "conan", "scons", "xmake", "b2", "bjam", "qmake", "waf"})
SHELLS = frozenset({"sh", "bash", "source", "."})
#: Commands that only serve the build and leave nothing that runs.
TOOLS = frozenset({
    "strip", "ar", "ranlib", "ld", "nm", "objcopy", "objdump", "pkg-config", "as", "gcc-ar", "libtool", "libtoolize",
    "aclocal", "autoheader", "autopoint", "ldd",
})  # fmt: skip

#: What puts packages where another language, or the system, looks for them.
_INSTALLERS = regex(
    r"pip[\d.]*|pipx|uv|poetry|pipenv|pdm|easy_install|conda|mamba|gem|bundle|npm|yarn|pnpm|cpanm?|luarocks|composer"
    r"|apt|apt-get|apk|dnf|microdnf|yum|zypper|dpkg|rpm"
)
_PYTHON = regex(r"python[\d.]*")


def installs(argv: tuple[str, ...]) -> bool:
    """Tell whether a command may put packages somewhere: ``pip install``, ``python3 -m pip``, ``apt-get``."""
    words = strip_prefix(argv)
    name = posixpath.basename(words[0]) if words else ""
    if _PYTHON.fullmatch(name):
        return "-m" in words or any(posixpath.basename(w) == "setup.py" for w in words)
    return _INSTALLERS.fullmatch(name) is not None


def strip_prefix(argv: tuple[str, ...]) -> tuple[str, ...]:
    """The command that wrappers such as ``env A=b`` or ``libtool --mode=link`` start."""
    if not argv or argv[0].rsplit("/", 1)[-1] not in PREFIXES:
        return argv
    at = 0
    while at < len(argv):
        name = posixpath.basename(argv[at])
        if name in PREFIXES:
            at += 1
            while at < len(argv) and (argv[at].startswith("-") or (name == "env" and "=" in argv[at])):
                at += 1
        else:
            break
    return argv[at:]


def name_of(command: Command) -> str | None:
    """The name of the program that a command starts, behind wrappers; None for an empty command."""
    name = command.name or ""
    if name not in PREFIXES:
        return name if command.words else None
    rest = strip_prefix(tuple(w.value if isinstance(w.value, str) else "" for w in command.words))
    return rest[0].rsplit("/", 1)[-1] if rest else None


@lru_cache(maxsize=4096)
def builds(name: str) -> bool:
    """Tell whether a command of this name may build something."""
    return (
        name in MAKES
        or name in SYSTEMS
        or name in UNREAD
        or name in SHELLS
        or name.endswith(".sh")
        or compiler(name) is not None
    )


def claims(command: Command) -> bool:
    """Tell whether a command may be this toolchain's."""
    name = name_of(command)
    return name is not None and (builds(name) or name in TOOLS)
