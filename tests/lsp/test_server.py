"""The server as a whole: how it begins and ends, what it makes of bad input, and that it stays alive."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from imgslim import service
from imgslim.lsp import analysis
from imgslim.lsp.analysis import LIMIT
from imgslim.service import prepare
from tests.cli.running import HELLO, UNSURE_C, imgslim, project
from tests.lsp.editor import COMMAND, MODERN, PATIENCE, Editor, RefusedError, beside, inside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imgslim.context import BuildContext
    from imgslim.model import Declined, Plan, Rewritten, Unchanged
    from imgslim.service import Options, Prepared


NOWHERE = {"line": 0, "character": 0}


@pytest.fixture
def editor() -> Iterator[Editor]:
    """An editor of today, at work."""
    with inside() as made:
        made.start(delay=0)
        yield made


def codes(editor: Editor, uri: str) -> list[str]:
    """The reasons of the newest findings."""
    return [d["code"] for d in editor.findings(uri)]


def test_a_session(tmp_path: Path) -> None:
    """Over real pipes: hands are shaken, a file is split, the server ends when told to, with 0."""
    path = project(tmp_path)
    with beside(tmp_path) as (editor, process):
        capabilities = editor.start()
        assert capabilities["codeActionProvider"] == {
            "codeActionKinds": ["quickfix", "refactor.rewrite"],
            "resolveProvider": True,
        }
        assert capabilities["hoverProvider"]
        assert capabilities["textDocumentSync"]["change"] == 2
        uri = editor.open(path.as_uri(), HELLO)
        assert codes(editor, uri) == ["can-be-split"]
        edit = editor.resolve(editor.actions(uri)[0])["edit"]
        assert editor.apply(uri, edit) == imgslim("rewrite", path, "-o", "-").text
        editor.stop()
        assert process.wait(PATIENCE) == 0


def test_an_editor_that_just_goes_away() -> None:
    """The server ends as well: 1, as the protocol says it."""
    process = subprocess.run(COMMAND, input=b"", capture_output=True, timeout=PATIENCE, check=False)
    assert process.returncode == 1
    assert process.stdout == b""
    assert b"Traceback" not in process.stderr


def test_without_the_extra() -> None:
    """What to install is said in one line."""
    script = (
        "import sys\nsys.modules.update(pygls=None, lsprotocol=None)\n"
        "from imgslim.cli import main\nsys.argv[1:] = ['lsp']\nmain()"
    )
    process = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert process.returncode == 2
    assert "[not-installed]" in process.stderr
    assert "pip install 'dockerfile-imgslim[lsp]'" in process.stderr
    assert "Traceback" not in process.stderr


def test_without_the_extra_in_this_process() -> None:
    """The same, by the command itself."""
    with patch("imgslim.commands.lsp.find_spec", return_value=None):
        result = imgslim("lsp", "--stdio")
    assert result.code == 2
    assert "[not-installed]" in result.message


@pytest.mark.parametrize(
    ("name", "language", "ours"),
    [
        ("Dockerfile", "plaintext", True),
        ("Containerfile", "plaintext", True),
        ("web.Dockerfile", "", True),
        ("Dockerfile.dev", "", True),
        ("b%C3%BCro.Dockerfile", "", True),
        ("build", "dockerfile", True),
        ("build", "Dockerfile", True),
        ("Dockerfile.md", "markdown", False),
        ("main.c", "c", False),
        ("Dockerfile.dockerignore", "ignore", False),
    ],
)
def test_which_documents(editor: Editor, tmp_path: Path, name: str, language: str, *, ours: bool) -> None:
    """By the file's name or by what the editor calls its language."""
    project(tmp_path)
    uri = editor.open(f"{tmp_path.as_uri()}/{name}", HELLO, language)
    assert bool(editor.actions(uri)) == ours
    assert (editor.hover(uri, 0) != "") == ours
    assert any(u == uri for u, _, _ in editor.published) == ours


def test_several_roots(tmp_path: Path) -> None:
    """Each file has the context of its own project, whichever folder the editor opened first."""
    one, other = project(tmp_path / "one"), project(tmp_path / "other", source=UNSURE_C)
    with inside() as editor:
        editor.start(folders=[tmp_path / "one", tmp_path / "other"])
        uris = [editor.open(path.as_uri(), HELLO) for path in (one, other)]
        assert codes(editor, uris[0]) == ["can-be-split"]
        assert len(codes(editor, uris[1])) > 1
        for path, uri in zip((one, other), uris, strict=True):
            edit = editor.resolve(editor.actions(uri)[0])["edit"]
            assert editor.apply(uri, edit) == imgslim("rewrite", path, "-o", "-").text


def test_half_typed_text_is_a_finding(editor: Editor, tmp_path: Path) -> None:
    """What BuildKit refuses is an error at its place; the next version is looked at again."""
    uri = editor.open(project(tmp_path).as_uri(), HELLO)
    editor.edit(uri, HELLO.index("COPY"), HELLO.index("COPY") + 4, "CO")
    (finding,) = editor.findings(uri)
    assert finding["severity"] == 1
    assert finding["range"]["start"]["line"] == 1
    assert editor.actions(uri) == []
    assert finding["code"] in editor.hover(uri, HELLO.index("COPY"))
    editor.edit(uri, HELLO.index("COPY"), HELLO.index("COPY") + 2, "COPY")
    assert codes(editor, uri) == ["can-be-split"]


