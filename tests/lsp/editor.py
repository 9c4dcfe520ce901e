"""An editor of our own over raw JSON-RPC: it shares no code with the server but the bytes between them."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from imgslim.lsp.protocol import Mended
from imgslim.lsp.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

#: What a modern editor says that it can do.
MODERN: dict[str, Any] = {
    "workspace": {
        "workspaceEdit": {"documentChanges": True, "changeAnnotationSupport": {"groupsOnLabel": True}},
        "workspaceFolders": True,
    },
    "textDocument": {
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor.rewrite"]}},
            "isPreferredSupport": True,
            "disabledSupport": True,
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        },
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "publishDiagnostics": {"versionSupport": True},
    },
}
#: Seconds that an answer may take on a machine that does other things as well.
PATIENCE = 60.0


class RefusedError(Exception):
    """The server answered with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        """Keep the code beside the message."""
        super().__init__(error["message"])
        self.code: int = error["code"]


class Editor:
    """One editor with its buffers."""

    def __init__(self, reads: BinaryIO, writes: BinaryIO) -> None:
        """Listen at once; nothing is sent yet."""
        self._reads, self._writes = reads, writes
        self._answers: dict[int, queue.SimpleQueue[dict[str, Any]]] = {}
        self._next = 0
        self._news = threading.Condition()
        #: Each publication: its version, and the version that the buffer had when it arrived.
        self.published: list[tuple[str, dict[str, Any], int | None]] = []
        #: Whatever else the server said.
        self.said: list[dict[str, Any]] = []
        self.buffers: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.encoding = "utf-16"
        self.capabilities: dict[str, Any] = {}
        threading.Thread(target=self._listen, daemon=True).start()

    # --- messages -------------------------------------------------------------------------------------------

    def send(self, message: dict[str, Any]) -> None:
        """Send a message; lone surrogates leave as the bytes they stand for."""
        body = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode("utf-8", "surrogateescape")
        self._writes.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._writes.flush()

    def notify(self, method: str, params: object) -> None:
        """Send a notification."""
        self.send({"method": method, "params": params})

    def begin(self, method: str, params: object) -> int:
        """Send a request; its number."""
        self._next += 1
        self._answers[self._next] = queue.SimpleQueue()
        self.send({"id": self._next, "method": method, "params": params})
        return self._next

    def end(self, number: int) -> Any:  # noqa: ANN401
        """Wait for a request's result."""
        answer = self._answers[number].get(timeout=PATIENCE)
        del self._answers[number]
        if "error" in answer:
            raise RefusedError(answer["error"])
        return answer["result"]

    def ask(self, method: str, params: object) -> Any:  # noqa: ANN401
        """Send a request and wait for its result."""
        return self.end(self.begin(method, params))

    def _listen(self) -> None:
        while length := self._length():
            message = json.loads(self._reads.read(length))
            with self._news:
                if "method" not in message:
                    self._answers[message["id"]].put(message)
                elif message["method"] == "textDocument/publishDiagnostics":
                    uri = message["params"]["uri"]
                    self.published.append((uri, message["params"], self.versions.get(uri)))
                else:
                    self.said.append(message)
                self._news.notify_all()

    def _length(self) -> int:
        length = 0
        while line := self._reads.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return length

    # --- what an editor does --------------------------------------------------------------------------------

    def start(
        self, capabilities: dict[str, Any] | None = None, folders: Sequence[Path] = (), **options: object
    ) -> dict[str, Any]:
        """Shake hands; the server's capabilities."""
        result = self.ask(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": folders[0].as_uri() if folders else None,
                "workspaceFolders": [{"uri": f.as_uri(), "name": f.name} for f in folders] or None,
                "capabilities": MODERN if capabilities is None else capabilities,
                "initializationOptions": options or None,
            },
        )
        self.notify("initialized", {})
        self.capabilities = result["capabilities"]
        self.encoding = self.capabilities.get("positionEncoding", "utf-16")
        return self.capabilities

    def stop(self) -> None:
        """Say goodbye."""
        self.ask("shutdown", None)
        self.notify("exit", None)
        self._writes.close()

    def open(self, uri: str, text: str, language: str = "dockerfile") -> str:
        """Open a buffer."""
        self.buffers[uri], self.versions[uri] = text, 1
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return uri

    def heard(self, method: str) -> dict[str, Any]:
        """Wait for the newest message with a method."""
        deadline = time.monotonic() + PATIENCE
        with self._news:
            while True:
                if found := [m for m in self.said if m["method"] == method]:
                    return found[-1]
                assert self._news.wait(deadline - time.monotonic()), f"no {method} came"

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that no message tells of."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.005)

    def more(self, seen: int) -> None:
        """Wait until more than ``seen`` publications have come."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.published) > seen, PATIENCE), "nothing more was published"

    def close(self, uri: str) -> None:
        """Close a buffer."""
        del self.buffers[uri], self.versions[uri]
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def edit(self, uri: str, start: int, end: int, new: str) -> None:
        """Replace characters of a buffer and tell the server just that."""
        text = self.buffers[uri]
        where = {"start": self.position(text, start), "end": self.position(text, end)}
        self._changed(uri, text[:start] + new + text[end:], {"range": where, "text": new})

    def replace(self, uri: str, text: str) -> None:
        """Replace a whole buffer."""
        self._changed(uri, text, {"text": text})

    def _changed(self, uri: str, text: str, change: dict[str, Any]) -> None:
        with self._news:
            self.buffers[uri] = text
            self.versions[uri] += 1
        document = {"uri": uri, "version": self.versions[uri]}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def findings(self, uri: str) -> list[dict[str, Any]]:
        """Wait for what is published about the buffer's newest version."""
        deadline = time.monotonic() + PATIENCE
        with self._news:
            while True:
                newest = [p for u, p, _ in self.published if u == uri][-1:]
                if newest and newest[0].get("version") == self.versions.get(uri):
                    return cast("list[dict[str, Any]]", newest[0]["diagnostics"])
                assert self._news.wait(deadline - time.monotonic()), f"nothing was published about {uri}"

    def actions(self, uri: str, at: int = 0, only: list[str] | None = None) -> list[dict[str, Any]]:
        """The code actions at an offset."""
        here = self.position(self.buffers[uri], at)
        context = {"diagnostics": [], **({"only": only} if only is not None else {})}
        document = {"uri": uri}
        params = {"textDocument": document, "range": {"start": here, "end": here}, "context": context}
        return self.ask("textDocument/codeAction", params) or []

    def resolve(self, action: dict[str, Any]) -> dict[str, Any]:
        """The action with its edit."""
        return action if "edit" in action else cast("dict[str, Any]", self.ask("codeAction/resolve", action))

    def hover(self, uri: str, at: int) -> str:
        """The text shown at an offset."""
        position = self.position(self.buffers[uri], at)
        result = self.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": position})
        return "" if result is None else cast("str", result["contents"]["value"])

    def apply(self, uri: str, edit: dict[str, Any]) -> str:
        """The buffer's text after a workspace edit that changes nothing else; the buffer stays."""
        if "documentChanges" in edit:
            (change,) = edit["documentChanges"]
            assert change["textDocument"] == {"uri": uri, "version": self.versions[uri]}
            edits = change["edits"]
        else:
            ((changed, edits),) = edit["changes"].items()
            assert changed == uri
        text = self.buffers[uri]
        spans = [(self.offset(text, e["range"]["start"]), self.offset(text, e["range"]["end"])) for e in edits]
        assert all(end <= start for (_, end), (start, _) in pairwise(spans)), "edits overlap"
        for (start, end), one in sorted(zip(spans, edits, strict=True), key=lambda each: each[0], reverse=True):
            text = text[:start] + one["newText"] + text[end:]
        return text

    # --- positions, as the protocol defines them -------------------------------------------------------------

    def _size(self, text: str) -> int:
        if self.encoding == "utf-32":
            return len(text)
        if self.encoding == "utf-8":
            return len(text.encode("utf-8", "surrogateescape"))
        return len(text.encode("utf-16-le", "surrogatepass")) // 2

    def position(self, text: str, offset: int) -> dict[str, int]:
        """The position of an offset."""
        before = text[:offset].split("\n")
        return {"line": len(before) - 1, "character": self._size(before[-1])}

    def offset(self, text: str, position: dict[str, int]) -> int:
        """The offset of a position."""
        lines = text.split("\n")
        if position["line"] >= len(lines):
            return len(text)
        start = sum(len(line) + 1 for line in lines[: position["line"]])
        line = lines[position["line"]]
        return start + next(
            (n for n in range(len(line) + 1) if self._size(line[:n]) >= position["character"]), len(line)
        )


@contextmanager
def inside() -> Iterator[Editor]:
    """A server in a thread of this process."""
    to_server, from_editor = os.pipe()
    to_editor, from_server = os.pipe()
    server = Server()

    def serve() -> None:
        with os.fdopen(to_server, "rb") as reads, os.fdopen(from_server, "wb") as writes:
            server.start_io(cast("BinaryIO", Mended(reads)), writes)
        server.desk.close()

    thread = threading.Thread(target=serve)
    thread.start()
    editor = Editor(os.fdopen(to_editor, "rb"), os.fdopen(from_editor, "wb"))
    try:
        yield editor
    finally:
        editor.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


COMMAND = (sys.executable, "-c", "from imgslim.cli import script; script()", "lsp")


@contextmanager
def beside(folder: Path | None = None) -> Iterator[tuple[Editor, subprocess.Popen[bytes]]]:
    """A server in a process of its own, as an editor starts it."""
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        editor = Editor(cast("BinaryIO", process.stdout), cast("BinaryIO", process.stdin))
        try:
            yield editor, process
        finally:
            if process.poll() is None:
                editor.stop()
            process.wait(PATIENCE)
