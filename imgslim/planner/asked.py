"""Asked: what a tool asks of the image by the words that it is started with."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.starts import ANY
from imgslim.model import Need, NeedKind
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Programs that tar starts by its options, and by how an archive is named that it is given (tar(1)).
_BY_OPTION = {
    "z": "gzip", "--gzip": "gzip", "--ungzip": "gzip", "--gunzip": "gzip", "Z": "gzip", "--compress": "gzip",
    "j": "bzip2", "--bzip2": "bzip2", "J": "xz", "--xz": "xz", "--lzma": "xz", "--zstd": "zstd",
}  # fmt: skip
_BY_SUFFIX = {
    (".gz", ".tgz", ".taz", ".Z"): "gzip", (".bz2", ".tbz", ".tbz2", ".tz2"): "bzip2", (".xz", ".txz"): "xz",
    (".zst", ".tzst"): "zstd",
}  # fmt: skip
#: Data bases of getent(1), beside those of host names.
_DATABASES = {
    "passwd": (NeedKind.USERS, ""), "group": (NeedKind.USERS, ""), "initgroups": (NeedKind.USERS, ""),
    "shadow": (NeedKind.USERS, "shadow"), "gshadow": (NeedKind.USERS, "shadow"),
    "services": (NeedKind.NAME_SERVICE, "services"), "protocols": (NeedKind.NAME_SERVICE, "services"),
}  # fmt: skip
#: Settings of the zone and of the locale that a line makes for what it starts; zones that need no file (tzset(3)).
_ZONE = regex(r"(?:^|[\s;&|(])TZ=[\"']?:?(?!(?:UTC|GMT)?0?(?:[\s\"';&|)]|$))")
_LOCALE = regex(r"(?:^|[\s;&|(])(?:LC_[A-Z]+|LANG)=[\"']?([\w.@-]+)")
_PLAIN = frozenset({"C", "POSIX"})


def asked_by(argv: tuple[str, ...], by: str) -> Iterator[Need]:
    """What a started program needs by its words; "" is one that is not literal."""
    base = posixpath.basename(argv[0])
    if base == "tar":
        for name in dict.fromkeys(_by_tar(argv[1:])):
            what = "another program" if name == ANY else name
            yield Need(NeedKind.COMMAND, name, f"{by} starts tar, which starts {what}")
    elif base == "getent":
        name = next((word for word in argv[1:] if not word.startswith("-")), "")
        kind, value = _DATABASES.get(name, (NeedKind.NAME_SERVICE, "" if name else "services"))
        yield Need(kind, value, f"{by} starts getent")


def asked_by_line(text: str, by: str) -> Iterator[Need]:
    """What a line needs that sets a zone or a locale for the programs that it starts."""
    if _ZONE.search(text):
        yield Need(NeedKind.TIME_ZONES, "", f"{by} sets TZ")
    for name in dict.fromkeys(_LOCALE.findall(text)):
        if name not in _PLAIN:
            yield Need(NeedKind.LOCALE, name, f"{by} sets the locale {name}")


def _by_tar(words: tuple[str, ...]) -> Iterator[str]:
    for at, word in enumerate(words):
        if word.startswith("--"):
            if word in _BY_OPTION:
                yield _BY_OPTION[word]
            elif word.startswith("--use-compress-program"):
                yield word.partition("=")[2].split(" ")[0] or ANY
        elif word.startswith("-") or (at == 0 and "/" not in word and "." not in word):
            yield from (_BY_OPTION[letter] for letter in word if letter in _BY_OPTION)
            if "I" in word:
                yield (*words[at + 1 :], "")[0].split(" ")[0] or ANY
        else:
            yield from (program for suffixes, program in _BY_SUFFIX.items() if word.endswith(suffixes))
