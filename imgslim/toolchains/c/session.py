"""The state of one look at a project: units made so far, products found, commands that were claimed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.model import Declined
from imgslim.records import dataclass, field, numerous
from imgslim.text import decode
from imgslim.toolchains.c import words
from imgslim.toolchains.c.driver import HOLE
from imgslim.toolchains.c.reading import Reader
from imgslim.toolchains.c.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.effects import Files
    from imgslim.meaning.trace import Command, Word
    from imgslim.model import Product, Project


class FilesTree:
    """The files as one command of the trace finds them; answers are remembered while that view stands."""

    def __init__(self, files: Files, *, known: bool = True) -> None:
        """Look at ``files`` until :meth:`look` takes another view; ``known``: the base is a well-known image."""
        self._files = files
        self._known = known
        self._origins: dict[str, str | None] = {}
        self._texts: dict[str, str | None] = {}
        self._entries: dict[str, tuple[str, ...]] = {}

    def look(self, files: Files) -> None:
        """Take another view: the files right before another command."""
        self._files = files
        self._origins.clear()
        self._texts.clear()
        self._entries.clear()

    def text(self, path: str) -> str | None:
        """The text of a context file, or of one that the Dockerfile itself holds."""
        if path not in self._texts:
            data = self._files.read(path)
            self._texts[path] = None if data is None else decode(data)
        return self._texts[path]

    def origin(self, path: str) -> str | None:
        """The context path of the file at ``path``; the path itself where the Dockerfile holds the content."""
        if path not in self._origins:
            found = self._files.context_file(path)
            self._origins[path] = path if found is None and self.text(path) is not None else found
        return self._origins[path]

    def entries(self, folder: str) -> tuple[str, ...]:
        """The names known to stand in ``folder``."""
        if folder not in self._entries:
            self._entries[folder] = self._files.list_dir(folder)
        return self._entries[folder]

    def absent(self, path: str) -> bool:
        """Tell whether nothing stands at ``path``: no step can have made it, and no well-known image holds sources."""
        return self._files.untouched(path) if self._known else self._files.exists(path) is False


@numerous
@dataclass(frozen=True, slots=True)
class Site:
    """One command of the file, ready to be followed."""

    command: Command
    step: int
    index: int
    #: Words after expansion; what is not settled is a hole.
    argv: tuple[str, ...]
    cwd: str
    #: True where the instruction is in exec form.
    json: bool

    @property
    def word(self) -> Word:
        """The command's first word."""
        return self.command.words[0]

    @property
    def env(self) -> Mapping[str, str]:
        """The environment as far as settled, the command's own assignments included."""
        return _Environment(self.command)


class _Environment(Mapping[str, str]):
    """A command's environment, put together where a variable is asked for: most commands are asked for none."""

    __slots__ = ("_command", "_values")

    def __init__(self, command: Command) -> None:
        self._command = command
        self._values: dict[str, str] | None = None

    def _settled(self) -> dict[str, str]:
        if self._values is None:
            env = {k: v for k, v in self._command.env.items() if isinstance(v, str)}
            self._values = env | {k: v for k, v in self._command.assignments if isinstance(v, str)}
        return self._values

    def __getitem__(self, name: str) -> str:
        return self._settled()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._settled())

    def __len__(self) -> int:
        return len(self._settled())


@dataclass(slots=True)
class Session:
    """What has been found so far."""

    project: Project
    tree: FilesTree
    shop: Workshop
    reader: Reader
    products: list[Product] = field(default_factory=list)
    build_commands: set[tuple[int, int]] = field(default_factory=set)
    declined: list[Declined] = field(default_factory=list)
    #: Words of the file that compiled a unit, by the unit's path.
    hands: dict[str, tuple[Word, ...]] = field(default_factory=dict)
    #: The command in the file that configured a build folder.
    configure_sites: dict[str, Site] = field(default_factory=dict)

    @classmethod
    def of(cls, project: Project) -> Session:
        """Start with nothing found."""
        tree = FilesTree(project.files, known=isinstance(project.base, ImageFacts))
        return cls(project, tree, Workshop(tree), Reader(tree))

    def claim(self, site: Site) -> None:
        """Note that a command only serves the build."""
        self.build_commands.add((site.step, site.index))

    def give_up(self, site: Site, why: str, reason: str = "build-not-followed") -> None:
        """Note that a command of ours could not be followed."""
        self.declined.append(Declined(reason, why, site.command.span))


def site_of(command: Command, step: int, index: int, *, json: bool) -> Site | None:
    """Ready a command; None where its name or its folder is not settled."""
    if not command.words or not isinstance(command.cwd, str):
        return None
    argv: list[str] = []
    env = _Environment(command)
    for word in command.words:
        value = word.value
        if isinstance(value, str):
            argv.append(value)
        else:
            argv += words.fields(word.raw, env)
    if not argv or HOLE in argv[0]:
        return None
    return Site(command, step, index, tuple(argv), command.cwd, json)
