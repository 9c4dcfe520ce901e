"""``rewrite --verify`` and ``verify`` with an engine's answers given; one run with a real engine at the end."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self

import pytest
from jsonschema import Draft202012Validator

from imgslim.engine.images import Layer
from imgslim.verify.verdict import ProbeResult, Status, Verdict
from tests.cli.running import HELLO, UNSURE_C, imgslim, project
from tests.evidence_kit import contents, elf

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgslim.evidence import Contents
    from imgslim.verify.options import VerifyOptions

SCHEMA = Path(__file__).parents[2] / "docs/reference/outcome.schema.json"
PROBE = ProbeResult("exit", "exit", holds=False, before="0", after="1\x1b", message="exits with 1")
HOLDS = Verdict(
    Status.HOLDS,
    1000,
    10,
    (ProbeResult("output", "output", holds=True, before="a", after="a", message="better"),),
    ("noted",),
    (Layer("RUN gcc", 990),),
)
DIFFERS = Verdict(Status.DIFFERS, 1000, 10, (PROBE,), message="exit: exits with 1")


@dataclass
class Engine:
    """What an engine answers: a verdict for each rewritten text, and what it knows of images."""

    judge: Callable[[str], Verdict] = lambda _: HOLDS
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    compared: list[str] = field(default_factory=list)
    expected: list[frozenset[str]] = field(default_factory=list)
    options: list[VerifyOptions] = field(default_factory=list)
    watched: list[str | None] = field(default_factory=list)
    started: list[tuple[str, ...]] = field(default_factory=list)
    built: Contents | None = None

    def install(self, monkeypatch: pytest.MonkeyPatch) -> Self:
        """Stand for the original of a verification."""
        engine = self

        class Before:
            session = SimpleNamespace(engine=SimpleNamespace(inspect=engine.known.get))
            contents = engine.built
            unbuilt = None

            def __init__(self, *_: object, options: VerifyOptions, **__: object) -> None:
                engine.options.append(options)

            def __enter__(self) -> Self:
                return self

            def __exit__(self, *_: object) -> None:
                return

            def watch(self, after: str | None = None, argv: tuple[str, ...] = ()) -> None:
                engine.watched.append(after)
                engine.started.append(argv)

            def compare(self, after: str, expected: frozenset[str] = frozenset()) -> Verdict:
                engine.compared.append(after)
                engine.expected.append(expected)
                return engine.judge(after)

        monkeypatch.setattr("imgslim.commands.prove.Before", Before)
        monkeypatch.setattr("imgslim.verify.verify.Before", Before)
        monkeypatch.setattr("imgslim.commands.cached.default_store", lambda: None)
        return self


def _document(out: bytes) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(out)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(document)
    return document


def test_a_verdict_that_holds_makes_it_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What rested on assumptions is written in place once an engine stands behind it."""
    Engine().install(monkeypatch)
    path = project(tmp_path, source=UNSURE_C)
    result = imgslim("rewrite", path, "-i", "--verify", "--target", "ubuntu")
    assert result.code == 0
    assert "c to ubuntu" in result.message
    assert ", verified\n" in result.message
    assert "verdict: holds\n  1.0 kB -> 10 B (0.0100 of the original)\n" in result.message
    assert "FROM ubuntu" in path.read_text()


def test_a_verdict_against_it_declines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The status is the reason; the probes that differ are shown; nothing is written."""
    Engine(lambda _: DIFFERS).install(monkeypatch)
    path = project(tmp_path)
    result = imgslim("rewrite", path, "-i", "--verify", "--target", "scratch")
    assert result.code == 1
    assert "Dockerfile: declined: exit: exits with 1 [differs]" in result.message
    assert "  FAIL exit: exits with 1\n       before: 0\n       after:  1\\x1b\n" in result.message
    assert path.read_text() == HELLO
    document = _document(imgslim("rewrite", path, "--verify", "--target", "scratch", "--format", "json").out)
    assert document["outcome"] == "declined"
    assert [r["code"] for r in document["reasons"]] == ["differs"]
    assert document["verdict"]["status"] == "differs"


def test_the_next_target_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --target the walk goes on until a verdict holds, and says why each target before was left."""
    engine = Engine(lambda after: DIFFERS if "FROM scratch" in after else HOLDS).install(monkeypatch)
    result = imgslim("rewrite", project(tmp_path), "--verify", "--format", "json")
    document = _document(result.out)
    assert result.code == 0
    assert document["target"] == "busybox:glibc"
    assert document["verdict"]["status"] == "holds"
    assert len(engine.compared) == 2
    assert "scratch: differs: exit: exits with 1\n" in result.message
    everything = Engine(lambda _: DIFFERS).install(monkeypatch)
    assert imgslim("rewrite", project(tmp_path), "--verify").code == 1
    assert len(everything.compared) >= 2


