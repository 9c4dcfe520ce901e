"""File trees in memory, and builds on paper over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.toolchains.c.words import commands
from imgslim.toolchains.c.workshop import Workshop
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from imgslim.toolchains.c.units import Unit


class MemoryTree:
    """Files by absolute path; all of them come from the context."""

    def __init__(self, files: dict[str, str]) -> None:
        """Hold ``files``, relative to ``/src`` where they are not absolute."""
        self.files = {join("/src", name): text for name, text in files.items()}

    def text(self, path: str) -> str | None:
        """The file's text."""
        return self.files.get(path)

    def origin(self, path: str) -> str | None:
        """The context path."""
        return path.removeprefix("/src/") if path in self.files else None

    def entries(self, folder: str) -> tuple[str, ...]:
        """The names in a folder."""
        inside = folder.rstrip("/") + "/"
        names = {p[len(inside) :].split("/")[0] for p in self.files if p.startswith(inside)}
        return tuple(sorted(names))

    def absent(self, path: str) -> bool:
        """Nothing but the given files is there."""
        return path not in self.files


def build(files: dict[str, str], text: str) -> tuple[list[Unit], Workshop]:
    """Run shell text in ``/src``, make excluded; the units it makes in order, and the workshop."""
    shop = Workshop(MemoryTree(files))
    cwd = "/src"
    made: list[Unit] = []
    for simple in commands(text):
        if simple.argv[:1] == ("cd",):
            cwd = join(cwd, simple.argv[1])
        elif simple.argv:
            made += shop.run(simple.argv, cwd, dict(simple.assignments), certain=simple.certain)
    return made, shop
