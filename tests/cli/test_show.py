"""``imgslim explain``, ``targets``, ``toolchains``, ``--version``, ``--help``."""

from __future__ import annotations

import re
from importlib.metadata import version

import pytest

from imgslim.reasons import all_reasons
from imgslim.targets import NAMES
from imgslim.toolchains import all_toolchains
from tests.cli.running import imgslim


@pytest.mark.engine  # slow
def test_every_reason_can_be_explained() -> None:
    """Name, kind, summary, text; without a name, all of them."""
    for reason in all_reasons().values():
        result = imgslim("explain", reason.code)
        assert result.code == 0
        assert result.text.startswith(f"{reason.code} ({reason.kinds[0]}")
        assert " ".join(reason.text.split()) in " ".join(result.text.split())
    listed = [line.split()[0] for line in imgslim("explain").text.splitlines()]
    assert listed == list(all_reasons())


def test_a_reason_that_does_not_exist() -> None:
    """The nearest name is offered."""
    result = imgslim("explain", "shell-neded")
    assert result.code == 2
    assert "[no-such-reason]\n  help: Did you mean shell-needed?\n" in result.message
    assert "imgslim explain lists every reason." in imgslim("explain", "xyzzy").message


def test_targets_and_toolchains() -> None:
    """One line each, with the size where it is known."""
    lines = imgslim("targets").text.splitlines()
    assert [line.split()[0] for line in lines] == [*NAMES, "auto"]
    assert re.match(r"scratch +0 B +nothing at all", lines[0])
    assert re.match(r"busybox:glibc +\d\.\d MB ", next(line for line in lines if line.startswith("busybox:glibc")))
    assert [line.split()[0] for line in imgslim("toolchains").text.splitlines()] == [t.name for t in all_toolchains()]


def test_the_version() -> None:
    """That of the distribution."""
    assert imgslim("--version").text == f"imgslim {version('dockerfile-imgslim')}\n"


@pytest.mark.parametrize("command", ["rewrite", "check", "verify", "explain", "targets", "toolchains"])
def test_help(command: str) -> None:
    """Every command explains itself."""
    result = imgslim(command, "-h")
    assert (result.code, f"imgslim {command}" in result.text) == (0, True)


def test_usage_errors_of_the_option_parser() -> None:
    """An unknown option or command is exit code 2."""
    assert imgslim("rewrite", "--no-such-option").code == 2
    assert imgslim("rewritten").code == 2
