"""Layers on top of each other: the file system that a container sees, and what each of them changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.evidence.contents import Entry, EntryKind
from imgslim.evidence.layer import IMPLIED, Facts, Layer
from imgslim.records import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(slots=True)
class Marks:
    """What one layer did to those below it, as :class:`imgslim.evidence.contents.LayerFacts` has it."""

    deleted: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(slots=True)
class Merged:
    """The file system after some layers."""

    entries: dict[str, Entry] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    #: One for each layer.
    marks: list[Marks] = field(default_factory=list)
    #: The paths right below each folder: taking a folder away must not walk through all paths.
    children: dict[str, dict[str, None]] = field(default_factory=lambda: {"": {}})

    def remove(self, path: str) -> list[str]:
        """Take away what stands at a path, with all that is below it; their paths, folders before their content."""
        gone = []
        left = [path]
        while left:
            path = left.pop()
            del self.entries[path]
            del self.children[path.rpartition("/")[0]][path]
            self.facts.forget(path)
            gone.append(path)
            left += self.children.get(path, ())
        for path in reversed(gone):
            self.children.pop(path, None)
        return gone


def merged(layers: Sequence[Layer]) -> Merged:
    """Put layers on top of each other, lowest first; they are emptied on the way: two copies take twice the room."""
    whole = Merged()
    for number, layer in enumerate(layers):
        whole.marks.append(_put(whole, layer, number))
        if layer not in layers[number + 1 :]:
            layer.entries.clear()
            layer.facts = Facts()
    return whole


def _put(whole: Merged, layer: Layer, number: int) -> Marks:
    """Put one layer on top."""
    gone: list[str] = []
    # Both marks hide what is in lower layers, wherever in the archive they stand: so they come first.
    for folder in layer.opaque:
        for path in tuple(whole.children.get(folder, ())):
            gone += whole.remove(path)
    for path in layer.whiteouts:
        if path in whole.entries:
            gone += whole.remove(path)
    before = dict.fromkeys(gone)
    for path, target in layer.links.items():
        entry = whole.entries.get(target)
        if entry is not None and path.rpartition("/")[0] in whole.children:
            _write(whole, path, entry, number, before)
            whole.facts.share(path, target)
    for path, entry in layer.entries.items():
        if path.rpartition("/")[0] in whole.children:
            _write(whole, path, entry, number, before)
        else:
            # A later member of the same layer put something else in the folder's place.
            layer.facts.forget(path)
    for table, own in zip(whole.facts.tables(), layer.facts.tables(), strict=True):
        table.update(own)
    return Marks(
        tuple(path for path in before if path not in whole.entries),
        tuple(path for path in before if path in whole.entries and whole.entries[path].kind is not EntryKind.FOLDER),
    )


def _write(whole: Merged, path: str, entry: Entry, number: int, before: dict[str, None]) -> None:
    """Let an entry stand at a path; ``before`` gets what stood there or below, and stands no longer as it did."""
    old = whole.entries.get(path)
    is_folder = entry.kind is EntryKind.FOLDER
    if old is not None:
        if old.kind is EntryKind.FOLDER and is_folder:
            # A layer holds the folders of what it writes, too: that alone does not make them its own.
            if entry.layer == IMPLIED or (entry.mode, entry.uid, entry.gid) == (old.mode, old.uid, old.gid):
                return
        elif old.layer != number:
            before.update(dict.fromkeys(whole.remove(path)))
        else:
            whole.remove(path)
    whole.entries[path] = Entry(
        entry.kind, entry.size, entry.mode, entry.uid, entry.gid, number, entry.target, entry.has_capabilities
    )
    whole.children[path.rpartition("/")[0]][path] = None
    if is_folder:
        whole.children.setdefault(path, {})