@pytest.mark.parametrize(
    "text",
    ["", "\n", "\ufeff", "FROM", "FROM a\nRUN <<E", "\0", "FROM \0", 'FROM a\nCMD ["', "# escape=\n", "FROM a\\"],
)
def test_stubs_of_text(editor: Editor, text: str) -> None:
    """None of them raises, and every request about them is answered."""
    uri = editor.open("untitled:Dockerfile", text)
    editor.findings(uri)
    editor.actions(uri)
    editor.hover(uri, 0)
    editor.hover(uri, len(text))


def test_broken_large_and_binary_files(editor: Editor, tmp_path: Path) -> None:
    """They are said to be what they are, and the server goes on with the next one."""
    large = editor.open((tmp_path / "large.Dockerfile").as_uri(), "FROM a\n" + "RUN true\n" * 600_000)
    assert codes(editor, large) == ["too-large"]
    assert editor.actions(large) == []
    editor.edit(large, 9, 9, "x")
    assert codes(editor, large) == ["too-large"]
    rest = len(editor.buffers[large]) - LIMIT + 1000
    editor.edit(large, 0, rest, "FROM a\n")
    assert codes(editor, large) != ["too-large"]
    editor.close(large)
    noise = os.urandom(50_000).replace(b"\n", b"").decode("utf-8", "surrogateescape")
    binary = editor.open((tmp_path / "binary.Dockerfile").as_uri(), noise)
    assert [d["severity"] for d in editor.findings(binary)] == [1]
    # Bytes that are no text stay the bytes they are, in the server's copy too.
    text = HELLO.replace("gcc -o", "echo '\udcff\udce4' && gcc -o")
    path = project(tmp_path, text.encode("utf-8", "surrogateescape"))
    uri = editor.open(path.as_uri(), text)
    at = text.index("' &&")
    editor.edit(uri, at, at, "\udcfe")
    editor.edit(uri, at, at + 1, "")
    edit = editor.resolve(editor.actions(uri)[0])["edit"]
    after = editor.apply(uri, edit)
    assert after.encode("utf-8", "surrogateescape") == imgslim("rewrite", path, "-o", "-").out


def test_unreadable_surroundings(editor: Editor, tmp_path: Path) -> None:
    """A context that can't be read is refused or stated, and the server goes on."""
    path = project(tmp_path)
    (tmp_path / "hello.c").unlink()
    (tmp_path / "hello.c").symlink_to("hello.c")
    (tmp_path / ".dockerignore").write_bytes(b"[\xff\n")
    os.mkfifo(tmp_path / "fifo")
    uri = editor.open(path.as_uri(), HELLO.replace("hello.c .", "hello.c fifo ."))
    assert "missing-in-context" in codes(editor, uri)
    gone = editor.open(f"{tmp_path.as_uri()}/no/such/folder/Dockerfile", HELLO)
    assert "missing-in-context" in codes(editor, gone)
    long = editor.open(f"{tmp_path.as_uri()}/{'x' * 5000}/Dockerfile", HELLO)
    assert codes(editor, long)


