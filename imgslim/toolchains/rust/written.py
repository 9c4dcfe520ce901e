"""What earlier cargo commands of the build wrote: manifests, their dependencies, lock files.

The Cargo Book, "cargo new", "cargo init", "cargo add", "cargo update", "cargo generate-lockfile".
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.wrappers import unwrap
from imgslim.records import dataclass, field
from imgslim.toolchains.rust.invocation import read_invocation
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from imgslim.meaning.effects import Files
    from imgslim.meaning.trace import Command
    from imgslim.toolchains.rust.invocation import Invocation
    from imgslim.toolchains.rust.site import Site
    from imgslim.toolchains.tree import Tree

_STARTS = ("new", "init")
_RELOCKS = ("add", "update", "generate-lockfile")
_MANIFEST = "Cargo.toml"


@dataclass(slots=True)
class Written:
    """What cargo wrote before one command."""

    #: Folders of packages that it began, each with the package's name.
    begun: dict[str, str] = field(default_factory=dict)
    #: Crates that it added to the manifest of a folder; "" stands for a folder that is not settled.
    added: dict[str, list[str]] = field(default_factory=dict)
    #: Folders where it took newer crates than a lock file named; "" as above.
    relocked: set[str] = field(default_factory=set)

    def locked_anew(self, root: str) -> bool:
        """Tell whether the lock file in ``root`` may be another than the build brought."""
        return any(not f or f == root or f.startswith(f"{root.rstrip('/')}/") for f in self.relocked)


def written_before(site: Site) -> Written:
    """Gather what the cargo commands before ``site`` wrote."""
    found = Written()
    for at, index, command in site.project.trace.commands():
        if (at, index) >= (site.step, site.index):
            break
        inner = unwrap(command)
        call = read_invocation(inner)
        if call is not None and call.verb in (*_STARTS, *_RELOCKS):
            _note(found, call, inner)
    return found


def _note(found: Written, call: Invocation, command: Command) -> None:
    folder = _folder(call, command)
    if call.verb in _STARTS:
        if folder and not command.conditional and not call.unsettled and not call.has("lib"):
            name = call.last("name") or posixpath.basename(folder)
            found.begun[folder] = str(name)
        return
    if call.has("dry-run"):
        return
    found.relocked.add(folder)
    if call.verb == "add" and not call.has("dev", "build"):
        names = [str(w.value).split("@", 1)[0] for w in call.operands] + list(call.all("path") + call.all("git"))
        found.added.setdefault("" if call.has("package") else folder, []).extend(names)


def _folder(call: Invocation, command: Command) -> str:
    """The folder of the manifest that a command writes; "" where it is not settled."""
    given: object = call.operands[0].value if call.verb in _STARTS and call.operands else ""
    if path := call.last("manifest-path"):
        given = posixpath.dirname(path) if isinstance(path, str) else path
    folder = call.last("C") or ""
    if not isinstance(command.cwd, str) or not isinstance(given, str) or not isinstance(folder, str):
        return ""
    return join(join(command.cwd, folder), given)


class WrittenTree:
    """A tree with the manifests that cargo wrote in it."""

    def __init__(self, tree: Tree, files: Files, written: Written) -> None:
        """Look at ``tree``, which shows ``files``, as ``written`` changed it."""
        self._tree = tree
        self._files = files
        self._written = written

    def text(self, path: str) -> str | None:
        """See :class:`Tree`."""
        text = self._tree.text(path)
        folder, _, name = path.rpartition("/")
        if name != _MANIFEST:
            return text
        folder = folder or "/"
        if text is None:
            # what another command wrote to the new manifest is not known
            if folder not in self._written.begun or self._files.exists(path) is not None:
                return None
            text = f'[package]\nname = "{self._written.begun[folder]}"\n'
        added = dict.fromkeys([*self._written.added.get(folder, ()), *self._written.added.get("", ())])
        if not added:
            return text
        # a table of its own: the manifest's [dependencies] may name the crate already
        rows = "".join(f'"{crate}" = "*"\n' for crate in added if '"' not in crate and "\\" not in crate)
        return f"{text}\n[target.'added by a command'.dependencies]\n{rows}"

    def origin(self, path: str) -> str | None:
        """See :class:`Tree`."""
        return self._tree.origin(path)

    def entries(self, folder: str) -> tuple[str, ...]:
        """See :class:`Tree`."""
        return self._tree.entries(folder)

    def is_folder(self, path: str) -> bool:
        """See :class:`Tree`."""
        return self._tree.is_folder(path)
