"""The documents that the client has open, as it sees them: unsaved text, version, language."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from lsprotocol import types
from pygls.uris import to_fs_path

from imgslim.files import is_dockerfile_name
from imgslim.lsp.places import Places
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgslim.text import Encoding


@dataclass(frozen=True, slots=True)
class Document:
    """One version of an open document."""

    uri: str
    #: The client's name for its language.
    language: str
    version: int
    text: str

    @property
    def path(self) -> Path | None:
        """Where it lies on this machine's disk; None for what was never saved or lies elsewhere."""
        if urlsplit(self.uri).scheme != "file":
            return None
        found = to_fs_path(self.uri)
        return Path(found) if found and "\0" not in found else None

    @property
    def is_dockerfile(self) -> bool:
        """Tell whether the client or the name says that it is a Dockerfile."""
        name = PurePosixPath(unquote(urlsplit(self.uri).path)).name
        return self.language.lower() in ("dockerfile", "containerfile") or is_dockerfile_name(name)

    def changed(
        self, version: int, changes: Sequence[types.TextDocumentContentChangeEvent], encoding: Encoding
    ) -> Document:
        """The document after changes, each of which is meant for the text that the one before left."""
        text = self.text
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                span = Places(text, encoding).span(change.range)
                text = text[: span.start] + change.text + text[span.end :]
            else:
                text = change.text
        return Document(self.uri, self.language, version, text)
