"""Where analyses are made: one at a time, beside the event loop, for the newest version of each document alone."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from imgslim.lsp.ahead import ahead
from imgslim.lsp.analysis import Wishes, analyse

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgslim.lsp.analysis import Analysis
    from imgslim.lsp.documents import Document

_T = TypeVar("_T")

_log = logging.getLogger(__name__)


class ChangedError(Exception):
    """The document changed or was closed while an answer about it was worked out."""


class Desk:
    """The open documents and what is known about each.

    All of the planner's work happens in one thread: its caches need no locks, and typing is never behind it in a queue.
    """

    def __init__(self, delay: float, done: Callable[[Analysis], None]) -> None:
        """Begin with no documents.

        Args:
            delay: seconds that a document must be left alone before it is analysed unasked.
            done: called in the event loop with each settled analysis of a version that is still the newest.
        """
        self.documents: dict[str, Document] = {}
        self.delay = delay
        self.wishes = Wishes()
        self._done = done
        self._known: dict[str, Analysis] = {}
        #: By document: the analysis that ``done`` was last called with, and the version it was of.
        self._told: dict[str, tuple[Analysis, int]] = {}
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._worker = ThreadPoolExecutor(1, "imgslim-planner")

    def put(self, document: Document, delay: float | None = None) -> None:
        """Take a new version of a document and analyse it once it has been left alone for a while."""
        self.documents[document.uri] = document
        self.refresh(document.uri, delay)

    def refresh(self, uri: str, delay: float | None = None) -> None:
        """Analyse a document again where its text or the disk says otherwise than before."""
        if (waiting := self._waiting.pop(uri, None)) is not None:
            waiting.cancel()
        if uri in self.documents and self.documents[uri].is_dockerfile:
            self._waiting[uri] = asyncio.get_running_loop().create_task(
                self._settle(uri, self.delay if delay is None else delay)
            )

    def drop(self, uri: str) -> None:
        """Forget a document."""
        self.documents.pop(uri, None)
        self._known.pop(uri, None)
        self._told.pop(uri, None)
        self.refresh(uri)

    def close(self) -> None:
        """Begin nothing new."""
        for uri in tuple(self.documents):
            self.drop(uri)
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def ask(self, uri: str, question: Callable[[Analysis], _T]) -> _T | None:
        """Answer a question about the newest version of a document; None where it is no open Dockerfile.

        Raises:
            ChangedError: it is not the newest version any more.
        """
        document = self.documents.get(uri)
        if document is None or not document.is_dockerfile:
            return None
        loop = asyncio.get_running_loop()
        analysis, answer = await loop.run_in_executor(self._worker, partial(self._work, document, question))
        if self.documents.get(uri) is not document:
            raise ChangedError
        if analysis.settled:
            self._tell(analysis, document.version)
        elif (waiting := self._waiting.get(uri)) is None or waiting.done():
            self.refresh(uri)
        return answer

    def _tell(self, analysis: Analysis, version: int) -> None:
        uri = analysis.document.uri
        told, last = self._told.get(uri, (None, None))
        if told is not analysis or last != version:
            self._told[uri] = analysis, version
            self._done(analysis)

    def _work(self, document: Document, question: Callable[[Analysis], _T]) -> tuple[Analysis, _T]:
        """In the worker: analyse where that was not done yet, then answer."""
        if self.documents.get(document.uri) is not document:
            raise ChangedError
        known = self._known.get(document.uri)
        if known is None or not known.is_of(document):
            known = analyse(document, known, self.wishes)
        known.document = document
        if self.documents.get(document.uri) is document:
            self._known[document.uri] = known
        return known, question(known)

    async def _settle(self, uri: str, delay: float) -> None:
        await asyncio.sleep(delay)
        try:
            # One piece at a time: a request that comes in between is served in between.
            while await self.ask(uri, ahead):
                pass
        except ChangedError:
            return
        except Exception:  # noqa: BLE001
            _log.exception("%s could not be planned ahead", uri)
