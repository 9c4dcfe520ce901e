"""Image names as they stand in files, variables included, and whether two may mean the same image.

The rules are those of docs.docker.com, "docker image tag": a name without a registry is one of docker.io, one of that
without a path is below ``library``, and one without a tag has ``latest``. A digest decides by itself: it stands for an
image that is there already, and no build makes it anew.
"""

from __future__ import annotations

import re
from functools import lru_cache

from imgslim.records import dataclass, numerous

#: ``$NAME``, ``${NAME…}`` and ``${{ … }}``.
_VARIABLE = re.compile(r"\$\{\{.*?\}\}|\$\{[^}]*\}|\$\w+")
_HOLE = "\0"


@numerous
@dataclass(frozen=True, slots=True)
class Name:
    """An image's name in two parts; each variable is a NUL."""

    #: As Docker completes it.
    repository: str
    #: ``latest`` where none is written; ``@sha256:…`` for a digest.
    tag: str

    @property
    def last(self) -> str:
        """What stands behind the last slash: the key that names are looked up by."""
        return self.repository.rpartition("/")[2]

    @property
    def open(self) -> bool:
        """Whether the last part holds a variable, so that it is no key."""
        return _HOLE in self.last

    def may_be_made_as(self, other: Name) -> bool:
        """Tell whether the repositories may be one, whatever their variables hold."""
        return _may_be(self.repository, other.repository, last_part=True)

    def may_have_the_tag_of(self, other: Name) -> bool:
        """The same of the tags."""
        return _may_be(self.tag, other.tag, last_part=False)

    def __str__(self) -> str:
        """``api:1``, for messages."""
        tag = self.tag if self.tag.startswith("@") else f":{self.tag}"
        return f"{self.repository}{tag}".replace(_HOLE, "…")


@lru_cache(maxsize=512)  # most Dockerfiles of a tree start from a few images
def image_name(text: str) -> Name | None:
    """The name that a text gives an image; None where no part of it is literal."""
    text, _, digest = _VARIABLE.sub(_HOLE, text.strip()).partition("@")
    head, slash, last = text.rpartition("/")
    last, colon, tag = last.partition(":")
    if not last.replace(_HOLE, ""):
        return None
    name = f"{head}{slash}{last}"
    for front in ("docker.io/", "index.docker.io/", "library/"):
        name = name.removeprefix(front)
    if digest:
        return Name(name, f"@{digest}")
    # A variable at the end may hold the tag, too.
    return Name(name, tag if colon else _HOLE if last.endswith(_HOLE) else "latest")


def is_open(*names: Name) -> bool:
    """Tell whether any of them holds a variable."""
    return any(_HOLE in name.repository or _HOLE in name.tag for name in names)


def _may_be(one: str, other: str, *, last_part: bool) -> bool:
    if _HOLE not in one and _HOLE not in other:
        return one == other
    if _HOLE in one and _HOLE in other:
        return not last_part or one.rpartition("/")[2] == other.rpartition("/")[2]
    pattern, plain = (one, other) if _HOLE in one else (other, one)
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split(_HOLE)), plain) is not None
