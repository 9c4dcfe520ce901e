"""Without a target, the smallest one whose plan rests on nothing; else the builder's own family."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.images import ImageFacts, parse_reference, resolve
from imgslim.model import Applicability, Declined, Outcome, Rewritten, Unchanged
from imgslim.service import Options, slim

SOURCE = {"hello.c": b'#include <stdio.h>\nint main(void) { puts("Hello"); return 0; }\n'}
FILE_BY_VARIABLE = {"hello.c": b'#include <stdio.h>\nint main(void) { fopen(getenv("F"), "r"); return 0; }\n', "x": b""}


def auto(text: str, files: dict[str, bytes] | None = None, **options: object) -> Outcome:
    """Rewrite with no target named."""
    return slim(text, MemoryContext(files or SOURCE), Options(**options))  # type: ignore[arg-type]


def file(base: str = "gcc:12-bookworm", entry: str = 'CMD ["./hello"]') -> str:
    """A Dockerfile that compiles one source."""
    return f"FROM {base}\nCOPY . .\nRUN gcc -o hello hello.c\n{entry}\n"


def test_the_smallest_safe_target() -> None:
    """Scratch where nothing speaks against it; the other targets are named with what they would give."""
    outcome = auto(file())
    assert isinstance(outcome, Rewritten)
    assert outcome.plan.target.name == "scratch"
    assert {a.target: a.applicability for a in outcome.alternatives} == {
        "busybox:glibc": Applicability.SAFE,
        "debian:bookworm-slim": Applicability.SAFE,
    }
    assert outcome.order == ("scratch", "busybox:glibc", "debian:bookworm-slim")


@pytest.mark.parametrize("prefer", ["", "debuggable"])
@pytest.mark.parametrize("entry", ['CMD ["./hello"]', "CMD ./hello $MODE", 'CMD ["/other"]'])
@pytest.mark.parametrize("files", [SOURCE, FILE_BY_VARIABLE])
def test_the_choice_is_the_same_where_no_other_is_asked_for(entry: str, prefer: str, files: dict[str, bytes]) -> None:
    """A migration and ``check`` list no other targets: they plan for no more of them than the choice takes."""
    options = Options(prefer=prefer)
    whole = slim(file(entry=entry), MemoryContext(files), options)
    alone = slim(file(entry=entry), MemoryContext(files), options, alternatives=False)
    if not isinstance(whole, Rewritten) or not isinstance(alone, Rewritten):
        assert alone == whole
        return
    assert (alone.plan, alone.after, alone.edits) == (whole.plan, whole.after, whole.edits)
    assert set(alone.alternatives) <= set(whole.alternatives)
    stops = not whole.plan.assumptions and not prefer
    assert (len(alone.alternatives) < len(whole.alternatives)) is stops


def test_a_shell_moves_it_up() -> None:
    """Where scratch declines, the next target takes it, and the refusal is among the alternatives."""
    outcome = auto(file(entry="CMD ./hello $MODE"))
    assert isinstance(outcome, Rewritten)
    assert outcome.plan.target.name == "busybox:glibc"
    refused = next(a for a in outcome.alternatives if a.target == "scratch")
    assert refused.applicability is None
    assert refused.reasons == ("shell-needed",)
    assert refused.message


def test_an_assumption_moves_it_to_the_family() -> None:
    """Where every plan rests on something, the builder's own family changes least."""
    outcome = auto(file(), FILE_BY_VARIABLE)
    assert isinstance(outcome, Rewritten)
    assert outcome.plan.target.name == "debian:bookworm-slim"
    assert outcome.plan.applicability is Applicability.UNSAFE


def test_without_a_family_the_last_plan_is_taken() -> None:
    """A private base has no slim member that anybody knows."""
    text = "FROM registry.example.com/gcc:1\nWORKDIR /src\n" + file("x", 'ENTRYPOINT ["./hello"]').partition("\n")[2]
    outcome = auto(text)
    assert isinstance(outcome, Rewritten)
    assert outcome.plan.target.name in ("scratch", "busybox:glibc")
    assert {a.reason for a in outcome.plan.assumptions} >= {"unknown-base"}


def test_where_all_decline_the_last_reason_is_given() -> None:
    """The entry is not what is built, whatever the target."""
    outcome = auto(file(entry='CMD ["/other"]'))
    assert isinstance(outcome, Declined)
    assert outcome.reason == "entry-not-built"


def test_nothing_to_gain_ends_the_walk() -> None:
    """What is unchanged on one target is unchanged on all."""
    outcome = auto('FROM gcc\nRUN apt-get install -y nginx\nCMD ["nginx"]\n')
    assert isinstance(outcome, Unchanged)
    assert outcome.reason == "nothing-built"


@pytest.mark.parametrize("known", [True, False])
def test_an_engine_that_knows_the_base_is_believed(known: bool) -> None:  # noqa: FBT001
    """Facts of an engine win over the tables: a private base becomes a known one."""
    facts = resolve(parse_reference("gcc:12-bookworm"))
    assert isinstance(facts, ImageFacts)
    reference = "registry.example.com/gcc:1"
    outcome = auto(file(reference), images={reference: facts} if known else {})
    assert isinstance(outcome, Rewritten) == known
