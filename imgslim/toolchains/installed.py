"""Packages of the distribution that the file installs by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.wrappers import unwrap
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project

#: The word of each manager after which packages are named, and the one by which they go again (apt-get(8), apk(8)).
_VERBS = {"apt-get": ("install", ""), "apt": ("install", ""), "apk": ("add", "del")}
#: With these apk takes packages from elsewhere, or puts them there (apk(8)); ``name@tag`` says the same of one.
_ELSEWHERE = ("-X", "--repository", "-p", "--root", "--keys-dir")
#: Gives what follows one name, to take it away by.
_GROUP = ("-t", "--virtual")
_VERSION = regex(r"[=<>~]")


def installed(project: Project) -> Iterator[str]:
    """Their names, without versions, in the order of the text; none that was taken away again by its name."""
    found: list[tuple[str, str]] = []
    for _, _, command in project.trace.commands():
        inner = unwrap(command)
        if inner.name not in (None, *_VERBS):
            continue
        words = [w for w in inner.argv if isinstance(w, str)]
        manager = words[0].rsplit("/", 1)[-1] if words else ""
        add, remove = _VERBS.get(manager, ("", ""))
        if add and add in words[1:]:
            found += _named(manager, words[words.index(add, 1) + 1 :], words)
        elif remove and remove in words[1:]:
            found = [(name, group) for name, group in found if name not in words and group not in words]
    return (name for name, _ in found)


def _named(manager: str, words: list[str], all_words: list[str]) -> Iterator[tuple[str, str]]:
    """The packages of one command, each with the name of their group."""
    if manager != "apk":
        yield from ((w.split("=")[0], "") for w in words if not w.startswith("-"))
        return
    if any(w.startswith(_ELSEWHERE) for w in all_words):
        return
    group = next((all_words[at + 1] for at, w in enumerate(all_words[:-1]) if w in _GROUP), "")
    group = group or next((w.partition("=")[2] for w in all_words if w.startswith("--virtual=")), "")
    for word in words:
        if not word.startswith("-") and word != group and "@" not in word:
            yield _VERSION.split(word, maxsplit=1)[0], group