def test_a_fault_of_ours_is_answered(editor: Editor, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged and shown, and the next version is looked at as if nothing had happened."""
    path = project(tmp_path)
    with patch.object(analysis, "prepare", side_effect=ZeroDivisionError("planted")):
        uri = editor.open(path.as_uri(), HELLO)
        assert codes(editor, uri) == ["internal-error"]
        assert editor.actions(uri) == []
    assert "planted" in caplog.text
    for error, code in ((RecursionError(), "too-deep"), (PermissionError(13, "no", "x"), "system-refused")):
        with patch.object(analysis, "prepare", side_effect=error):
            editor.edit(uri, 0, 0, "# x\n")
            assert codes(editor, uri) == [code]
    editor.edit(uri, 0, 0, "# x\n")
    assert codes(editor, uri) == ["can-be-split"]


def test_a_fault_while_answering_is_answered(editor: Editor, tmp_path: Path) -> None:
    """The request ends in an error, the next one does not."""
    uri = editor.open(project(tmp_path).as_uri(), HELLO)
    with patch("imgslim.lsp.server.hover", side_effect=ZeroDivisionError), pytest.raises(RefusedError):
        editor.hover(uri, 0)
    assert editor.hover(uri, 0)


def test_a_fault_ahead_of_any_request(editor: Editor, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged; the findings stand, and who asks for what failed is answered."""

    def as_text(prepared: Prepared, plan: Plan) -> Rewritten | Declined:
        if plan.target.name != "scratch":
            raise ZeroDivisionError("planted")
        return service.as_text(prepared, plan)

    with patch("imgslim.lsp.offers.as_text", as_text):
        uri = editor.open(project(tmp_path).as_uri(), HELLO)
        assert codes(editor, uri) == ["can-be-split"]
        editor.until(lambda: "planted" in caplog.text)
        first, second, *_ = editor.actions(uri)
        assert editor.resolve(first)["edit"]
        with pytest.raises(RefusedError):
            editor.resolve(second)
    assert editor.resolve(second)["edit"]


def test_a_fault_while_writing_what_was_chosen(editor: Editor, tmp_path: Path) -> None:
    """It takes the place of the finding, and the next version is looked at as ever."""
    with patch("imgslim.lsp.offers.as_text", side_effect=ZeroDivisionError("planted")):
        uri = editor.open(project(tmp_path).as_uri(), HELLO)
        assert codes(editor, uri) == ["internal-error"]
    editor.edit(uri, 0, 0, "# x\n")
    assert codes(editor, uri) == ["can-be-split"]


def test_requests_that_make_no_sense(editor: Editor, tmp_path: Path) -> None:
    """Each is answered: with nothing, or with an error."""
    uri = editor.open(project(tmp_path).as_uri(), HELLO)
    with pytest.raises(RefusedError):
        editor.ask("textDocument/hover", {"textDocument": 5})
    with pytest.raises(RefusedError):
        editor.ask("no/such/method", {})
    position = {"line": 10_000, "character": 10_000}
    assert editor.ask("textDocument/hover", {"textDocument": {"uri": "file:///other"}, "position": position}) is None
    assert editor.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": position}) is None
    editor.notify("textDocument/didChange", {"textDocument": {"uri": "file:///o", "version": 2}, "contentChanges": []})
    editor.notify("textDocument/didClose", {"textDocument": {"uri": "file:///o"}})
    editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    editor.notify("$/setTrace", {"value": "off"})
    editor.notify("textDocument/didChange", {"nonsense": True})
    editor.notify("workspace/didChangeWatchedFiles", {"changes": []})
    assert editor.hover(uri, 0)


def test_versions(editor: Editor, tmp_path: Path) -> None:
    """What is published is of the version that the buffer then has, and the last one is of the last."""
    uri = editor.open(project(tmp_path).as_uri(), HELLO)
    for number in range(40):
        editor.edit(uri, 0, 0, f"# {number}\n")
    (finding,) = editor.findings(uri)
    assert finding["range"]["start"]["line"] == 40
    versions = [p["version"] for u, p, _ in editor.published if u == uri]
    assert versions == sorted(set(versions))
    editor.close(uri)
    editor.open(uri, "FROM scratch\n")
    assert editor.findings(uri) == []


def test_typing_does_not_wait_for_the_planner(editor: Editor, tmp_path: Path) -> None:
    """While a plan is in the making, messages are read and answered; versions that came and went are not planned."""
    uri = editor.open(project(tmp_path).as_uri(), HELLO)
    editor.findings(uri)
    free = threading.Event()
    versions = []

    def slow(text: str, context: BuildContext, options: Options) -> Prepared | Declined | Unchanged:
        versions.append(text)
        assert free.wait(PATIENCE)
        return prepare(text, context, options)

    with patch.object(analysis, "prepare", slow):
        editor.edit(uri, 0, 0, "# first\n")
        editor.until(lambda: bool(versions))
        stale = editor.begin("textDocument/hover", {"textDocument": {"uri": uri}, "position": NOWHERE})
        for number in range(200):
            editor.edit(uri, 0, 0, f"# {number}\n")
        assert editor.ask("textDocument/hover", {"textDocument": {"uri": "file:///o"}, "position": NOWHERE}) is None
        free.set()
        with pytest.raises(RefusedError):
            editor.end(stale)
        assert codes(editor, uri) == ["can-be-split"]
    assert len(versions) < 10
    assert versions[-1] == editor.buffers[uri]


def test_a_closed_file_has_no_findings(editor: Editor, tmp_path: Path) -> None:
    """They are taken back."""
    uri = editor.open(project(tmp_path).as_uri(), HELLO)
    assert editor.findings(uri)
    editor.close(uri)
    assert editor.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": NOWHERE}) is None
    assert [p["diagnostics"] for u, p, _ in editor.published if u == uri][-1] == []


def test_files_to_watch(tmp_path: Path) -> None:
    """A client that watches files tells of configurations and ignore files; then the findings are made anew."""
    path = project(tmp_path)
    capabilities = {**MODERN, "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}
    with inside() as editor:
        editor.start(capabilities, delay=0)
        request = editor.heard("client/registerCapability")
        editor.send({"id": request["id"], "result": None})
        (registration,) = request["params"]["registrations"]
        assert {"globPattern": "**/.imgslim.toml"} in registration["registerOptions"]["watchers"]
        uri = editor.open(path.as_uri(), HELLO)
        assert codes(editor, uri) == ["can-be-split"]
        seen = len(editor.published)
        # In one step: planning ahead must not meet an empty file and publish what it finds then.
        (tmp_path / "new").write_text("hello.c\n")
        (tmp_path / "new").rename(tmp_path / ".dockerignore")
        editor.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": path.as_uri(), "type": 2}]})
        editor.more(seen)
        assert codes(editor, uri) == ["missing-in-context"]
