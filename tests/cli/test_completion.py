"""Shell completion: the script, and what it is answered."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from imgslim.commands.completion import SHELLS, reasons, shells, targets
from tests.cli.running import imgslim


@pytest.fixture
def with_command(tmp_path: Path) -> dict[str, str]:
    """An environment whose PATH has an ``imgslim``."""
    script = tmp_path / "imgslim"
    script.write_text(f"#!{sys.executable}\nfrom imgslim.cli import main\nmain()\n")
    script.chmod(0o755)
    path = Path(__file__).parents[2]
    return dict(os.environ) | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(path)}


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        (["imgslim", "rew"], ["rewrite"]),
        (["imgslim", "check", "--sta"], ["--statistics"]),
        (["imgslim", "rewrite", "--target", "busy"], ["busybox:glibc", "busybox:musl"]),
        (["imgslim", "explain", "can-b"], ["can-be-split"]),
        (["imgslim", "completion", "f"], ["fish"]),
        (["imgslim", "rewrite", "Docker"], []),
    ],
)
def test_bash_completes(line: list[str], answers: list[str], with_command: dict[str, str]) -> None:
    """A real bash reads the script and asks it, as it does when Tab is pressed; files are bash's own matter."""
    asked = (
        'eval "$(imgslim completion bash)"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
        '_imgslim_completion imgslim; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", asked, "bash", *line], env=with_command, capture_output=True, text=True, check=True
    )
    assert sorted(done.stdout.split()) == answers
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("shell", "variables"),
    [
        ("zsh", {"_TYPER_COMPLETE_ARGS": "imgslim rewr"}),
        ("fish", {"_TYPER_COMPLETE_ARGS": "imgslim rewr", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}),
    ],
)
def test_other_shells_are_answered(shell: str, variables: dict[str, str], with_command: dict[str, str]) -> None:
    """As their scripts ask."""
    environment = with_command | variables | {"_IMGSLIM_COMPLETE": f"complete_{shell}"}
    done = subprocess.run(["imgslim"], env=environment, capture_output=True, text=True, check=False)
    assert "rewrite" in done.stdout
    assert "check" not in done.stdout


def test_every_shell_has_a_script() -> None:
    """It asks through one variable, and names a function of its own."""
    for shell in SHELLS:
        result = imgslim("completion", shell)
        assert (result.code, "_IMGSLIM_COMPLETE=complete_" in result.text) == (0, True)
    assert b"[bad-option]" in imgslim("completion", "tcsh").err


def test_a_command_imports_nothing_of_it() -> None:
    """Only the one who asks pays."""
    code = "import sys; from imgslim.commands.app import app; print('typer.completion' in sys.modules)"
    before = subprocess.run([sys.executable, "-c", "import typer, sys; print('typer.completion' in sys.modules)"],
                            capture_output=True, check=True)  # fmt: skip
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == before.stdout


def test_the_words_are_those_that_there_are() -> None:
    """All of them for an empty word, those that begin so for another."""
    assert {"scratch", "auto"} < set(targets(""))
    assert targets("distroless-c") == ["distroless-cc"]
    assert reasons("can-be") == ["can-be-split"]
    assert shells("") == list(SHELLS)
    assert shells("x") == reasons("x!") == targets("x!") == []
