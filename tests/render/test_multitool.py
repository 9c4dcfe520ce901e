"""Microsoft's SARIF multitool, the reference reader, takes what ``check --format sarif`` prints."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.running import HELLO, HELLO_C, imgslim

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
#: The standard's rules, and those of GitHub's code scanning.
KINDS = "Sarif;Gh"
#: A program's page on the web (``informationUri``): there is none that an installed package could name.
NO_PAGE = "SARIF2005"


@pytest.fixture(scope="module")
def multitool() -> str:
    """The program; where it can't be installed the test fails, it is not skipped."""
    done = subprocess.run([ROOT / ".ci/multitool"], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f".ci/multitool: {done.stderr}", pytrace=False)
    return done.stdout.strip()


def _said(multitool: str, log: bytes, folder: Path) -> set[str]:
    """The names of the rules that a log breaks, each with what it is said with."""
    file, found = folder / "log.sarif", folder / "found.sarif"
    file.write_bytes(log)
    command = [
        multitool,
        "validate",
        str(file),
        "-o",
        str(found),
        "--log",
        "ForceOverwrite",
        "--level",
        "Error;Warning",
    ]
    # The machine may lack ICU, which nothing here needs.
    environment = os.environ | {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    done = subprocess.run(
        [*command, "--rule-kind", KINDS], capture_output=True, text=True, check=False, env=environment
    )
    assert "1 files scanned" in done.stdout, done.stdout + done.stderr
    (run,) = json.loads(found.read_bytes().removeprefix(b"\xef\xbb\xbf"))["runs"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"], invocation
    return {f"{one['ruleId']} {one['message'].get('arguments')}" for one in run["results"]}


def _results(log: bytes) -> list[dict[str, Any]]:
    return list(json.loads(log)["runs"][0]["results"])


def _check(folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> bytes:
    monkeypatch.chdir(folder)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    return imgslim("check", ".", "--format", "sarif", *words).out


def test_all_fixtures(multitool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every ``before`` folder has a result, and every finding its fix; what takes an engine or an option has none."""
    log = _check(ROOT / "fixtures", monkeypatch)
    befores = {p.relative_to(ROOT / "fixtures").as_posix() for p in (ROOT / "fixtures").glob("**/before/Dockerfile")}
    befores = {path for path in befores if not path.startswith(("daemon/", "stages/"))}
    results = _results(log)
    assert befores <= {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results}
    split = [one for one in results if one["ruleId"] == "can-be-split"]
    assert split
    assert all(one["fixes"] for one in split)
    assert {line.split()[0] for line in _said(multitool, log, tmp_path)} <= {NO_PAGE}


HOSTILE = {
    b"plain/Dockerfile": HELLO.encode(),
    b"a b/Dockerfile": HELLO.encode(),
    b"50%25/Dockerfile.100%": HELLO.encode(),
    b"line\nbreak/Dockerfile": HELLO.encode(),
    b"c:d?e#f/Dockerfile": HELLO.encode(),
    b"back\\slash/Dockerfile": HELLO.encode(),
    b"byte\xff/Dockerfile": HELLO.encode(),
    "é🐋/Dockerfile".encode(): HELLO.encode(),
    b"crlf/Dockerfile": HELLO.replace("\n", "\r\n").encode(),
    b"bom/Dockerfile": b"\xef\xbb\xbf" + HELLO.encode(),
    b"latin/Dockerfile": b"# caf\xe9\n" + HELLO.encode(),
    b"latin-in-fix/Dockerfile": HELLO.replace("-o hello", "-DNAME='\\xff' -o hello").encode("latin-1"),
    b"wide/Dockerfile": "# 🐋🐋\n".encode() + HELLO.encode(),
    b"broken/Dockerfile": b"FROM\n\x00\x1b[31m",
    b"empty/Dockerfile": b"",
    b"no-end/Dockerfile": HELLO.rstrip().encode(),
}


def test_hostile_files(multitool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names and texts of all kinds, each with a result of its own."""
    tree = tmp_path / "tree"
    for name, content in HOSTILE.items():
        file = Path(os.fsdecode(os.fsencode(tree) + b"/" + name))
        file.parent.mkdir(parents=True)
        file.write_bytes(content)
        (file.parent / "hello.c").write_text(HELLO_C)
    log = _check(tree, monkeypatch)
    places = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in _results(log)}
    assert len(places) == len(HOSTILE), places
    assert {line.split()[0] for line in _said(multitool, log, tmp_path)} <= {NO_PAGE}


def test_nothing_found(multitool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log without results is one too."""
    (tmp_path / "Dockerfile").write_text("FROM gcc:12 AS build\nFROM scratch\n")
    log = _check(tmp_path, monkeypatch)
    assert _results(log) == []
    assert {line.split()[0] for line in _said(multitool, log, tmp_path)} <= {NO_PAGE}


def _place(run: dict[str, Any]) -> dict[str, Any]:
    place: dict[str, Any] = run["results"][0]["locations"][0]["physicalLocation"]
    return place


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda run: run["results"][0]["message"].pop("text"), "JSON"),
        (lambda run: run["results"][0].pop("locations"), "GH1015"),
        (lambda run: _place(run)["artifactLocation"].update(uri="a b%"), "SARIF1002"),
        (lambda run: _place(run)["region"].update(endLine=0), "JSON"),
        (lambda run: run["results"][0].update(ruleIndex=7), "SARIF1"),
    ],
)
def test_the_tool_refuses_what_is_none(
    multitool: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[dict[str, Any]], object],
    rule: str,
) -> None:
    """The twin: a log that breaks one rule is told from one that breaks none."""
    (tmp_path / "Dockerfile").write_text(HELLO)
    (tmp_path / "hello.c").write_text(HELLO_C)
    document = json.loads(_check(tmp_path, monkeypatch))
    change(document["runs"][0])
    said = {line.split()[0] for line in _said(multitool, json.dumps(document).encode(), tmp_path)}
    assert any(name.startswith(rule) for name in said), said
