"""Files of the image that a program's sources and settings name, seen from the folder that it starts in."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute
from imgslim.model import Need, NeedKind
from imgslim.regex import regex
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from imgslim.toolchains.java.scan import Scan

    #: Where it is named, for people; and the text.
    Named = tuple[str, str]

#: Embedded databases whose address is a path: SQLite, H2 and HSQLDB with the endings of their files, Derby's folder
#: ("Database URL Overview", H2; "Connection properties", HSQLDB; sqlite-jdbc, "Usage").
_DATABASE = regex(
    r"jdbc:(?:sqlite:(?:file:)?|h2:(?:file:)?|hsqldb:(?:file:)?|derby:(?:directory:)?)(?!mem:|tcp:|ssl:|hsql:|//)"
    r"(?P<path>[^;?\s]+).*"
)
_ENDINGS = ("", ".mv.db", ".h2.db", ".script", ".properties", ".data")
_SETTINGS = (".properties", ".yml", ".yaml", ".conf")
_VALUE = re.compile(r"^[ \t]*[\w.\-\[\]\"']+[ \t]*[=:][ \t]*(?P<value>\S[^\n#]*?)[ \t]*\r?$", re.MULTILINE)
#: ``${DB_FILE:shop.db}``: what holds where the variable is not set (Spring, "Property Placeholders").
_DEFAULT = regex(r"\$\{[\w.\-]+:(?P<default>[^{}]*)\}")
#: Bytes of one file of settings that are read.
_LARGEST = 200_000
_LONGEST = 255
#: How sources start it, in Java and in Kotlin.
_BOOT = regex(r"(?:org\.springframework\.boot\.)?(?:SpringApplication|SpringBootApplication|runApplication)\b")
#: What Spring Boot reads of the working directory by itself ("Externalized Configuration").
_SPRING = re.compile(r"(?:config/(?:[^/]+/)?)?application(?:-[\w-]+)?\.(?:properties|ya?ml|xml)")


def mentions(
    scans: Mapping[str, Scan], settings: Mapping[str, bytes], folder: str, found: Callable[[str], bool]
) -> Iterator[Need]:
    """Name the files and folders that literals and values of settings lead to.

    Args:
        scans: what the sources say, by the name that people know them by.
        settings: the files of settings among the resources, likewise.
        folder: the running image's working directory.
        found: tells whether a path of the image is the author's and none of the sources.
    """
    literals = ((f"{label}:{one.line}", one.text) for label, scan in scans.items() for one in scan.literals)
    seen: set[str] = set()
    for at, text in (*literals, *_values(settings)):
        for path in _places(text, folder):
            if path in seen:
                continue
            seen.add(path)
            if found(path):
                yield Need(NeedKind.FILE, path, f"{at} names {text!r}")


def read_by_itself(scans: Mapping[str, Scan], folder: str, files: Iterable[str]) -> Iterator[Need]:
    """Name the files of the working directory that Spring Boot takes settings from, whoever names them."""
    label = next((label for label, one in scans.items() if any(map(_BOOT.match, one.names))), "")
    for path in files if label else ():
        if _SPRING.fullmatch(posixpath.relpath(path, folder)):
            yield Need(NeedKind.FILE, path, f"{label} starts Spring Boot, which reads it")


def _values(settings: Mapping[str, bytes]) -> Iterator[Named]:
    for label, data in settings.items():
        if label.endswith(_SETTINGS):
            for match in _VALUE.finditer(data[:_LARGEST].decode("utf-8", "replace")):
                yield label, _DEFAULT.sub(lambda m: m["default"], match["value"].strip("\"'"))


def _places(text: str, folder: str) -> Iterator[str]:
    """The paths that a text may stand for; none where it is no path, or a folder that holds all."""
    database = _DATABASE.fullmatch(text)
    text = database["path"] if database is not None else text.removeprefix("file:")
    if not 2 < len(text) < _LONGEST or "\n" in text:  # noqa: PLR2004
        return
    if text.startswith((".", "-")) and not text.startswith("./"):
        return
    path = known(absolute(text, folder))
    if path is None or path == "/" or (folder + "/").startswith(path + "/"):
        return
    yield from (path + ending for ending in (_ENDINGS if database is not None else ("",)))
