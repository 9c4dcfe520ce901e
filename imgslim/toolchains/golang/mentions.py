"""Files and folders of the image that a program's sources name in a literal."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from imgslim.model import Need, NeedKind
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.model import Project

#: A literal's part before a glob, a format directive or a placeholder.
_PREFIX = re.compile(r"[\w./+@ -]+")
_LONGEST = 255
_CODE = (".go", ".mod", ".sum")


class Mentions:
    """Gathers paths that exist in the image after the last step, seen from its working directory."""

    def __init__(self, project: Project) -> None:
        """Start with none."""
        self._files = project.files
        workdir = project.trace.final.workdir
        self._workdir = None if isinstance(workdir, Unknown) else workdir
        self._found: dict[str, Need] = {}
        self._tried: set[tuple[str, bool]] = set()

    def path(self, text: str, why: str) -> None:
        """A literal that is given to something that opens files."""
        self._try(text, f"{why} of {text!r}", certain=True)

    def literal(self, text: str, at: str) -> None:
        """Any literal: taken where it can only be a path, or names a file."""
        if "." in text or "/" in text:
            self._try(text, f"{at} names {text!r}", certain=False)

    def found(self) -> tuple[Need, ...]:
        """What was found, without what lies in a folder that was found too."""
        return tuple(
            need for path, need in self._found.items()
            if not any(other != path and path.startswith(other + "/") for other in self._found)
        )  # fmt: skip

    def _try(self, text: str, why: str, *, certain: bool) -> None:
        if (text, certain) in self._tried:
            return
        self._tried.add((text, certain))
        path = self._named(text)
        if path is None or path in self._found or path.endswith(_CODE):
            return
        kind = self._files.kind(path)
        if kind == "folder" and not self._holds_data(path):
            return
        if self._files.context_file(path) is not None or kind == "folder":
            self._found[path] = Need(NeedKind.FILE, path, why)

    def _named(self, text: str) -> str | None:
        """The absolute path that a literal may name; of ``templates/*.html`` the folder."""
        if len(text) > _LONGEST:
            return None
        match = _PREFIX.match(text)
        if match is None:
            return None
        name = match[0]
        if len(name) < len(text):
            if text[len(name)] not in "*?[%{$" or "/" not in name:
                return None
            name = name.rpartition("/")[0]
        if not name.startswith("/") and self._workdir is None:
            return None
        path = posixpath.normpath(posixpath.join(self._workdir or "/", name))
        workdir = self._workdir or "/"
        return None if path in ("/", workdir) or workdir.startswith(path + "/") else path

    def _holds_data(self, folder: str) -> bool:
        """Tell whether a context file that is no Go source lies below."""
        return any(not source.endswith(_CODE) for _, source in self._files.walk_context(folder))
