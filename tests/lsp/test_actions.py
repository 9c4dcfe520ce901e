"""Code actions: the edit that an editor makes is what ``imgslim rewrite`` writes."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from imgslim import service
from imgslim.context.trees import Disk
from imgslim.edits import Edit, apply
from imgslim.lsp.edits import separated
from imgslim.model import Declined
from imgslim.text import Span
from tests.cli.running import HELLO, UNSURE_C, imgslim, project
from tests.kit import Fixture, fixtures
from tests.lsp.editor import MODERN, Editor, RefusedError, inside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imgslim.model import Plan, Rewritten
    from imgslim.service import Prepared

#: Where the actions of a file come as refactorings: at its end there is no finding.
END = 1 << 20


@pytest.fixture
def editor() -> Iterator[Editor]:
    """An editor of today, at work."""
    with inside() as made:
        made.start(delay=0)
        yield made


def capable(*path: str, value: Any = None) -> dict[str, Any]:  # noqa: ANN401
    """A modern editor's capabilities with one of them changed; None: taken away."""
    changed = copy.deepcopy(MODERN)
    at = changed
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    return changed


def written(path: Path, target: str) -> str:
    """What the command line writes for a file."""
    result = imgslim("rewrite", path, "--target", target, "-o", "-")
    assert result.code == 0, result.message
    return result.text


def test_the_same_bytes_for_every_target(editor: Editor, fixture: Fixture) -> None:
    """Each action of each fixture gives what the command line writes for its target."""
    path = fixture.before / "Dockerfile"
    uri = editor.open(path.as_uri(), fixture.text)
    found = [a for a in editor.actions(uri) if "disabled" not in a]
    for action in found:
        action = editor.resolve(action)  # noqa: PLW2901
        assert editor.apply(uri, action["edit"]) == written(path, action["data"]["target"])
    names = {a["data"]["target"] for a in found}
    assert {e.target for e in fixture.expected if not e.libc} <= names


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every fixture is a case."""
    if "fixture" in metafunc.fixturenames:
        metafunc.parametrize("fixture", fixtures(), ids=lambda f: f.name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("final", [True, False])
def test_columns_and_line_ends(tmp_path: Path, encoding: str, end: str, *, final: bool) -> None:
    """Wide characters, CR LF and a missing final line end stay right in every unit of columns."""
    text = HELLO.replace("gcc -o", "echo 'ä€😀' && gcc -o").replace("FROM gcc:12", "# 😀\x0c\u2028\nFROM gcc:12")
    text = text.replace("\n", end)
    path = project(tmp_path, text if final else text.removesuffix(end))
    text = path.read_bytes().decode()
    with inside() as editor:
        assert editor.start({**MODERN, "general": {"positionEncodings": [encoding]}})["positionEncoding"] == encoding
        uri = editor.open(path.as_uri(), text)
        # Typed below a form feed and beside a wide character, so that the server's copy has to agree.
        at = text.index("' &&")
        editor.edit(uri, at, at, "😀")
        editor.edit(uri, at, at + 1, "")
        assert editor.buffers[uri] == text
        action = editor.resolve(editor.actions(uri, text.index("FROM"))[0])
        assert editor.apply(uri, action["edit"]) == written(path, "auto")
        assert ("\r\n" in editor.apply(uri, action["edit"])) == (end == "\r\n")


def test_a_buffer_that_was_never_saved(editor: Editor, tmp_path: Path) -> None:
    """The text is the buffer's, the sources are the folder's."""
    path = project(tmp_path, "FROM scratch\n")
    uri = editor.open(path.as_uri(), path.read_text())
    editor.replace(uri, HELLO)
    after = editor.apply(uri, editor.resolve(editor.actions(uri)[0])["edit"])
    assert path.read_text() == "FROM scratch\n"
    path.write_text(HELLO)
    assert after == written(path, "auto")


def test_a_buffer_without_a_file(editor: Editor) -> None:
    """An untitled buffer is planned as standard input is."""
    uri = editor.open("untitled:Untitled-1", HELLO)
    result = imgslim("rewrite", "-", "-o", "-", stdin=HELLO.encode())
    after = [editor.apply(uri, editor.resolve(a)["edit"]) for a in editor.actions(uri) if "disabled" not in a]
    assert result.code == 0
    assert after[0] == result.text


def test_quick_fix_at_the_finding_refactoring_elsewhere(editor: Editor, tmp_path: Path) -> None:
    """The planner's safe choice alone is preferred; ``only`` is obeyed."""
    path = project(tmp_path)
    uri = editor.open(path.as_uri(), HELLO)
    here, there = editor.actions(uri), editor.actions(uri, END)
    assert {a["kind"] for a in here} == {"quickfix"}
    assert {a["kind"] for a in there} == {"refactor.rewrite"}
    assert [a["title"] for a in here] == [a["title"] for a in there]
    assert here[0]["title"] == "Split into builder + scratch"
    assert [bool(a.get("isPreferred")) for a in here] == [True] + [False] * (len(here) - 1)
    assert [d["code"] for d in here[0]["diagnostics"]] == ["can-be-split"]
    assert editor.actions(uri, 0, ["refactor"]) == there
    assert editor.actions(uri, 0, ["quickfix"]) == here
    assert editor.actions(uri, END, ["quickfix"]) == []
    assert editor.actions(uri, 0, ["source.organizeImports"]) == []


