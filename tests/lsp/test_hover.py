"""Hovers explain what stands at a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imgslim.reasons import all_reasons
from tests.cli.running import HELLO, UNSURE_C, project
from tests.lsp.editor import MODERN, Editor, inside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def editor() -> Iterator[Editor]:
    """An editor of today, at work."""
    with inside() as made:
        made.start(delay=0)
        yield made


def test_a_finding_and_its_assumptions(editor: Editor, tmp_path: Path) -> None:
    """Each has its message and its long text at its own place, and nothing elsewhere."""
    uri = editor.open(project(tmp_path, source=UNSURE_C).as_uri(), HELLO)
    finding, *assumed = editor.findings(uri)
    for one in (finding, *assumed):
        shown = editor.hover(uri, editor.offset(HELLO, one["range"]["start"]))
        assert f"**{one['code']}**" in shown
        assert one["message"] in shown
        assert all_reasons()[one["code"]].text in shown
    assert editor.hover(uri, HELLO.index("COPY") + 6) == ""


def test_a_refusal(editor: Editor, tmp_path: Path) -> None:
    """What to do stands with it."""
    text = HELLO.replace("hello.c .", "other.c .")
    uri = editor.open(project(tmp_path, text).as_uri(), text)
    shown = editor.hover(uri, text.index("other"))
    assert all_reasons()["missing-in-context"].text in shown
    assert "--context" in shown


def test_an_unchanged_file(editor: Editor) -> None:
    """There is no mark, and still an explanation for who asks."""
    text = "FROM a AS b\nFROM c\nCOPY --from=b /x /x\n"
    uri = editor.open("untitled:Dockerfile", text)
    assert editor.findings(uri) == []
    assert "already-multi-stage" in editor.hover(uri, text.index("FROM c"))


def test_a_reason_in_a_pragma(editor: Editor, tmp_path: Path) -> None:
    """A name in the brackets is explained, a word beside them is not."""
    text = HELLO.replace("FROM", "# imgslim: ignore[can-be-split, nonsense] later\nFROM", 1)
    uri = editor.open(project(tmp_path, text).as_uri(), text)
    assert "The file could be a build stage" in editor.hover(uri, text.index("can-be"))
    assert "The file could be" not in editor.hover(uri, text.index("nonsense"))
    assert "The file could be" not in editor.hover(uri, text.index("later"))


def test_a_client_without_markdown(tmp_path: Path) -> None:
    """It gets plain text."""
    with inside() as editor:
        editor.start({**MODERN, "textDocument": {"hover": {"contentFormat": ["plaintext", "markdown"]}}})
        uri = editor.open(project(tmp_path).as_uri(), HELLO)
        assert editor.hover(uri, 1).startswith("can-be-split (finding)")
