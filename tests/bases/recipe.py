"""What a base image is made of: values, no action."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Repository under which every stand-in is kept by its own name; Dockerfiles of recipes build on these, so that a
#: real image which holds the public name is neither used nor lost.
PRIVATE = "imgslim-standin/"

#: Names in a recipe's Dockerfile that refer to another recipe.
_NEED = re.compile(rf"(?:FROM |--from=){PRIVATE}(\S+)")


@dataclass(frozen=True, slots=True)
class Release:
    """A Debian release whose packages are used."""

    #: Name in sources.list and in image tags, "bookworm".
    codename: str
    #: Debian's version number, as in `debian:12` and `static-debian12`.
    number: int
    #: Major version of its default GCC.
    gcc: int
    #: The packages of OpenSSL's libraries (t64: the 64-bit time_t transition renamed them).
    libssl: str

    def __str__(self) -> str:
        """Give "Debian 12 bookworm"."""
        return f"Debian {self.number} {self.codename}"


BOOKWORM = Release("bookworm", 12, 12, "libssl3")
TRIXIE = Release("trixie", 13, 14, "libssl3t64")
RELEASES = (BOOKWORM, TRIXIE)


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """A root file system from mmdebstrap, imported as one layer."""

    #: Leave out documentation and translations, as the official -slim variants do.
    slim: bool


@dataclass(frozen=True, slots=True)
class Layers:
    """A Dockerfile built on other stand-ins, without a context."""

    dockerfile: str
    #: File trees fetched from a package registry (`trees.py`), each a named build context.
    trees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """One base image."""

    #: The image's own name with the release it really is: "gcc:12-bookworm".
    name: str
    release: Release
    #: What it really is: the text of label io.imgslim.standin.
    standin: str
    make: Bootstrap | Layers
    #: Further names which Dockerfiles use for it, and which a registry has too.
    tags: tuple[str, ...] = ()
    #: Whether a registry has `name` as well.
    published: bool = True

    @property
    def private(self) -> str:
        """The reference that recipes build on."""
        return PRIVATE + self.name

    @property
    def names(self) -> tuple[str, ...]:
        """Every public reference."""
        return (self.name, *self.tags)

    @property
    def pullable(self) -> tuple[str, ...]:
        """The references that a registry has."""
        return self.names if self.published else self.tags

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the recipes that it is built on."""
        match self.make:
            case Bootstrap():
                return ()
            case Layers(dockerfile):
                return tuple(dict.fromkeys(_NEED.findall(dockerfile)))


def install(packages: str) -> str:
    """Give the RUN instruction that installs Debian packages and leaves no package lists.

    Some packages' scripts write to /usr/share/man, which slim roots lack.
    """
    return (
        "RUN apt-get update -q && mkdir -p /usr/share/man/man1 \\\n"
        f" && apt-get install -qy --no-install-recommends {packages} \\\n"
        " && rm -rf /var/lib/apt/lists/*\n"
    )


def numbered(repository: str, versions: str, suffix: str = "") -> tuple[str, ...]:
    """Give one reference per version: `numbered("gcc", "9 10", "-slim")` is gcc:9-slim and gcc:10-slim."""
    return tuple(f"{repository}:{version}{suffix}" for version in versions.split())
