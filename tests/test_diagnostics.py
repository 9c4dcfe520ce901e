"""What is to be said about a file."""

from __future__ import annotations

import pytest

from imgslim.config.pragmas import pragmas
from imgslim.context import MemoryContext
from imgslim.diagnostics import diagnose
from imgslim.edits import apply
from imgslim.errors import UsageError
from imgslim.model import Applicability, Rewritten
from imgslim.reasons import Kind, all_reasons
from imgslim.service import Options, slim
from imgslim.syntax import parse
from tests.cli.running import HELLO, HELLO_C, UNSURE_C
from tests.kit import Fixture, fixtures

SAFE = MemoryContext({"hello.c": HELLO_C.encode()})
UNSURE = MemoryContext({"hello.c": UNSURE_C.encode()})
RUN = "RUN gcc"


def _codes(text: str, context: MemoryContext = SAFE, ignore: tuple[str, ...] = ()) -> list[str]:
    return [d.code for d in diagnose(text, context, ignore=ignore)]


def test_a_safe_split() -> None:
    """The finding stands at FROM and carries the edits of the rewrite."""
    (found,) = diagnose(HELLO, SAFE)
    outcome = slim(HELLO, SAFE)
    assert isinstance(outcome, Rewritten)
    assert (found.code, found.kind, found.message) == ("can-be-split", Kind.FINDING, "could run on scratch (safe)")
    assert found.span is not None
    assert found.span.of(HELLO) == "FROM gcc:12"
    (fix,) = found.fixes
    assert (apply(HELLO, fix.edits), fix.applicability) == (outcome.after, Applicability.SAFE)


def test_what_it_rests_on_stands_where_it_is() -> None:
    """Each assumption informs, at its own place; the finding names them."""
    text = HELLO.replace(RUN, "# the build\nRUN gcc")
    found = diagnose(text, UNSURE)
    assert [d.kind for d in found] == [Kind.FINDING] + [Kind.ASSUMPTION] * (len(found) - 1)
    assert len(found) > 1
    assert all(d.code in found[0].message and d.span is not None for d in found[1:])
    assert found[0].fixes[0].applicability is Applicability.UNSAFE


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [
        ("FROM gcc:12\nCOPPY x\n", "unknown-instruction", Kind.ERROR),
        ("FROM gcc:12\n", "no-entry", Kind.UNCHANGED),
        ("FROM $X\nCMD x\n", "variable-in-from", Kind.DECLINED),
        ("# only a comment", "empty-file", Kind.ERROR),
    ],
)
def test_other_outcomes(text: str, code: str, kind: Kind) -> None:
    """Each is one diagnostic; a refused file is one too, not an exception."""
    (found,) = diagnose(text)
    assert (found.code, found.kind) == (code, kind)
    assert kind in all_reasons()[code].kinds
    assert found.sentence.startswith(found.message)


def test_a_wrong_target_is_the_callers_mistake() -> None:
    """It is about no file."""
    with pytest.raises(UsageError):
        diagnose(HELLO, SAFE, Options(target="a b"))


def test_an_ignored_file_has_nothing_to_say() -> None:
    """Not even what its other comments get wrong, nor that it can't be read."""
    assert _codes(f"# imgslim: ignore-file\n# imgslim: ignore[zzz]\n{HELLO}") == []
    assert _codes("# imgslim: ignore-file\nCOPPY\n") == []


def test_a_comment_silences_its_instruction() -> None:
    """Reasons of another instruction are not silenced, and the comment is then unused."""
    assert _codes(f"# imgslim: ignore[can-be-split] not now\n{HELLO}") == []
    assert _codes(HELLO.replace(RUN, f"# imgslim: ignore[can-be-split]\n{RUN}")) == ["can-be-split", "unused-pragma"]


def test_a_refusal_is_silenced_where_it_stands() -> None:
    """At the instruction that is its reason, not at the top of the file."""
    text = HELLO.replace('CMD ["./hello"]', "CMD ./hello $X")
    options = Options(target="scratch")
    assert [(d.code, d.kind) for d in diagnose(text, SAFE, options)] == [("shell-needed", Kind.DECLINED)]
    assert diagnose(text.replace("CMD", "# imgslim: ignore[shell-needed]\nCMD"), SAFE, options) == ()
    top = diagnose(f"# imgslim: ignore[shell-needed]\n{text}", SAFE, options)
    assert [d.code for d in top] == ["unused-pragma", "shell-needed"]


