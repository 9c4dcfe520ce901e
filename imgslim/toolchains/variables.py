"""Variables of the base image that a program's own sources name: ``process.env.NODE_VERSION``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from imgslim.images import ImageFacts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imgslim.model import Project


def named(project: Project, sources: Iterable[str]) -> frozenset[str]:
    """Those that stand in ``sources`` (absolute paths in the image) as a word, whatever reads them there."""
    return named_in(project, (project.files.read(path) or b"" for path in sources))


def named_in(project: Project, texts: Iterable[bytes]) -> frozenset[str]:
    """Those that stand in the texts as a word."""
    base, own = project.base, frozenset(project.trace.final.env_set)
    names = tuple([name for name, _ in base.env if name not in own]) if isinstance(base, ImageFacts) else ()
    if not names:
        return frozenset()
    plain = [name.encode() for name in names]
    # Most texts hold none of them, which is seen faster than where a word begins.
    found = (_one_of(names).findall(text) for text in texts if any(name in text for name in plain))
    return frozenset(word.decode() for words in found for word in words) - {"PATH"}


@lru_cache(maxsize=64)  # there are few base images, and many files on one
def _one_of(names: tuple[str, ...]) -> re.Pattern[bytes]:
    return re.compile(rb"\b(?:%b)\b" % b"|".join(re.escape(name).encode() for name in names))