_CARGO_RUN = (
    'FROM rust:1.85\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\nCMD ["cargo", "run", "--release", "--", "x"]\n'
)


@pytest.mark.parametrize("there", [True, False])
def test_an_entry_that_compiles_is_not_watched_compiling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, there: bool
) -> None:
    """What cargo opens and starts is no part of the program; its own words are stated as left out."""
    path = project(tmp_path, _CARGO_RUN)
    path.with_name("Cargo.toml").write_text('[package]\nname = "a"\nversion = "0.1.0"\n')
    path.with_name("src").mkdir()
    path.with_name("src").joinpath("main.rs").write_text('fn main() { println!("{}", HELLO); }')
    program = "/app/target/release/a"
    files = {program: 3} if there else {"/app/Cargo.toml": 2}
    built = contents(files, instructions=(1, 2, 3), elves={program: elf("libc.so.6")} if there else {})
    engine = Engine(built=built).install(monkeypatch)
    result = imgslim("rewrite", path, "--verify", "--target", "debian:bookworm-slim", "--format", "json")
    assert json.loads(result.out)["outcome"] == "rewritten", result.message
    assert engine.started == ([(program, "x")] if there else [])
    assert all("compiler" in expected for expected in engine.expected)


def test_where_all_rest_on_assumptions_the_smallest_that_holds_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading alone keeps to the builder's own family; a run settles whether less will do."""
    path = project(tmp_path, source=UNSURE_C)
    alone = json.loads(imgslim("rewrite", path, "--format", "json").out)
    assert (alone["target"], alone["applicability"]) == ("debian:bookworm-slim", "unsafe")
    engine = Engine(lambda after: DIFFERS if "FROM scratch" in after else HOLDS).install(monkeypatch)
    document = _document(imgslim("rewrite", path, "--verify", "--format", "json").out)
    assert document["target"] == "busybox:glibc"
    assert [after.rpartition("FROM ")[2].split("\n")[0] for after in engine.compared][-1] == "busybox:glibc"
    refusing = Engine(lambda _: DIFFERS).install(monkeypatch)
    assert imgslim("rewrite", path, "--verify").code == 1
    assert refusing.compared[-1] == alone["dockerfile"]


def test_an_original_that_does_not_build_is_no_target_s_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is built once; several lines of the engine's answer stay lines."""
    verdict = Verdict(Status.BEFORE_DOES_NOT_BUILD, message="gcc failed\nhello.c:1: error")
    engine = Engine(lambda _: verdict).install(monkeypatch)
    result = imgslim("rewrite", project(tmp_path), "--verify")
    assert (result.code, len(engine.compared)) == (1, 1)
    assert "declined: gcc failed [before-does-not-build]\n  | hello.c:1: error\n" in result.message


def test_the_engine_is_asked_for_the_base_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it knows of an image wins: a private base, unknown to the tables, is no obstacle with an engine."""
    text = HELLO.replace("gcc:12", "registry.example/team/gcc:1")
    path = project(tmp_path, text)
    Engine().install(monkeypatch)
    assert b"[unknown-base]" in imgslim("rewrite", path, "--verify", "--target", "scratch").err
    config = {"Env": ["PATH=/usr/bin:/bin"], "WorkingDir": "/src", "Cmd": ["sh"]}
    Engine(known={"registry.example/team/gcc:1": {"Config": config, "Size": 10**9}}).install(monkeypatch)
    result = imgslim("rewrite", path, "--verify", "--target", "scratch", "-o", "-")
    assert result.code == 0
    assert b"COPY --from=build /src/hello" in result.out


def test_a_stated_difference_is_expected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the plan says that the entry's words change, that alone is not held against it."""
    engine = Engine().install(monkeypatch)
    text = HELLO.replace('CMD ["./hello"]', 'ENTRYPOINT ./hello\nCMD ["x"]')
    assert imgslim("rewrite", project(tmp_path, text), "--verify", "--target", "scratch").code == 0
    assert imgslim("rewrite", project(tmp_path), "--verify", "--target", "scratch").code == 0
    assert engine.expected == [frozenset({"config:entry"}), frozenset()]


