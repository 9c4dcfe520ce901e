"""What the files of a tree say of builds: collected by the readers of compose files, bake files and workflows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.migrate.jobs import Build, Note, Place
from imgslim.migrate.root import Refused
from imgslim.records import dataclass, field, numerous

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imgslim.migrate.jobs import Use
    from imgslim.migrate.root import Root

#: A context that is no folder of this machine (docker build, "Build context").
_REMOTE = re.compile(r"(?:[a-z][a-z0-9+.-]*://|git@|github\.com/|-$)")


def is_remote(word: str) -> bool:
    """Tell whether a word names a place that is no path of this machine."""
    return _REMOTE.match(word) is not None


@numerous
@dataclass(frozen=True, slots=True)
class Built:
    """One build of one Dockerfile, and the names of what it makes."""

    #: Relative to the root, without links.
    dockerfile: str
    build: Build
    #: Image names as written, variables included.
    images: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ()
    #: By what name other builds of the same file mean this one: ``service:web`` and the like.
    name: str = ""
    #: Names that its Dockerfile may use in FROM and ``--from``, each with what it stands for: ``service:web``,
    #: ``target:app``, ``docker-image://…``.
    contexts: tuple[tuple[str, str], ...] = ()


@numerous
@dataclass(frozen=True, slots=True)
class Asked:
    """A build as a file says it; None: not literal, with the text in ``raw``."""

    place: Place
    who: str
    #: The folder that relative paths start in.
    folder: str
    context: str | None
    raw: str
    #: "": the default one, None: not literal.
    dockerfile: str | None
    #: True where ``dockerfile`` starts in the context, False where it starts in ``folder``.
    in_context: bool
    args: tuple[tuple[str, str | None], ...] = ()
    #: None: not literal.
    target: str | None = ""


@dataclass(slots=True)
class Found:
    """Everything that was found."""

    built: list[Built] = field(default_factory=list)
    #: Images that somebody runs by name, with what that asks of them.
    run: list[tuple[str, tuple[Use, ...]]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def note(self, place: Place, message: str) -> None:
        """Keep a sentence."""
        self.notes.append(Note(place, message))

    def add(
        self,
        root: Root,
        asked: Asked,
        *,
        images: Iterable[str] = (),
        uses: Iterable[Use] = (),
        name: str = "",
        contexts: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Keep a build where its paths lead to a Dockerfile below the root; say why it is left out otherwise."""
        try:
            dockerfile, context = _located(root, asked)
        except Refused as error:
            self.note(asked.place, f"{asked.who}: {error}.")
            return
        if asked.target is None:
            self.note(asked.place, f"{asked.who}: the target is not literal; the last stage is taken.")
        build = Build(context, tuple(sorted(asked.args)), asked.target or "", asked.place, asked.who)
        self.built.append(Built(dockerfile, build, tuple(images), tuple(uses), name, tuple(contexts)))
        if context is None:
            self.note(asked.place, f"{asked.who}: its context {asked.raw} is not literal; the nearest one is taken.")


def _located(root: Root, asked: Asked) -> tuple[str, str | None]:
    """The Dockerfile and the context, both below the root, without links."""
    context = None if asked.context is None else _context(root, asked, asked.context)
    if asked.dockerfile is None:
        raise Refused("the name of its Dockerfile is not literal")
    if asked.in_context or not asked.dockerfile:
        if context is None:
            raise Refused(f"its context {asked.raw} is not literal, so which Dockerfile it means is not known")
        base = context
    else:
        base = asked.folder
    names = (asked.dockerfile,) if asked.dockerfile else ("Dockerfile", "dockerfile")
    refused: Refused | None = None
    for each in names:
        path = root.joined(base, each)
        if path is None:
            raise Refused(f"its Dockerfile {each} lies outside of the folder that is migrated")
        try:
            if root.kind(path) == "file":
                return root.real(path), context
            refused = refused or Refused(f"its Dockerfile {path} is a folder")
        except Refused as error:
            refused = refused or Refused(f"its Dockerfile {path} is left alone: {error}")
    raise refused or Refused("it names no Dockerfile")


def _context(root: Root, asked: Asked, word: str) -> str:
    if is_remote(word):
        raise Refused(f"its context {word} is not a folder of this tree")
    path = root.joined(asked.folder, word)
    if path is None:
        raise Refused(f"its context {word} lies outside of the folder that is migrated")
    try:
        if root.kind(path) == "folder":
            return root.real(path)
    except Refused as error:
        raise Refused(f"its context {path or '.'} is left alone: {error}") from error
    raise Refused(f"its context {path} is no folder")
