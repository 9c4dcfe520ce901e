"""The server: which request goes where."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from contextlib import redirect_stdout
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from imgslim.config.settings import PREFERENCES
from imgslim.lsp.actions import KINDS, actions, resolved
from imgslim.lsp.analysis import Wishes
from imgslim.lsp.client import Client, client_of
from imgslim.lsp.desk import ChangedError, Desk
from imgslim.lsp.documents import Document
from imgslim.lsp.findings import published
from imgslim.lsp.hover import hover
from imgslim.lsp.protocol import Documents, Mended
from imgslim.model import Declined

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO, TypeVar

    from imgslim.lsp.analysis import Analysis

    _T = TypeVar("_T")

#: Seconds without a change after which a document is looked at unasked.
_DELAY = 0.2

#: Files that change what is found in a Dockerfile beside it. Sources do too; what lies on disk is compared whenever
#: something is asked, so that a change of them is seen then.
_WATCHED = ("**/.imgslim.toml", "**/pyproject.toml", "**/*.dockerignore")
_SPLIT = "imgslim.split"
#: Objects made, and not given back, between two searches for garbage in cycles: several times those of an analysis.
_GARBAGE = 1_000_000

_log = logging.getLogger(__name__)


class Server(LanguageServer):
    """One client's server."""

    def __init__(self) -> None:
        """Wire the requests; nothing is read or sent yet."""
        super().__init__("imgslim", version("dockerfile-imgslim"), protocol_cls=Documents)
        self.client = Client()
        #: True once the client has announced that it will leave.
        self.dismissed = False
        self.desk = Desk(_DELAY, self._publish)
        self._preparing: asyncio.Task[None] | None = None
        cast("Documents", self.protocol).keeper = self
        for method, handler, options in _FEATURES:
            self.feature(method, options)(handler)
        self.command(_SPLIT)(_split)

    def opened(self, params: types.DidOpenTextDocumentParams) -> None:
        """Take a document that was opened."""
        item = params.text_document
        self.desk.put(Document(item.uri, str(item.language_id), item.version, item.text), 0)

    def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        """Take changes of a document."""
        document = self.desk.documents.get(params.text_document.uri)
        if document is None:
            _log.warning("%s changed without having been opened", params.text_document.uri)
            return
        number = params.text_document.version
        self.desk.put(document.changed(number, params.content_changes, self.client.encoding))

    def closed(self, params: types.DidCloseTextDocumentParams) -> None:
        """Forget a document; its findings go with it."""
        uri = params.text_document.uri
        document = self.desk.documents.get(uri)
        self.desk.drop(uri)
        if document is not None and document.is_dockerfile:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def _publish(self, analysis: Analysis) -> None:
        self.text_document_publish_diagnostics(published(analysis, self.client))
        if self._preparing is None:
            self._preparing = asyncio.get_running_loop().create_task(self._prepare())

    async def _prepare(self) -> None:
        """Once the first findings are out: what the first question about them takes beside the answer."""
        for _ in cast("Documents", self.protocol).prepare():
            await asyncio.sleep(0)  # a message that has come meanwhile is handled in between

    async def answer(self, uri: str, question: Callable[[Analysis], _T]) -> _T | None:
        """Answer a question about a document; None where it is no open Dockerfile.

        Raises:
            JsonRpcException: the document changed meanwhile.
        """
        try:
            return await self.desk.ask(uri, question)
        except ChangedError as error:
            raise _changed() from error


def _changed() -> JsonRpcException:
    return JsonRpcException("The document has changed.", types.LSPErrorCodes.ContentModified)


# pygls hands the server to a parameter that is called ls.


def _initialize(ls: Server, params: types.InitializeParams) -> None:
    ls.client = client_of(params.capabilities)
    chosen = params.initialization_options
    if not isinstance(chosen, dict):
        return
    delay, target, prefer = chosen.get("delay"), chosen.get("target"), chosen.get("prefer")
    if isinstance(delay, int | float) and delay >= 0:
        ls.desk.delay = delay / 1000
    ls.desk.wishes = Wishes(
        target if isinstance(target, str) else "", prefer if prefer in PREFERENCES and isinstance(prefer, str) else ""
    )


