"""Packages of Debian or Ubuntu that the file installs by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.wrappers import unwrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project

_MANAGERS = ("apt-get", "apt")


def installed(project: Project) -> Iterator[str]:
    """Their names, without versions, in the order of the text."""
    for _, _, command in project.trace.commands():
        inner = unwrap(command)
        if inner.name not in (None, *_MANAGERS):
            continue
        words = [w for w in inner.argv if isinstance(w, str)]
        if len(words) > 1 and words[0].rsplit("/", 1)[-1] in _MANAGERS and "install" in words:
            yield from (w.split("=")[0] for w in words[words.index("install") + 1 :] if not w.startswith("-"))
