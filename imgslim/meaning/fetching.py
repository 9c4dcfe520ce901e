"""What commands bring in from elsewhere, or make of nothing: downloads, archives, repositories, keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.meaning.facts import Made, Unfollowed
from imgslim.meaning.operands import parse
from imgslim.meaning.paths import absolute, normal
from imgslim.regex import regex
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.facts import Fact, Point
    from imgslim.meaning.lookup import Log
    from imgslim.meaning.trace import Command
    from imgslim.values import Value

#: The folder of tar, in the same word as the option.
_FOLDER = regex(r"(?:--directory=|-C(?=[^-]))(.+)")


#: Package managers of distributions.
MANAGERS = frozenset({"apk", "apt-get", "apt", "dnf", "yum", "microdnf", "zypper"})
_INSTALLING = frozenset(
    {"install", "add", "update", "upgrade", "dist-upgrade", "full-upgrade", "remove", "purge", "autoremove", "del",
     "clean", "autoclean", "makecache"}
)  # fmt: skip


def installs(command: Command) -> bool:
    """Tell whether a package manager works on its distribution's packages alone: by name, not as files or sources."""
    if command.name not in MANAGERS:
        return False
    first: Value | None = None
    for word in command.words[1:]:
        value = word.value
        if not isinstance(value, str):
            return False
        if not value.startswith("-"):
            if "/" in value or value.endswith((".deb", ".rpm", ".apk")):
                return False
            first = value if first is None else first
    return first in _INSTALLING


def download(command: Command, point: Point, log: Log) -> Iterator[Fact]:  # noqa: ARG001
    """Curl and wget with a named output file; else a file in the folder they run in, or nothing but output."""
    curl = command.name == "curl"
    parsed = parse(command, "oHdXuAebTmFwxEYyrzQKDC" if curl else "OPoUTtaeiBQYw", ("output", "output-document"))
    output = parsed.values.get("o" if curl else "O", parsed.values.get("output" if curl else "output-document"))
    if output == "-" or (curl and output is None and not {"O", "remote-name"} & parsed.flags):
        return
    path = absolute(output, command.cwd) if output is not None else command.cwd
    if isinstance(path, Unknown):
        yield Unfollowed(point, "/", f"{command.name} may make it")
    elif output is None:
        folder = absolute(parsed.values.get("P", parsed.values.get("directory-prefix", ".")), command.cwd)
        yield Unfollowed(point, folder if isinstance(folder, str) else "/", f"{command.name} may make it")
    else:
        yield Made(point, path, is_folder=False, command=command)


def unpack(command: Command, point: Point, log: Log) -> Iterator[Fact]:  # noqa: ARG001
    """Tar and unzip write below one folder: -C or -d, else where they run; paths inside are relative (tar(1), -P)."""
    words = command.argv[1:]
    option = ("-C", "--directory", "--cd") if command.name in ("tar", "bsdtar") else ("-d",)
    folder: Value = "."
    for at, word in enumerate(words):
        if word in option and at + 1 < len(words):
            folder = words[at + 1]
        elif isinstance(word, str) and (value := _FOLDER.fullmatch(word)):
            folder = value[1]
    path = absolute(folder, command.cwd)
    yield Unfollowed(point, path if isinstance(path, str) else "/", f"{command.name} may unpack it")


def git(command: Command, point: Point, log: Log) -> Iterator[Fact]:  # noqa: ARG001
    """``git clone URL [folder]`` fills that folder, else the URL's last name without ``.git`` (git-clone(1))."""
    verb = command.argv[1] if len(command.argv) > 1 else None
    if verb != "clone":
        yield Unfollowed(point, command.cwd if isinstance(command.cwd, str) else "/", "git may make it")
        return
    operands = [
        w.value
        for w in parse(command, "bojcu", ("branch", "depth", "origin", "reference", "jobs", "config")).operands[1:]
    ]
    folder: Value = operands[1] if len(operands) > 1 else Unknown("git clone names no folder")
    if len(operands) == 1 and isinstance(operands[0], str):
        folder = re.sub(r"(/?\.git)?/*$", "", operands[0]).rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    path = absolute(folder, command.cwd)
    if isinstance(path, Unknown):
        yield Unfollowed(point, "/", "git clone may make it")
    else:
        yield Made(point, normal(path), is_folder=True, command=command)
        yield Unfollowed(point, normal(path), "git clone may make it")


def openssl(command: Command, point: Point, log: Log) -> Iterator[Fact]:  # noqa: ARG001
    """Openssl writes what -out and -keyout name; without them to its output, or where its settings say (req(1))."""
    words = command.argv[1:]
    outputs = [words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-out", "-keyout")]
    for output in outputs:
        path = absolute(output, command.cwd)
        if isinstance(path, Unknown):
            yield Unfollowed(point, "/", "openssl may make it")
        else:
            yield Made(point, path, is_folder=False, command=command)
    known = words[:1] in (("genrsa",), ("rand",), ("dhparam",), ("ecparam",), ("genpkey",), ("pkcs12",), ("x509",))
    # `req` makes a key beside the request unless it is given one.
    given = words[:1] == ("req",) and ("-keyout" in words or "-key" in words)
    if not (known or given) or "-CAcreateserial" in words:
        yield Unfollowed(point, command.cwd if isinstance(command.cwd, str) else "/", "openssl may make it")
