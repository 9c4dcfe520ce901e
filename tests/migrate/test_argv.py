"""What starts a container asks for a shell, for programs, or for what nobody knows."""

from __future__ import annotations

import pytest

from imgslim.migrate.argv import text_asks, words_ask


@pytest.mark.parametrize(
    ("argv", "asked"),
    [
        ([], ""),
        (["app", "sh"], "command:app"),
        ([None, "x"], "command:*"),
        (["/bin/bash", "-ec", "exec app"], "shell:/bin/bash command:app"),
        (["sh", "-e", "-c", "curl x && app"], "shell:sh command:curl command:app"),
        (["sh", "-c", None], "shell:sh command:*"),
        (["sh", None], "shell:sh"),
        (["sh", "x.sh", "-c"], "shell:sh"),
        (["tini", "--", "app"], "command:tini command:app"),
        (["timeout", "10", None], "command:timeout command:*"),
        (["kill", "1"], "command:kill"),
    ],
)
def test_words(argv: list[str | None], asked: str) -> None:
    """Each word that starts something counts, also behind a wrapper."""
    assert _said(words_ask(argv, "why")) == asked


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (None, "shell:sh command:*"),
        ("exec app", "shell:sh command:app"),
        ("cd /x && test -f y || exit 1", "shell:sh"),
        ("A=b nohup app; app", "shell:sh command:nohup command:app"),
        ("$APP", "shell:sh command:*"),
    ],
)
def test_texts(text: str | None, asked: str) -> None:
    """A shell is asked for in any case; what it does by itself asks for no program."""
    assert _said(text_asks(text, "why")) == asked


def _said(uses: object) -> str:
    return " ".join(f"{use.need.kind}:{use.need.value}" for use in uses)  # type: ignore[attr-defined]
