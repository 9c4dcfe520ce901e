"""What ordinary commands of a build leave behind for the running program: users, folders, packages, or nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute
from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.trace import Command

#: Commands that leave no file for a program that runs later, whatever their arguments (POSIX utilities, package
#: managers' own data, what only prints or waits).
_NO_TRACE = frozenset(
    """
    : [ apt-cache apt-key apt-mark awk basename break cat cd clear cmp command continue cut date df diff
    dirname dpkg-query du echo egrep env exit export expr false fgrep file find free getconf getent grep gpg
    groups head hostname id ldconfig less ls lscpu mount nproc od pkg-config popd printf printenv ps pushd pwd
    readlink realpath return rm rmdir seq set sha1sum sha256sum sha512sum md5sum shift shopt sleep sort source
    stat sync tail test time times top tr trap true tty type ulimit umask uname uniq unset wait wc which whoami
    xargs yes
    """.split()
)
_FILE_TOOLS = frozenset(
    {"cp", "mv", "ln", "touch", "chmod", "chgrp", "install", "sed", "tee", "strip", "mkfifo", "truncate", "dos2unix"}
)
_PACKAGE_MANAGERS = {
    "apt-get": "apt", "apt": "apt", "aptitude": "apt", "apk": "apk", "dnf": "dnf", "microdnf": "dnf", "yum": "dnf",
    "zypper": "zypper", "pacman": "pacman",
}  # fmt: skip
_INSTALL = {
    "apt": ("install",), "apk": ("add",), "dnf": ("install", "groupinstall", "localinstall", "reinstall"),
    "zypper": ("install", "in"),
}  # fmt: skip
#: Their options that take the next word (apt-get(8); apk(8); dnf(8), yum(8)); with ``=`` they take none.
_PACKAGE_VALUES = {
    "apt": frozenset({"-t", "-o", "-c", "-a", "--target-release", "--option", "--config-file", "--host-architecture"}),
    "apk": frozenset({"-t", "--virtual", "-X", "--repository", "-p", "--root", "--arch", "--keys-dir", "--cache-dir"}),
    "dnf": frozenset({
        "-c", "--config", "-d", "--debuglevel", "-e", "--errorlevel", "-x", "--exclude", "--enablerepo",
        "--disablerepo", "--repo", "--repoid", "--releasever", "--setopt", "--installroot", "--forcearch",
    }),
}  # fmt: skip
#: What stands between a package's name and the version that is asked for.
_VERSION = regex(r"[=<>~]")
#: Options of mkdir and install that say the mode, the owner and the group, with the value or before it (mkdir(1),
#: install(1)); and those by which install makes folders.
_RIGHT = regex(r"--(?P<long>mode|owner|group)(?:=(?P<given>.*))?|-[a-fh-ln-zA-Z]*?(?P<short>[mog])(?P<value>.+)?")
_MAKES_FOLDERS = regex(r"-[a-fh-lnp-zCDTZ]*d.*|--directory")
_USER_TOOLS = frozenset({"useradd", "adduser", "groupadd", "addgroup", "usermod", "groupmod", "gpasswd", "passwd"})
#: Options of useradd, adduser, groupadd and addgroup (shadow and busybox) that take a value.
_USER_VALUES = regex(
    r"-[a-zA-Z]*[bcCdefgGhiIkKlpPRsSuU]|--(?:uid|gid|home|home-dir|shell|comment|gecos|ingroup|groups|group)"
)


@dataclass(frozen=True, slots=True)
class Packages:
    """A package manager installed packages."""

    manager: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Users:
    """Users or groups came into /etc/passwd and /etc/group."""

    names: tuple[str, ...]
    #: Home folders that it made, where the text says so.
    homes: tuple[str, ...]
    #: Of them, those that not every version of the tool makes: adduser's NEWS for 3.122, "--system".
    perhaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Folders:
    """Folders were made."""

    paths: tuple[str, ...]
    #: Whose they are, and with which mode, where the words say so.
    owner: str = ""
    mode: str = ""


@dataclass(frozen=True, slots=True)
class Owner:
    """Owners were changed."""

    owner: str
    paths: tuple[str, ...]
    recursive: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """Files were made, moved, copied, linked or changed at known paths."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing that a running program could need."""


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """It may leave files that reading can't name."""


#: The effect of most commands, and of those that nobody follows.
NOTHING, UNFOLLOWED = Nothing(), Unfollowed()

Effect = Packages | Users | Folders | Owner | Placed | Nothing | Unfollowed


def effect(command: Command) -> Effect:
    """What one command leaves behind, from its words alone."""
    name = command.name
    written = [_absolute(command, r.target) for r in command.redirects if r.operator.endswith((">", ">>", ">|"))]
    if None in written:
        return UNFOLLOWED
    if name is None:
        return NOTHING if not command.words else UNFOLLOWED
    if written and (paths := tuple(p for p in written if p is not None and not p.startswith("/dev/"))):
        return Placed(paths)
    if name in _NO_TRACE:
        return NOTHING
    words = [w.value if isinstance(w.value, str) else None for w in command.words[1:]]
    if name in _PACKAGE_MANAGERS:
        return _packages(_PACKAGE_MANAGERS[name], words)
    if name in _USER_TOOLS:
        return _users(name, words)
    if name not in ("chown", "mkdir") and name not in _FILE_TOOLS:
        return UNFOLLOWED
    if name == "mkdir" or (name == "install" and any(w is not None and _MAKES_FOLDERS.fullmatch(w) for w in words)):
        return _folders(command, words)
    plain = [w for w in words if w is None or not w.startswith("-")]
    absolute = [_absolute(command, w) if w is not None else None for w in plain]
    if name == "chown" and plain and plain[0] is not None:
        flags = [w for w in words if w is not None and w.startswith("-")]
        return Owner(plain[0], _known(absolute[1:]), any("R" in f for f in flags))
    if name == "openssl":
        return _outputs(command, words)
    return Placed(_known(absolute)) if name in _FILE_TOOLS else UNFOLLOWED


def _folders(command: Command, words: list[str | None]) -> Effect:
    """The folders that mkdir or ``install -d`` makes, with what is said of their rights."""
    rights: dict[str, str] = {}
    paths: list[str | None] = []
    value = ""
    for word in words:
        right = _RIGHT.fullmatch(word) if word is not None and not value else None
        if value:
            rights[value], value = word or "", ""
        elif right is not None:
            which, given = (right["long"] or right["short"])[0], right["given"] or right["value"] or ""
            value = "" if given else which
            rights[which] = given
        elif word is None or not word.startswith("-"):
            paths.append(_absolute(command, word) if word is not None else None)
    if None in paths:
        return UNFOLLOWED
    group = f":{rights['g']}" if rights.get("g") else ""
    return Folders(_known(paths), rights.get("o", "") + group, rights.get("m", ""))


def known_by_name(name: str) -> bool:
    """Tell whether a command is known for what it does, even where a word of it is not settled."""
    tools = name in _FILE_TOOLS or name in _USER_TOOLS or name in ("chown", "mkdir", "openssl")
    return tools or name in _NO_TRACE or name in _PACKAGE_MANAGERS


def _outputs(command: Command, words: list[str | None]) -> Effect:
    """What openssl's -out and -keyout name; without -out it may write where its settings say."""
    paths = [_absolute(command, words[at + 1]) for at, word in enumerate(words[:-1]) if word in ("-out", "-keyout")]
    return Placed(_known(paths)) if "-out" in words and None not in paths else UNFOLLOWED


def _packages(manager: str, words: list[str | None]) -> Effect:
    """The packages that an install names, without the words of its options; groups of them by ``@`` and their name."""
    plain: list[str] = []
    valued = _PACKAGE_VALUES.get(manager, frozenset())
    value = False
    for word in words:
        if value or word is None:
            value = False
        elif word.startswith("-"):
            value = word in valued
        else:
            plain.append(word)
    verb, *rest = plain or [""]
    groups = verb == "groupinstall" or (manager == "dnf" and verb in ("group", "groups") and rest[:1] == ["install"])
    if verb not in _INSTALL.get(manager, ()) and not groups:
        return NOTHING
    if groups:
        return Packages(manager, tuple(f"@{w.removeprefix('@')}" for w in rest if w != "install"))
    return Packages(manager, tuple(_VERSION.split(w, maxsplit=1)[0] for w in rest))


def _users(tool: str, words: list[str | None]) -> Effect:
    names: list[str] = []
    homes: list[str] = []
    makes_home, home, skip = tool == "adduser", "", False
    for at, word in enumerate(words):
        if skip or word is None:
            skip = False
        elif word in ("-m", "--create-home") or re.fullmatch(r"-[a-zA-Z]*m[a-zA-Z]*", word):
            makes_home = True
            skip = bool(_USER_VALUES.fullmatch(word)) and tool in ("useradd", "groupadd", "usermod")
        elif word in ("-M", "--no-create-home", "-H"):
            makes_home = False
        elif word.startswith("-"):
            skip = bool(_USER_VALUES.fullmatch(word)) and not _is_flag(tool, word)
            if word in ("-d", "-h", "--home", "--home-dir") and at + 1 < len(words):
                home = words[at + 1] or ""
        else:
            names.append(word)
    if tool in ("useradd", "adduser") and makes_home and names:
        homes.append(home or f"/home/{names[0]}")
    return Users(tuple(names), tuple(homes), tuple(homes) if "--system" in words and not home else ())


def _is_flag(tool: str, word: str) -> bool:
    """``adduser -D -S`` and ``addgroup -S`` (busybox) and ``useradd -r -U -l`` take no value."""
    return word in (("-D", "-S", "-H") if tool in ("adduser", "addgroup") else ("-r", "-U", "-N", "-l", "-S"))


def _absolute(command: Command, word: object) -> str | None:
    """The word as an absolute path, None where it or the working directory is open."""
    return known(absolute(word, command.cwd)) if isinstance(word, str) else None


def _known(paths: list[str | None]) -> tuple[str, ...]:
    return tuple(p for p in paths if p is not None)


def packages(effects: Iterator[Effect]) -> tuple[str, ...]:
    """Every package name that the build installs."""
    return tuple(name for e in effects if isinstance(e, Packages) for name in e.names)