def test_an_unsafe_plan_asks(editor: Editor, tmp_path: Path) -> None:
    """Nothing that rests on an assumption is preferred, and the edit asks with every assumption named."""
    path = project(tmp_path, source=UNSURE_C)
    uri = editor.open(path.as_uri(), HELLO)
    (finding, *assumed) = editor.findings(uri)
    assert finding["severity"] == 3
    assert assumed
    actions = [a for a in editor.actions(uri) if "disabled" not in a]
    assert not any(a.get("isPreferred") for a in actions)
    action = editor.resolve(actions[0])
    (annotation,) = action["edit"]["changeAnnotations"].values()
    assert annotation["needsConfirmation"] is True
    for one in assumed:
        assert f"[{one['code']}]" in annotation["description"]
        assert one["code"] in action["title"]
    assert editor.apply(uri, action["edit"]) == written(path, "auto")


def test_a_safe_plan_does_not_ask(editor: Editor, tmp_path: Path) -> None:
    """Its annotation needs no confirmation."""
    uri = editor.open(project(tmp_path).as_uri(), HELLO)
    (annotation,) = editor.resolve(editor.actions(uri)[0])["edit"]["changeAnnotations"].values()
    assert annotation == {"label": "Split into builder + scratch", "needsConfirmation": False}


@pytest.mark.parametrize(
    ("lacks", "key"),
    [
        (("workspace", "workspaceEdit", "changeAnnotationSupport"), "documentChanges"),
        (("workspace", "workspaceEdit", "documentChanges"), "changes"),
        (("workspace", "workspaceEdit"), "changes"),
        (("textDocument", "codeAction", "resolveSupport"), "documentChanges"),
        (("textDocument", "codeAction", "dataSupport"), "documentChanges"),
    ],
)
def test_lesser_clients(tmp_path: Path, lacks: tuple[str, ...], key: str) -> None:
    """Whatever a client lacks, the edit is right and in a form that it knows."""
    path = project(tmp_path, source=UNSURE_C)
    with inside() as editor:
        editor.start(capable(*lacks))
        uri = editor.open(path.as_uri(), HELLO)
        action = next(a for a in editor.actions(uri) if "disabled" not in a)
        assert ("edit" in action) == (lacks[-1] in ("resolveSupport", "dataSupport"))
        edit = editor.resolve(action)["edit"]
        assert key in edit
        assert ("changeAnnotations" in edit) == ("workspaceEdit" not in lacks)
        assert editor.apply(uri, edit) == written(path, "auto")


def test_a_client_that_knows_commands_alone(tmp_path: Path) -> None:
    """It gets commands, and the server asks it to make the edit."""
    path = project(tmp_path)
    with inside() as editor:
        editor.start({})
        uri = editor.open(path.as_uri(), HELLO)
        command = editor.actions(uri)[0]
        assert command["command"] in editor.capabilities["executeCommandProvider"]["commands"]
        number = editor.begin("workspace/executeCommand", {k: command[k] for k in ("command", "arguments")})
        request = editor.heard("workspace/applyEdit")
        assert editor.apply(uri, request["params"]["edit"]) == written(path, "auto")
        editor.send({"id": request["id"], "result": {"applied": True}})
        editor.end(number)


