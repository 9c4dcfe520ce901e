"""Preloaded: libraries that the loader puts before a program's own (ld.so(8)), which a static program does without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.model import Need, NeedKind
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.model import Project

#: Variables whose value names libraries, and the file that does so for every program.
_VARIABLES = ("LD_PRELOAD", "LD_AUDIT")
_FILE = "/etc/ld.so.preload"
_BETWEEN = regex(r"[\s:]+")


def preloaded(project: Project, scripts: Iterable[str]) -> Iterator[Need]:
    """Libraries that the environment, a file or one of the scripts has loaded before all others.

    Args:
        project: what reading gave.
        scripts: those that are followed, by their path in the image.
    """
    for name in _VARIABLES:
        if value := project.trace.final.env.get(name):
            for word in filter(None, _BETWEEN.split(value) if isinstance(value, str) else ("*",)):
                yield Need(NeedKind.PLUGIN, word, f"ENV sets {name}")
    if project.files.exists(_FILE) is True:
        yield Need(NeedKind.PLUGIN, "*", f"a step makes {_FILE}")
    words = " ".join(project.trace.entry.words)
    texts = [("the entry", words.encode("utf-8", "surrogateescape"))]
    texts += [(path, project.files.read(path) or b"") for path in scripts]
    for where, text in texts:
        for name in _VARIABLES:
            if name.encode() in text:
                yield Need(NeedKind.PLUGIN, "*", f"{where} names {name}")