def test_nothing_to_prove(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unchanged file asks no engine, nor does one that no look can help; another that is declined is looked into."""
    engine = Engine().install(monkeypatch)
    assert imgslim("rewrite", project(tmp_path, "FROM scratch\n"), "--verify").code == 0
    assert engine.options == []
    final = project(tmp_path, HELLO.replace("COPY", "ONBUILD RUN true\nCOPY"))
    assert imgslim("rewrite", final, "--verify", "--target", "scratch").code == 1
    assert engine.options == []
    declined = project(tmp_path, HELLO.replace('["./hello"]', '["/other"]'))
    assert imgslim("rewrite", declined, "--verify", "--target", "scratch").code == 1
    assert (len(engine.options), engine.compared, engine.watched) == (1, [], [None])


def test_the_slim_image_is_as_small_as_reading_gets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run may show that less will do: an engine is asked, and where it shows nothing, the file stays as it is."""
    engine = Engine().install(monkeypatch)
    text = 'FROM python:3.13-slim\nWORKDIR /app\nCOPY hello.py .\nRUN pip install flask\nCMD ["python", "hello.py"]\n'
    path = project(tmp_path, text)
    (tmp_path / "hello.py").write_text("import flask\n")
    named = imgslim("rewrite", path, "--verify", "--target", "python:3.13-slim")
    assert (named.code, engine.options) == (0, [])
    assert "[already-minimal]" in named.message
    found = imgslim("rewrite", path, "--verify")
    assert (found.code, len(engine.options), engine.compared) == (0, 1, [])
    assert engine.watched == [None]
    assert "[already-minimal]" in found.message
    unbuilt = Verdict(Status.BEFORE_DOES_NOT_BUILD, message="pip failed")
    monkeypatch.setattr("imgslim.commands.prove.Before.unbuilt", unbuilt)
    broken = imgslim("rewrite", path, "--verify")
    assert (broken.code, "[before-does-not-build]" in broken.message) == (1, True)


def test_an_original_that_does_not_build_is_an_outcome_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever targets refuse besides; where nothing had to be built to know that, nothing was."""
    engine = Engine().install(monkeypatch)
    starts = '#include <stdlib.h>\nint main(void) { return system(getenv("X")) + system("git log"); }\n'
    path = project(tmp_path, source=starts)
    refused = imgslim("rewrite", path, "--verify", "--target", "scratch")
    assert (refused.code, "[needs-command]" in refused.message, len(engine.watched)) == (1, True, 1)
    monkeypatch.setattr("imgslim.commands.prove.Before.unbuilt", Verdict(Status.BEFORE_DOES_NOT_BUILD, message="gcc"))
    broken = imgslim("rewrite", path, "--verify", "--target", "scratch")
    assert (broken.code, "[before-does-not-build]" in broken.message) == (1, True)


def test_options_reach_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Build and run options are passed on as they are."""
    engine = Engine().install(monkeypatch)
    probe = tmp_path / "probes.toml"
    probe.write_text('[[run]]\nargs = ["a"]\n')
    words = (
        *("--build-arg", "A=1", "--secret", "id=s", "--ssh", "default", "--platform", "linux/amd64"),
        *("--env", "B=c=d", "--network", "none", "--probe", str(probe), "--probe-cmd", "true", "--timeout", "3"),
        *("--build-context", "tools=docker-image://busybox:musl", "--build-context", "files=/x=y"),
        *("--build-timeout", "60", "--max-builds", "2", "--memory", "512m"),
    )
    assert imgslim("rewrite", project(tmp_path), "--verify", *words).code == 0
    (options,) = engine.options
    assert (options.build.build_args, options.build.secrets, options.build.ssh) == (("A=1",), ("id=s",), ("default",))
    assert (options.build.platform, options.network, options.timeout) == ("linux/amd64", "none", 3.0)
    assert (options.build.timeout, options.max_builds, options.limits.memory) == (60.0, 2, "512m")
    assert options.build.contexts == (("tools", "docker-image://busybox:musl"), ("files", "/x=y"))
    assert options.env == (("B", "c=d"),)
    assert [run.commands for run in options.probes.runs] == [("true",)]


@pytest.mark.parametrize(
    ("option", "value"), [("--timeout", "0"), ("--timeout", "nan"), ("--build-timeout", "inf"), ("--max-builds", "-1")]
)
def test_bounds_that_leave_no_room(tmp_path: Path, option: str, value: str) -> None:
    """Nothing could be built or run within them, or without end."""
    result = imgslim("rewrite", project(tmp_path), "--verify", option, value)
    assert (result.code, result.out) == (2, b"")
    assert f"{option} takes a number above 0, not {value}. [bad-option]" in result.message


@pytest.mark.parametrize("value", ["", "0", "1.5g", "4 g", "-1"])
def test_memory_that_is_none(tmp_path: Path, value: str) -> None:
    """Said before anything is built."""
    result = imgslim("rewrite", project(tmp_path), "--verify", "--memory", value)
    assert (result.code, result.out) == (2, b"")
    assert f"--memory takes a size such as 512m or 4g, not {value!r}. [bad-option]" in result.message


def test_verify_two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict on standard output; the exit code says whether it holds."""
    before = project(tmp_path)
    after = project(tmp_path, HELLO + "# other\n", name="after.Dockerfile")
    engine = Engine().install(monkeypatch)
    result = imgslim("verify", before, after)
    assert result.code == 0
    assert result.text == (
        "verdict: holds\n  1.0 kB -> 10 B (0.0100 of the original)\n  layers before:\n"
        "         990 B  RUN gcc\n  ok   output: better\n  note: noted\n"
    )
    assert engine.compared == [HELLO + "# other\n"]
    Engine(lambda _: DIFFERS).install(monkeypatch)
    result = imgslim("verify", before, "-", "--format", "json", stdin=HELLO.encode())
    assert (result.code, json.loads(result.out)["status"]) == (1, "differs")


def test_a_preference_decides_what_is_tried_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who wants to look around in the container gets a shell where the run holds, smaller ones without come after."""
    path = project(tmp_path)
    engine = Engine().install(monkeypatch)
    assert _document(imgslim("rewrite", path, "--verify", "--format", "json").out)["target"] == "scratch"
    document = _document(imgslim("rewrite", path, "--verify", "--prefer", "debuggable", "--format", "json").out)
    assert (document["target"], len(engine.compared)) == ("busybox:glibc", 2)
    engine = Engine(lambda after: HOLDS if "FROM scratch" in after else DIFFERS).install(monkeypatch)
    document = _document(imgslim("rewrite", path, "--verify", "--prefer", "debuggable", "--format", "json").out)
    assert document["target"] == "scratch"
    assert "FROM busybox:glibc" in engine.compared[0]
    assert engine.compared[-1] == document["dockerfile"]


def test_the_configuration_reaches_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Build arguments of the file come first, so that those of the command line win; the context is the file's."""
    before = project(tmp_path / "app")
    after = project(tmp_path / "app", HELLO + "# other\n", name="after.Dockerfile")
    (tmp_path / "app/hello.c").rename(tmp_path / "hello.c")
    (tmp_path / ".imgslim.toml").write_text('build-args = { A = "1", B = "2" }\ncontext = { "app/*" = "." }\n')
    engine = Engine().install(monkeypatch)
    assert imgslim("rewrite", before, "--verify", "--build-arg", "A=3").code == 0
    assert imgslim("verify", before, after).code == 0
    assert [options.build.build_args for options in engine.options] == [("A=1", "B=2", "A=3"), ("A=1", "B=2")]


def test_an_ignored_file_is_not_proved_but_can_be_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not to be rewritten; whoever names two files has them compared."""
    engine = Engine().install(monkeypatch)
    path = project(tmp_path, f"# imgslim: ignore-file\n{HELLO}")
    result = imgslim("rewrite", path, "--verify", "-i")
    assert (result.code, "[ignored]" in result.message, engine.options) == (0, True, [])
    assert imgslim("verify", path, path).code == 0
    assert imgslim("verify", path, path, "--context", tmp_path).code == 0
    assert len(engine.options) == 2


def test_verify_needs_a_context(tmp_path: Path) -> None:
    """Sources that are nowhere, or standard input as the original, can't be built."""
    path = project(tmp_path, HELLO.replace("hello.c .", "lost.c ."))
    assert b"[missing-in-context]" in imgslim("verify", path, path).err
    result = imgslim("verify", "-", path, stdin=HELLO.encode())
    assert (result.code, b"[no-context]" in result.err) == (2, True)


def test_no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clear error with what to do."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    result = imgslim("rewrite", project(tmp_path), "--verify")
    assert (result.code, result.out) == (2, b"")
    assert "[no-engine]\n  help: " in result.message


def test_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the message says how to get it."""
    monkeypatch.setattr("imgslim.commands.options.find_spec", lambda _: None)
    result = imgslim("rewrite", project(tmp_path), "--verify")
    assert (result.code, result.out) == (2, b"")
    assert "[not-installed]\n  help: pip install 'dockerfile-imgslim[verify]'\n" in result.message


@pytest.mark.engine
@pytest.mark.usefixtures("engine")
def test_end_to_end(tmp_path: Path) -> None:
    """One command builds both, runs both and says in JSON that they agree."""
    result = imgslim("rewrite", project(tmp_path), "--target", "scratch", "--verify", "--format", "json")
    document = _document(result.out)
    assert result.code == 0, result.message
    assert (document["outcome"], document["target"]) == ("rewritten", "scratch")
    assert document["verdict"]["status"] == "holds"
    assert document["verdict"]["after_bytes"] < 1_000_000 < document["verdict"]["before_bytes"]
    assert all(probe["holds"] for probe in document["verdict"]["probes"])
