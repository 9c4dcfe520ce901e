"""What a verification's answer depends on: each part of it is another question."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from imgslim.engine.options import BuildOptions, Limits
from imgslim.records import replace
from imgslim.service import Options
from imgslim.verify.options import VerifyOptions
from imgslim.verify.probes import HttpProbe, Probes, RunProbe
from imgslim.verify.question import Question, may_be_kept
from imgslim.verify.verdict import ProbeResult, Status, Verdict

TEXT = "ARG V=12\nFROM gcc:$V AS one\nCOPY --from=busybox:musl /a /a\nFROM one\nFROM scratch\nCOPY --from=one /a /\n"
ENGINE: Any = SimpleNamespace(identity="e 1", identify=lambda name: "" if name == "lost" else f"id of {name}")
ASKED = Question(("FROM a\n",), Path(__file__).parent / "fakes", None, VerifyOptions(), (Options(),))


def _run(**changes: Any) -> VerifyOptions:  # noqa: ANN401  (the fields of RunProbe)
    return VerifyOptions(probes=Probes(runs=(RunProbe(**changes),)))


@pytest.fixture
def asked(tmp_path: Path) -> Question:
    """A question about a folder with one file."""
    (tmp_path / "a").write_text("a")
    return replace(ASKED, folder=tmp_path)


OTHERS: dict[str, dict[str, Any]] = {
    "text": {"texts": ("FROM b\n",)},
    "texts": {"texts": ("FROM a\n", "")},
    "target": {"others": (Options(target="scratch"),)},
    "argument of the plan": {"others": (Options(build_args={"A": "1"}),)},
    "timeout": {"options": VerifyOptions(timeout=1)},
    "builds": {"options": VerifyOptions(max_builds=1)},
    "memory": {"options": VerifyOptions(limits=Limits(memory="1g"))},
    "platform": {"options": VerifyOptions(build=BuildOptions(platform="linux/arm64"))},
    "environment": {"options": VerifyOptions(env=(("A", "1"),))},
    "expected": {"options": VerifyOptions(expected=frozenset({"a"}))},
    "bytes": {"options": _run(stdin=b"\xff")},
    "probe": {"options": _run(http=(HttpProbe(path="/x"),))},
}


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
def test_each_part_counts(asked: Question, change: dict[str, Any]) -> None:
    """Nothing else but the part is changed; asked twice, it is the same question."""
    assert asked.key(ENGINE) == replace(asked).key(ENGINE)
    assert replace(asked, **change).key(ENGINE) not in {asked.key(ENGINE), None}


def test_the_engine_counts(asked: Question) -> None:
    """Another one, or the same after an update, measures otherwise."""
    assert asked.key(SimpleNamespace(identity="e 2")) != asked.key(ENGINE)  # type: ignore[arg-type]


def test_the_context_counts(asked: Question) -> None:
    """And where it can't be told there is no key."""
    key = asked.key(ENGINE)
    (asked.folder / "a").write_text("b")
    assert asked.key(ENGINE) not in {key, None}
    (asked.folder / ".dockerignore").write_text("[")
    assert asked.key(ENGINE) is None


def test_the_environment_counts_where_it_is_read(asked: Question, monkeypatch: pytest.MonkeyPatch) -> None:
    """What docker reads, and an argument without a value; nothing else."""
    bare = replace(asked, options=VerifyOptions(build=BuildOptions(build_args=("SECRETLESS",))))
    keys = {asked.key(ENGINE), bare.key(ENGINE)}
    monkeypatch.setenv("SECRETLESS", "1")
    assert asked.key(ENGINE) in keys
    assert bare.key(ENGINE) not in keys
    monkeypatch.setenv("DOCKER_DEFAULT_PLATFORM", "linux/arm64")
    assert asked.key(ENGINE) not in keys


@pytest.mark.parametrize(
    "options",
    [
        VerifyOptions(build=BuildOptions(secrets=("id=a",))),
        VerifyOptions(build=BuildOptions(ssh=("default",))),
        VerifyOptions(build=BuildOptions(contexts=(("a", "/a"),))),
        VerifyOptions(network="mine"),
        VerifyOptions(network="host"),
        _run(commands=("curl x",)),
    ],
    ids=["secret", "agent", "folder", "network", "host", "command"],
)
def test_what_lies_outside_can_t_be_told(asked: Question, options: VerifyOptions) -> None:
    """It may be another the next time, and look the same."""
    assert replace(asked, options=options).key(ENGINE) is None


def test_a_value_without_a_form_of_its_own(asked: Question) -> None:
    """Its address would make each question a new one."""
    assert replace(asked, others=(object(),)).key(ENGINE) is None


def test_the_images_that_are_named() -> None:
    """By FROM and COPY --from, after ARG; stages and scratch are none."""
    question = replace(ASKED, texts=(TEXT,))
    assert question.images(ENGINE) == {"gcc:12": "id of gcc:12", "busybox:musl": "id of busybox:musl"}
    other = replace(question, options=VerifyOptions(build=BuildOptions(build_args=("V=13",))))
    assert set(other.images(ENGINE, "FROM x\n") or ()) == {"gcc:13", "busybox:musl", "x"}
    assert question.images(ENGINE, "FROM lost\n") is None
    assert question.images(ENGINE, "ARG X\nFROM a$X\n") is None


@pytest.mark.parametrize(
    ("kind", "before", "kept"),
    [("exit", "exits with 0", True), ("exit", "keeps running", False), ("size", "1", True), ("http", "200", False)],
)
def test_a_verdict_that_may_be_luck_is_not_kept(kind: str, before: str, kept: bool) -> None:  # noqa: FBT001  (a column)
    """What a busy machine brings about is another the next time; so is a build that failed, whatever the cause."""
    bad = ProbeResult("x", kind, holds=False, before=before, after="exits with 1")
    good = ProbeResult("y", "http", holds=True, before="200", after="200")
    assert may_be_kept(Verdict(Status.DIFFERS, probes=(bad, good))) is kept
    assert may_be_kept(Verdict(Status.HOLDS, probes=(good,)))
    for status in (Status.BEFORE_DOES_NOT_BUILD, Status.BEFORE_DOES_NOT_RUN, Status.AFTER_DOES_NOT_BUILD):
        assert not may_be_kept(Verdict(status))
