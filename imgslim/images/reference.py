"""Image references: what stands after FROM, in the grammar of the distribution project (``reference/regexp.go``)."""

from __future__ import annotations

import re
from functools import lru_cache

from imgslim.records import dataclass
from imgslim.regex import regex

#: The registry that is meant where a reference names none, and the name space of its official images.
DOCKER_HUB = "docker.io"
OFFICIAL = "library/"

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[(?:[a-fA-F0-9:]+)\])(?::[0-9]+)?"
_REFERENCE = regex(
    rf"(?P<name>(?:{_DOMAIN}/)?{_COMPONENT}(?:/{_COMPONENT})*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?"
    r"(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?",
    re.ASCII,
)
_SHA256 = regex(r"sha256:[0-9a-f]{64}")
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class ImageRef:
    """An image reference in its parts."""

    #: Host and port; ``docker.io`` where the text names none.
    registry: str
    #: The path in the registry in full: ``library/golang``.
    repository: str
    tag: str | None
    digest: str | None
    #: The text as it was written.
    raw: str

    @property
    def name(self) -> str:
        """Registry and repository as people write them: ``golang``, ``bitnami/node``, ``gcr.io/distroless/base``."""
        if self.registry != DOCKER_HUB:
            return f"{self.registry}/{self.repository}"
        return self.repository.removeprefix(OFFICIAL)

    @property
    def canonical(self) -> str:
        """The one spelling that equal references share; ``latest`` where neither tag nor digest is given."""
        tag = self.tag or (None if self.digest else "latest")
        return self.name + (f":{tag}" if tag else "") + (f"@{self.digest}" if self.digest else "")

    def __str__(self) -> str:
        """The text as it was written."""
        return self.raw


@lru_cache(maxsize=1024)
def parse_reference(text: str) -> ImageRef:
    """Take an image reference apart.

    Raises:
        ValueError: it is malformed; the message says how.
    """
    match = _REFERENCE.fullmatch(text)
    if match is None:
        raise ValueError(_complaint(text))
    name, tag, digest = match["name"], match["tag"], match["digest"]
    if digest is not None and digest.startswith("sha256:") and not _SHA256.fullmatch(digest):
        raise ValueError(f"image reference {text!r}: a sha256 digest has 64 lower-case hexadecimal digits")
    registry, repository = _split(name)
    if len(repository) > _LONGEST_NAME:
        raise ValueError(f"image reference {text!r}: the repository name is longer than {_LONGEST_NAME} characters")
    if re.fullmatch(_COMPONENT + rf"(?:/{_COMPONENT})*", repository) is None:
        raise ValueError(_complaint(text))
    return ImageRef(registry, repository, tag, digest, text)


def _split(name: str) -> tuple[str, str]:
    """Tell the registry from the repository: a host has a dot, a port, an upper-case letter, or is localhost.

    This is distribution/reference's ``splitDockerDomain``.
    """
    first, slash, rest = name.partition("/")
    is_host = bool(slash) and ("." in first or ":" in first or first == "localhost" or first.lower() != first)
    registry, repository = (first, rest) if is_host else (DOCKER_HUB, name)
    if registry == "index.docker.io":
        registry = DOCKER_HUB
    if registry == DOCKER_HUB and "/" not in repository:
        repository = OFFICIAL + repository
    return registry, repository


def _complaint(text: str) -> str:
    """Say what is wrong, the likeliest first."""
    start = f"image reference {text!r}"
    if not text:
        return "an image reference is empty"
    if any(c.isspace() for c in text):
        return f"{start} has blanks in it"
    path = text.partition("@")[0]
    last = path.rpartition("/")[2]
    if last.partition(":")[0] != last.partition(":")[0].lower():
        return f"{start}: repository names are lower-case"
    if "@" in text:
        return f"{start}: the digest or what stands before it is malformed"
    return f"{start} is malformed: [registry/]repository[:tag][@digest]"