def test_refusals_are_disabled_actions(editor: Editor, tmp_path: Path) -> None:
    """A target that does not fit says why; a client that can't show that is spared it."""
    text = HELLO.replace('["./hello"]', "./hello | cat")
    path = project(tmp_path, text)
    uri = editor.open(path.as_uri(), text)
    refused = {a["title"]: a for a in editor.actions(uri) if "disabled" in a}
    assert "[shell-needed]" in refused["Split into builder + scratch"]["disabled"]["reason"]
    assert all(a["kind"] == "refactor.rewrite" and "edit" not in a for a in refused.values())
    assert not any("disabled" in a for a in editor.actions(uri, 0, ["quickfix"]))
    offered = [a["title"] for a in editor.actions(uri) if "disabled" not in a]
    with inside() as lesser:
        lesser.start(capable("textDocument", "codeAction", "disabledSupport", value=False))
        lesser.open(uri, text)
        assert [a["title"] for a in lesser.actions(uri)] == offered


def test_a_file_that_no_target_helps(editor: Editor, tmp_path: Path) -> None:
    """The refusal is said once, not once for each target; what is unchanged has no action at all."""
    text = HELLO.replace("COPY hello.c", "COPY other.c")
    (action,) = editor.actions(editor.open(project(tmp_path / "a", text).as_uri(), text))
    assert "[missing-in-context]" in action["disabled"]["reason"]
    text = 'FROM debian:12\nRUN apt-get update\nCMD ["bash"]\n'
    assert editor.actions(editor.open(project(tmp_path / "b", text).as_uri(), text)) == []


def test_an_action_of_an_older_text_is_refused(editor: Editor, tmp_path: Path) -> None:
    """Its edit would be made in other lines than it was meant for."""
    path = project(tmp_path)
    uri = editor.open(path.as_uri(), HELLO)
    action = editor.actions(uri)[0]
    editor.edit(uri, 0, 0, "# new\n")
    with pytest.raises(RefusedError) as refused:
        editor.resolve(action)
    assert refused.value.code == -32801
    assert editor.resolve(editor.actions(uri, 6)[0])["edit"]


@pytest.mark.parametrize("data", [None, 1, {}, {"uri": 1, "version": 1, "target": "x"}, {"target": "scratch"}])
def test_an_action_of_somebody_else_is_refused(editor: Editor, data: object) -> None:
    """It is told so, and the server goes on."""
    with pytest.raises(RefusedError) as refused:
        editor.ask("codeAction/resolve", {"title": "x", "data": data})
    assert refused.value.code == -32602


def test_a_target_that_is_not_offered_is_refused(editor: Editor, tmp_path: Path) -> None:
    """As when the sources have changed so that it fits no more."""
    uri = editor.open(project(tmp_path).as_uri(), HELLO)
    action = editor.actions(uri)[0]
    action["data"]["target"] = "windows"
    with pytest.raises(RefusedError):
        editor.resolve(action)


def test_a_plan_that_can_not_be_written(editor: Editor, tmp_path: Path) -> None:
    """It is found out when the action is taken, or ahead of that; from then on the action is a refusal."""

    def as_text(prepared: Prepared, plan: Plan) -> Rewritten | Declined:
        is_chosen = plan.target.name == "scratch"
        return service.as_text(prepared, plan) if is_chosen else Declined("readers-disagree", "Planted.")

    with patch("imgslim.lsp.offers.as_text", as_text):
        uri = editor.open(project(tmp_path).as_uri(), HELLO)
        first, *others = editor.actions(uri)
        with pytest.raises(RefusedError) as refused:
            editor.resolve({**others[0], "disabled": None, "data": {**first["data"], "target": "busybox:glibc"}})
        assert refused.value.code == -32803
        shown = {a["title"]: a.get("disabled", {}).get("reason") for a in editor.actions(uri)}
    assert shown[first["title"]] is None
    assert shown["Split into builder + busybox:glibc"] == "Planted. [readers-disagree]"


