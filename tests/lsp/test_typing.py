"""Files typed character by character, with jumps, deletions and pastes: nothing raises, nothing published is stale."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from imgslim.diagnostics import diagnose
from imgslim.lsp.ahead import ahead
from imgslim.lsp.analysis import analyse
from imgslim.lsp.desk import Desk
from imgslim.lsp.documents import Document
from imgslim.lsp.findings import published
from imgslim.lsp.server import _is_news
from imgslim.reasons import Kind
from tests.benchmarks.ordinary import ordinary
from tests.kit import fixtures
from tests.lsp.editor import MODERN, Editor, RefusedError, inside
from tests.syntax.nasty import FILES

if TYPE_CHECKING:
    from lsprotocol import types

    from imgslim.lsp.analysis import Analysis
    from imgslim.lsp.client import Client
    from tests.kit import Fixture

_CONTENT_MODIFIED = -32801
_PIECES = (
    "\\", "\n", "\r\n", "\r", "'", '"', "$", "${", "<<E\n", "[", "# ", "RUN ", "😀", "\u00e4", "\x0c", "\u2028", "\0",
    "FROM ", "`", "--mount=", " && ", "# imgslim: ignore[x]\n", "\t", "\udcff",
)  # fmt: skip


def _typed(editor: Editor, uri: str, text: str, chance: random.Random) -> None:
    """Type a text, and now and then do something else, as people do."""
    at = len(editor.buffers[uri])
    for character in text:
        editor.edit(uri, at, at, character)
        at += 1
        now = len(editor.buffers[uri])
        match chance.random():
            case x if x < 0.04:
                at = chance.randint(0, now)
            case x if x < 0.07:
                start = chance.randint(0, now)
                at = start
                editor.edit(uri, start, min(now, start + chance.randint(0, 30)), "")
            case x if x < 0.11:
                piece = chance.choice(_PIECES)
                editor.edit(uri, at, min(now, at + chance.randint(0, 3)), piece)
                at += len(piece)
            case x if x < 0.13:
                _ask(editor, uri, chance.randint(0, now))
            case _:
                pass


def _ask(editor: Editor, uri: str, at: int) -> None:
    """Look for actions and at a hover, and take an action; a text that changed meanwhile is the only excuse."""
    try:
        editor.hover(uri, at)
        for action in editor.actions(uri, at):
            if "disabled" not in action:
                editor.apply(uri, editor.resolve(action)["edit"])
                break
    except RefusedError as error:
        if error.code != _CONTENT_MODIFIED:
            raise


def _texts() -> list[str]:
    ordinary_ones = [ordinary(seed, 12, base) for seed, base in ((1, "gcc:13"), (2, "golang:1.21"), (3, "debian:12"))]
    return [*ordinary_ones, *(f.text for f in fixtures()), "".join(FILES.values())[:3000]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("seed", range(4))
def test_typing(seed: int, encoding: str, caplog: pytest.LogCaptureFixture) -> None:
    """At the end the server has the editor's text, and says of it what a fresh look at it says."""
    chance = random.Random(f"{seed} {encoding}")  # noqa: S311
    stale: list[int] = []
    desks: list[Desk] = []

    def checked(analysis: Analysis, client: Client) -> types.PublishDiagnosticsParams:
        shown = published(analysis, client)
        newest = desks[-1].documents[analysis.document.uri]
        if newest.version != shown.version or newest.text != analysis.document.text:
            stale.append(newest.version)
        return shown

    made = Desk.__init__

    def noted(desk: Desk, *arguments: object) -> None:
        desks.append(desk)
        made(desk, *arguments)  # type: ignore[arg-type]

    with (
        patch.object(Desk, "__init__", noted),
        patch("imgslim.lsp.server.published", checked),
        inside() as editor,
    ):
        editor.start({**MODERN, "general": {"positionEncodings": [encoding]}}, delay=chance.choice((0, 1, 20)))
        uri = editor.open("untitled:Dockerfile", chance.choice(("", "FROM gcc:13\n")))
        for text in chance.sample(_texts(), 2):
            _typed(editor, uri, text[:700], chance)
            editor.replace(uri, "" if chance.random() < 0.5 else text)
        found = editor.findings(uri)
        assert desks[-1].documents[uri].text == editor.buffers[uri]
        fresh = diagnose(editor.buffers[uri])
        assert [d["code"] for d in found] == [d.code for d in fresh if d.kind is not Kind.UNCHANGED]
    assert stale == []
    assert not [d for _, p, _ in editor.published for d in p["diagnostics"] if d["code"] == "internal-error"]
    versions = [p["version"] for _, p, _ in editor.published]
    assert versions == sorted(versions)
    assert not [r for r in caplog.records if r.exc_info and _is_news(r)]


@pytest.mark.parametrize("text", [*(ordinary(seed, 12) for seed in range(8)), *FILES.values()])
def test_every_beginning(text: str) -> None:
    """No text that is on its way to become a Dockerfile makes the planner fail."""
    for end in range(len(text) + 1):
        analysis = analyse(Document("untitled:Dockerfile", "dockerfile", 1, text[:end]))
        while ahead(analysis):
            pass
        assert "internal-error" not in [d.code for d in analysis.diagnostics], text[:end]


@pytest.mark.parametrize("fixture", fixtures(), ids=lambda f: f.name)
def test_every_beginning_with_sources(fixture: Fixture) -> None:
    """The same where the sources are there to be read."""
    path = fixture.before / "Dockerfile"
    for end in range(len(fixture.text) + 1):
        analysis = analyse(Document(path.as_uri(), "dockerfile", 1, fixture.text[:end]))
        while ahead(analysis):
            pass
        assert "internal-error" not in [d.code for d in analysis.diagnostics], fixture.text[:end]