def test_silencing_changes_no_plan() -> None:
    """A comment vouches for nothing: the rewrite stays unsafe, and the assumption is only not shown."""
    assumption = next(d for d in diagnose(HELLO, UNSURE) if d.kind is Kind.ASSUMPTION)
    place = parse(HELLO).text.index("\n", assumption.span.start if assumption.span else 0)
    line = HELLO.rfind("\n", 0, place) + 1
    text = f"{HELLO[:line]}# imgslim: ignore[{assumption.code}] it is fine\n{HELLO[line:]}"
    found = diagnose(text, UNSURE)
    assert assumption.code not in [d.code for d in found]
    assert [d.code for d in found][:1] == ["can-be-split"]
    before, after = slim(HELLO, UNSURE), slim(text, UNSURE)
    assert isinstance(before, Rewritten)
    assert isinstance(after, Rewritten)
    assert [a.reason for a in before.plan.assumptions] == [a.reason for a in after.plan.assumptions]


def test_without_the_finding_its_assumptions_are_no_news() -> None:
    """Who does not want to hear of the split does not want to hear what it rests on."""
    assert len(_codes(HELLO, UNSURE)) > 1
    assert _codes(HELLO, UNSURE, ignore=("can-be-split",)) == []


def test_the_configuration_silences_everywhere_but_errors() -> None:
    """A file that can't be read is always told."""
    assert _codes("FROM gcc:12\n", ignore=("no-entry",)) == []
    assert _codes("FROM gcc:12\nCOPPY\n", ignore=("unknown-instruction",)) == ["unknown-instruction"]
    unused = f"# imgslim: ignore[no-entry]\n{HELLO}"
    assert _codes(unused) == ["unused-pragma", "can-be-split"]
    assert _codes(unused, ignore=("unused-pragma",)) == ["can-be-split"]


def test_a_finding_without_a_place_counts_as_froms() -> None:
    """It can be ignored there."""
    assert diagnose("FROM gcc:12\n")[0].span is None
    assert _codes("# imgslim: ignore[no-entry]\nFROM gcc:12\n") == []


def test_a_reason_that_is_none() -> None:
    """The nearest one is named; errors and verdicts can't be ignored, so they are none."""
    text = f"# imgslim: ignore[can-be-splitt, too-large, can-be-split]\n{HELLO}"
    first, second = diagnose(text, SAFE)
    assert (first.code, first.hint) == ("unknown-pragma", "Did you mean can-be-split?")
    assert (second.code, second.message) == ("unknown-pragma", "No finding is called too-large.")
    assert _codes(f"{HELLO}# imgslim: ignore[no-entry]\n") == ["can-be-split", "unknown-pragma"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"# imgslim: ignore[no-entry] why\n{HELLO}", HELLO),
        (f"# a\r\n  # imgslim: ignore[no-entry]\r\n{HELLO}", f"# a\r\n{HELLO}"),
        (
            f"# imgslim: ignore[no-entry,can-be-split,no-entry]  as told\n{HELLO}",
            f"# imgslim: ignore[can-be-split]  as told\n{HELLO}",
        ),
    ],
)
def test_what_ignores_nothing_is_taken_out(before: str, after: str) -> None:
    """The fix leaves what is used, with its words; where nothing is, the line goes."""
    found = next(d for d in diagnose(before, SAFE) if d.code == "unused-pragma")
    assert apply(before, found.fixes[0].edits) == after
    assert "unused-pragma" not in _codes(after)


def test_no_fix_makes_a_directive_of_a_comment() -> None:
    """The pragma ends the head of the file; without it the line below would be read as a directive."""
    found = diagnose(f"# imgslim: ignore[no-entry]\n# escape=`\n{HELLO}", SAFE)[0]
    assert (found.code, found.fixes) == ("unused-pragma", ())
    (kept,) = diagnose(f"# syntax=docker/dockerfile:1\n# imgslim: ignore[no-entry]\n{HELLO}", SAFE)[:1]
    assert len(kept.fixes) == 1


@pytest.mark.parametrize("fixture", fixtures(), ids=lambda f: f.name)
def test_a_pragma_leaves_every_rewrite_as_it_is(fixture: Fixture) -> None:
    """Above FROM it stays where it is, whatever the file; nothing else changes."""
    text, context = fixture.text, fixture.context
    plain = slim(text, context)
    at = parse(text).instructions[0].span.start
    told = slim(f"{text[:at]}# imgslim: ignore[can-be-split]\n{text[at:]}", context)
    assert isinstance(plain, Rewritten) is isinstance(told, Rewritten)
    if isinstance(told, Rewritten) and isinstance(plain, Rewritten):
        assert told.after.replace("# imgslim: ignore[can-be-split]\n", "") == plain.after
        assert len(list(pragmas(parse(told.after)))) == 1
