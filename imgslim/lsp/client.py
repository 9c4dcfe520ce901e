"""What the client can do, as far as an answer depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.capabilities import ServerCapabilitiesBuilder

from imgslim.records import dataclass

if TYPE_CHECKING:
    from imgslim.text import Encoding

_ENCODINGS: dict[types.PositionEncodingKind, Encoding] = {
    types.PositionEncodingKind.Utf8: "utf-8",
    types.PositionEncodingKind.Utf16: "utf-16",
    types.PositionEncodingKind.Utf32: "utf-32",
}


@dataclass(frozen=True, slots=True)
class Client:
    """The client's side of the bargain; the defaults are those of a client that says nothing."""

    #: Code units of a position's column.
    encoding: Encoding = "utf-16"
    #: Takes code actions at all, not only commands.
    literals: bool = False
    #: Shows actions that can't be taken, with the reason.
    disabled: bool = False
    #: Asks for an action's edit when it is chosen.
    resolves: bool = False
    #: Takes edits of a stated version of a document.
    document_changes: bool = False
    #: Asks the user before it makes an edit that wants to be confirmed.
    annotations: bool = False
    #: Shows Markdown in a hover.
    markdown: bool = False
    #: Lets the server ask for events of files on disk.
    watches: bool = False


def client_of(capabilities: types.ClientCapabilities) -> Client:
    """Read a client's capabilities."""

    def get(*names: str) -> Any:  # noqa: ANN401  (each capability has a type of its own)
        found: Any = capabilities
        for name in names:
            found = getattr(found, name, None)
        return found

    def can(*names: str) -> bool:
        return bool(get(*names))

    action = ("text_document", "code_action")
    chosen = ServerCapabilitiesBuilder.choose_position_encoding(capabilities)
    formats = get("text_document", "hover", "content_format") or ()
    return Client(
        encoding=_ENCODINGS[types.PositionEncodingKind(chosen)],
        literals=can(*action, "code_action_literal_support"),
        disabled=can(*action, "disabled_support"),
        resolves=can(*action, "data_support") and "edit" in (get(*action, "resolve_support", "properties") or ()),
        document_changes=can("workspace", "workspace_edit", "document_changes"),
        annotations=can("workspace", "workspace_edit", "change_annotation_support"),
        markdown=next(iter(formats), None) == types.MarkupKind.Markdown,
        watches=can("workspace", "did_change_watched_files", "dynamic_registration"),
    )
