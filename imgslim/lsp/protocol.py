"""The protocol over pygls, where imgslim needs it otherwise: its own documents, and an answer to every request."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Protocol

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_log = logging.getLogger(__name__)

#: What comes from an editor and goes to it while somebody waits. A converter is made for a class when it is first met,
#: which takes longer than most answers.
_READ: tuple[type, ...] = (
    types.DidChangeTextDocumentNotification,
    types.CodeActionRequest,
    types.CodeActionResolveRequest,
    types.HoverRequest,
)
_WRITTEN: tuple[type, ...] = (
    types.CodeActionResponse,
    types.CodeAction,
    types.CodeActionResolveResponse,
    types.TextDocumentEdit,
    types.AnnotatedTextEdit,
    types.HoverResponse,
)


class Keeper(Protocol):
    """Who keeps the documents."""

    def opened(self, params: types.DidOpenTextDocumentParams) -> None:
        """Take a document that was opened."""

    def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        """Take changes of a document."""

    def closed(self, params: types.DidCloseTextDocumentParams) -> None:
        """Forget a document."""


class Documents(LanguageServerProtocol):
    """The documents go to the server as they come.

    pygls' own copy would split lines at form feeds and other separators that the protocol does not know, so that an
    edit below one would be made in the wrong line; and it keeps an object for each notification that it has handled.
    """

    keeper: Keeper

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:  # noqa: D102
        self.keeper.opened(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:  # noqa: D102
        self.keeper.changed(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:  # noqa: D102
        self.keeper.closed(params)

    def prepare(self) -> Iterator[None]:
        """Make the converters of :data:`_READ` and :data:`_WRITTEN`, one at a time."""
        for kind in _READ:
            self._converter.get_structure_hook(kind)
            yield
        for kind in _WRITTEN:
            self._converter.get_unstructure_hook(kind)
            yield

    def structure_message(self, data: dict[str, Any]) -> Any:  # noqa: ANN401  (whatever message it is)
        """Read a message; a request whose parameters make no sense is answered with that, not passed over."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=error.to_response_error())
            return None

    def handle_message(self, message: Any) -> None:  # noqa: ANN401
        """Handle a message; what could not be read was answered already."""
        if message is not None:
            super().handle_message(message)


class Mended:
    """Standard input, with bytes that are no UTF-8 turned into lone surrogates (PEP 383), as imgslim reads files.

    Editors pass on the bytes of a broken file inside JSON; a message that is refused for them would leave the document
    as it was before.
    """

    def __init__(self, stream: BinaryIO) -> None:
        """Read from ``stream``."""
        self._stream = stream

    def readline(self) -> bytes:
        """One line of a header."""
        return self._stream.readline()

    def read(self, size: int) -> bytes:
        """A message's body."""
        data = self._stream.read(size)
        try:
            data.decode()
        except UnicodeDecodeError:
            # json.loads reads lone surrogates back from this form.
            return data.decode("utf-8", "surrogateescape").encode("utf-8", "surrogatepass")
        return data
