"""Packages of the distribution that the file installs by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import RPM_MANAGERS
from imgslim.meaning.wrappers import unwrap
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project

#: The word of each manager after which packages are named, and those by which they go again (the manual of each).
_VERBS: dict[str, tuple[str, tuple[str, ...]]] = {
    "apt-get": ("install", ()),
    "apt": ("install", ()),
    "apk": ("add", ("del",)),
    **dict.fromkeys(RPM_MANAGERS, ("install", ("remove", "erase"))),
}
#: With these they take packages from elsewhere, or put them there; ``name@tag`` says the same of one of apk's.
_ELSEWHERE = {
    "apk": ("-X", "--repository", "-p", "--root", "--keys-dir"),
    **dict.fromkeys(
        RPM_MANAGERS, ("-c", "-x", "--config", "--exclude", "--enable", "--disable", "--repo", "--from", "--releasever",
              "--installroot", "--forcearch"),
    ),
}  # fmt: skip
#: What of RPM's names is none: a file, a group, a module, a pattern. A version has a dot, and may have a release.
_NO_NAME = regex(r".*[@/:*?].*|.*\.rpm")
_OF_RPM = regex(r"(.+?)(?:-\d+(?:\.[\w~^]+)+(?:-\d[\w.~^]*)?)?(?:\.(?:x86_64|aarch64|noarch|i686|ppc64le|s390x))?")
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
        add, removes = _VERBS.get(manager, ("", ()))
        if add and add in words[1:]:
            found += _named(manager, words[words.index(add, 1) + 1 :], words)
        elif not {*removes}.isdisjoint(words[1:]):
            found = [(name, group) for name, group in found if name not in words and group not in words]
    return (name for name, _ in found)


def _named(manager: str, words: list[str], all_words: list[str]) -> Iterator[tuple[str, str]]:
    """The packages of one command, each with the name of their group."""
    if any(w.startswith(_ELSEWHERE.get(manager, ())) for w in all_words):
        return
    if manager in RPM_MANAGERS:
        plain = (w for w in words if not w.startswith("-") and not _NO_NAME.fullmatch(w))
        yield from ((match[1], "") for w in plain if (match := _OF_RPM.fullmatch(w)) is not None)
        return
    if manager != "apk":
        yield from ((w.split("=")[0], "") for w in words if not w.startswith("-"))
        return
    group = next((all_words[at + 1] for at, w in enumerate(all_words[:-1]) if w in _GROUP), "")
    group = group or next((w.partition("=")[2] for w in all_words if w.startswith("--virtual=")), "")
    for word in words:
        if not word.startswith("-") and word != group and "@" not in word:
            yield _VERSION.split(word, maxsplit=1)[0], group