def test_a_chosen_plan_that_can_not_be_written(editor: Editor, tmp_path: Path) -> None:
    """Then there is no finding, and who looks for refactorings is told why."""
    with patch("imgslim.lsp.offers.as_text", return_value=Declined("readers-disagree", "Planted.")):
        uri = editor.open(project(tmp_path).as_uri(), HELLO)
        assert [d["code"] for d in editor.findings(uri)] == ["readers-disagree"]
        reasons = {a["disabled"]["reason"] for a in editor.actions(uri) if "disabled" in a}
    assert "Planted. [readers-disagree]" in reasons


def test_what_nobody_takes_is_written_after_the_answer(tmp_path: Path) -> None:
    """Right after a key the actions are listed without a text of any; the findings follow when there is time."""
    with inside() as editor, patch("imgslim.lsp.offers.as_text", side_effect=service.as_text) as as_text:
        editor.start(delay=300)
        uri = editor.open(project(tmp_path).as_uri(), "")
        editor.findings(uri)
        editor.replace(uri, HELLO)
        actions = editor.actions(uri)
        assert as_text.call_count == 0
        assert editor.resolve(actions[0])["edit"]
        assert as_text.call_count == 1
        assert [d["code"] for d in editor.findings(uri)] == ["can-be-split"]


def test_sources_on_disk_are_looked_at_again(editor: Editor, tmp_path: Path) -> None:
    """Between two requests a source changes: the second answer is about the new one, unsaved text or not."""
    path = project(tmp_path)
    uri = editor.open(path.as_uri(), HELLO)
    assert [d["code"] for d in editor.findings(uri)] == ["can-be-split"]
    assert editor.actions(uri)[0]["title"] == "Split into builder + scratch"
    (tmp_path / "hello.c").write_text(UNSURE_C)
    assert "unsafe" in next(a for a in editor.actions(uri) if "disabled" not in a)["title"]
    editor.until(lambda: len(editor.findings(uri)) > 1)
    (tmp_path / "hello.c").unlink()
    (action,) = editor.actions(uri)
    assert "[missing-in-context]" in action["disabled"]["reason"]


def test_the_configured_target_comes_first(editor: Editor, tmp_path: Path) -> None:
    """It is what the command line takes as well; a configuration that changes is read again."""
    path = project(tmp_path)
    (tmp_path / ".imgslim.toml").write_text('target = "busybox:glibc"\n')
    uri = editor.open(path.as_uri(), HELLO)
    first = editor.actions(uri)[0]
    assert first["title"] == "Split into builder + busybox:glibc"
    assert first["isPreferred"] is True
    (tmp_path / ".imgslim.toml").write_text('target = "busybox:glib"\nx = 1\n')
    assert editor.actions(uri) == []
    assert [d["code"] for d in editor.findings(uri)] == ["bad-config"]


@pytest.mark.parametrize(
    ("options", "configuration", "first"),
    [
        ({"target": "busybox:glibc"}, "", "busybox:glibc"),
        ({"prefer": "debuggable"}, "", "busybox:glibc"),
        ({"target": "busybox:glibc"}, 'target = "scratch"', "scratch"),
        ({"target": "busybox:glibc"}, 'prefer = "smallest"', "scratch"),
        ({"target": "busybox:glibc"}, 'ignore = ["unknown-base"]', "busybox:glibc"),
        ({"target": 3, "prefer": ["debuggable"]}, "", "scratch"),
        ({"prefer": "largest"}, "", "scratch"),
    ],
)
def test_what_the_editor_prefers(options: dict[str, Any], configuration: str, first: str, tmp_path: Path) -> None:
    """It holds where the project's configuration chooses nothing."""
    path = project(tmp_path)
    (tmp_path / ".imgslim.toml").write_text(configuration)
    with inside() as editor:
        editor.start(delay=0, **options)
        action = editor.actions(editor.open(path.as_uri(), HELLO))[0]
    assert action["title"] == f"Split into builder + {first}"
    assert action["isPreferred"] is True