def _shutdown(ls: Server, _params: None) -> None:
    ls.dismissed = True


def _saved(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
    ls.desk.refresh(params.text_document.uri)


def _disk_changed(ls: Server, _params: types.DidChangeWatchedFilesParams) -> None:
    for uri in ls.desk.documents:
        ls.desk.refresh(uri)


def _initialized(ls: Server, _params: types.InitializedParams) -> None:
    if ls.client.watches:
        watchers = [types.FileSystemWatcher(pattern) for pattern in _WATCHED]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        ls.client_register_capability(types.RegistrationParams([types.Registration(method, method, options)]))


async def _code_action(
    ls: Server, params: types.CodeActionParams
) -> list[types.CodeAction] | list[types.Command] | None:
    found = await ls.answer(params.text_document.uri, lambda a: actions(a, params, ls.client))
    if found is None or ls.client.literals:
        return found
    return [types.Command(a.title, _SPLIT, arguments=[a.data]) for a in found if a.data is not None]


async def _split(ls: Server, data: Any) -> None:  # noqa: ANN401  (whatever the client sends)
    """Make an action's edit, for clients that know commands alone."""
    action = await _resolve(ls, types.CodeAction("", data=data))
    if action.edit is not None:
        await ls.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(action.edit))


async def _resolve(ls: Server, action: types.CodeAction) -> types.CodeAction:
    data: Any = action.data
    uri, number, target = (data.get(k) for k in ("uri", "version", "target")) if isinstance(data, dict) else (None,) * 3
    if not isinstance(uri, str) or not isinstance(target, str):
        raise JsonRpcException("The action is none of imgslim's.", types.ErrorCodes.InvalidParams)
    document = ls.desk.documents.get(uri)
    if document is None or document.version != number:
        raise _changed()
    answer = await ls.answer(uri, lambda a: resolved(a, action, target, ls.client))
    if answer is None:  # what lies on disk has changed since the action was listed
        raise _changed()
    if isinstance(answer, Declined):
        raise JsonRpcException(f"{answer.message} [{answer.reason}]", types.LSPErrorCodes.RequestFailed)
    return answer


async def _hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
    return await ls.answer(params.text_document.uri, lambda a: hover(a, params.position, ls.client))


_FEATURES: tuple[tuple[str, Callable[..., Any], Any], ...] = (
    (types.INITIALIZE, _initialize, None),
    (types.INITIALIZED, _initialized, None),
    (types.SHUTDOWN, _shutdown, None),
    (types.TEXT_DOCUMENT_DID_SAVE, _saved, None),
    (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, _disk_changed, None),
    (types.TEXT_DOCUMENT_CODE_ACTION, _code_action, types.CodeActionOptions(list(KINDS), resolve_provider=True)),
    (types.CODE_ACTION_RESOLVE, _resolve, None),
    (types.TEXT_DOCUMENT_HOVER, _hover, None),
)


def _is_news(record: logging.LogRecord) -> bool:
    """Tell whether a record is worth a line: that somebody typed meanwhile is an answer, not an accident."""
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, JsonRpcException) and error.code == types.LSPErrorCodes.ContentModified)


def serve() -> int:
    """Serve one client over standard input and output until it leaves; the exit code: 1 where it just went away."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="imgslim: %(levelname)s: %(message)s")
    logging.getLogger("pygls.protocol.json_rpc").addFilter(_is_news)
    server = Server()
    # What was imported stays: looking through it for garbage, time and again, would take longer than planning does.
    gc.freeze()
    # An analysis holds no cycles: a search for them would go through all of it, and find none, while somebody waits.
    gc.set_threshold(_GARBAGE)
    # A stream of its own: it is closed when the client leaves, and what somebody prints must not get between messages.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out, redirect_stdout(sys.stderr):
        server.start_io(cast("BinaryIO", Mended(sys.stdin.buffer)), out)
    server.desk.close()
    return 0 if server.dismissed else 1
