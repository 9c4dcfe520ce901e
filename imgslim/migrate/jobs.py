"""The nouns of a migration: a Dockerfile, the ways it is built, and what others ask of its image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.config import Settings
from imgslim.records import dataclass, numerous

if TYPE_CHECKING:
    from imgslim.model import Need


@numerous
@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file below the root, for messages."""

    #: Relative to the root, ``/`` between names.
    file: str
    #: From 1; 0: the whole file.
    line: int = 0

    def __str__(self) -> str:
        """``compose.yaml:4``."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was not read, or not as it may have been meant, as a sentence."""

    place: Place
    message: str

    def __str__(self) -> str:
        """``compose.yaml:4: …``."""
        return f"{self.place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that a user of an image asks of it."""

    need: Need
    #: True where the words are a program only if the image has no ENTRYPOINT, and its arguments otherwise.
    command: bool = False


@numerous
@dataclass(frozen=True, slots=True)
class Build:
    """One way a Dockerfile is built, as a compose file, a bake file or a workflow says it literally."""

    #: Relative to the root; "" is the root itself. None: not said literally; then the nearest sensible one is taken.
    context: str | None
    #: Build arguments in the order of their names; None: a value that is not literal.
    args: tuple[tuple[str, str | None], ...] = ()
    #: The stage that is asked for; "" for the last one.
    target: str = ""
    #: Who says so; None where nobody does.
    place: Place | None = None
    #: For messages: ``service web``.
    who: str = ""


@numerous
@dataclass(frozen=True, slots=True)
class Job:
    """A Dockerfile to be planned."""

    #: Relative to the root.
    path: str
    #: At least one.
    builds: tuple[Build, ...]
    uses: tuple[Use, ...] = ()
    settings: Settings = Settings()