def test_a_file_that_the_configuration_leaves_alone(editor: Editor, tmp_path: Path) -> None:
    """There are no findings, as with ``check``; who asks for the refactoring gets it, as with ``rewrite``."""
    path = project(tmp_path)
    (tmp_path / ".imgslim.toml").write_text('exclude = ["Dockerfile"]\n')
    uri = editor.open(path.as_uri(), HELLO)
    assert editor.findings(uri) == []
    assert editor.actions(uri)[0]["kind"] == "refactor.rewrite"


def test_sources_are_read_once(editor: Editor, tmp_path: Path) -> None:
    """Typing in the Dockerfile does not read them again; a change of one does."""
    path = project(tmp_path)
    with patch.object(Disk, "bytes", autospec=True, side_effect=Disk.bytes) as read:
        uri = editor.open(path.as_uri(), HELLO)
        editor.actions(uri)
        once = read.call_count
        assert once > 0
        for _ in range(5):
            editor.edit(uri, len(HELLO), len(HELLO), "# x\n")
            editor.actions(uri)
        assert read.call_count == once
        (tmp_path / "hello.c").write_text(UNSURE_C)
        editor.actions(uri)
        assert read.call_count > once


def test_a_useless_pragma_can_be_removed(editor: Editor, tmp_path: Path) -> None:
    """A finding's own fix is an action too."""
    text = HELLO.replace("COPY", "# imgslim: ignore[shell-needed] why\nCOPY")
    uri = editor.open(project(tmp_path, text).as_uri(), text)
    (action,) = [a for a in editor.actions(uri, text.index("# imgslim")) if a["kind"] == "quickfix"]
    assert editor.apply(uri, action["edit"]) == HELLO


def test_an_ignored_file_has_no_findings_and_no_actions(editor: Editor, tmp_path: Path) -> None:
    """It asks to be left alone."""
    text = "# imgslim: ignore-file why\n" + HELLO
    uri = editor.open(project(tmp_path, text).as_uri(), text)
    assert editor.findings(uri) == []
    assert editor.actions(uri, len(text)) == []


def test_lone_carriage_returns(editor: Editor, tmp_path: Path) -> None:
    """Clients don't agree on whether one ends a line: the edit replaces the whole text."""
    text = HELLO.replace("COPY", "# a\rb\nCOPY")
    path = project(tmp_path, text)
    uri = editor.open(path.as_uri(), text)
    edit = editor.resolve(editor.actions(uri)[0])["edit"]
    (one,) = edit["documentChanges"][0]["edits"]
    assert one["range"]["start"] == {"line": 0, "character": 0}
    assert one["newText"] == written(path, "auto") == editor.apply(uri, edit)


@pytest.mark.parametrize(
    ("text", "edits", "expected"),
    [
        ("ab\ncd\n", [Edit(Span(2, 6), "\ncd\nx\n")], [Edit(Span(5, 5), "\nx")]),
        ("ab\r\ncd\r\n", [Edit(Span(2, 8), "\r\nx\r\n")], [Edit(Span(4, 6), "x")]),
        ("ab\r\n", [Edit(Span(2, 4), "\n")], [Edit(Span(2, 4), "\n")]),
        ("ab\n", [Edit(Span(2, 3), "\r\n")], [Edit(Span(2, 3), "\r\n")]),
        ("abcd", [Edit(Span(1, 2), "x"), Edit(Span(2, 3), "y")], [Edit(Span(1, 3), "xy")]),
        ("abcd", [Edit(Span(1, 1), "x"), Edit(Span(1, 1), "y")], [Edit(Span(1, 1), "xy")]),
        ("abcd", [Edit(Span(1, 2), "b")], []),
        ("x\r\ny", [Edit(Span(0, 4), "x\rz")], [Edit(Span(1, 4), "\rz")]),
        ("aaaa", [Edit(Span(0, 4), "aa")], [Edit(Span(0, 2), "")]),
    ],
)
def test_edits_are_made_small_and_apart(text: str, edits: list[Edit], expected: list[Edit]) -> None:
    """Clients differ in edits that touch and in those that reach over the last line end."""
    found = separated(text, edits)
    assert list(found) == expected
    assert apply(text, found) == apply(text, edits)
