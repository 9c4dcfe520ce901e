"""ARG, ENV, WORKDIR, USER and SHELL, folded by BuildKit's rules."""

from __future__ import annotations

import pytest

from imgslim.meaning import BaseState, base_reference, stages
from imgslim.meaning.base import DEFAULT_PATH
from imgslim.meaning.trace import Copy, Other
from imgslim.syntax import parse
from imgslim.values import Unknown, Value
from tests.meaning.reading import read, text_of


def env_of(text: str, base: BaseState | None = None, **build_args: str) -> dict[str, str]:
    """The final environment without PATH."""
    found = read(f"FROM x\n{text}\n", base=base, **build_args).final.env
    return {name: text_of(value) for name, value in found.items() if name != "PATH"}


#: Each text with the environment that an engine's configuration shows (``test_scope_engine`` builds them all).
ENVIRONMENTS: dict[str, dict[str, str]] = {
    "ENV A=1 B=$A": {"A": "1", "B": ""},
    "ENV A=1\nENV B=$A": {"A": "1", "B": "1"},
    "ENV P=1 Q=$P\nENV P=2 Q=$P": {"P": "2", "Q": "1"},
    "ENV L a  b \"c\" 'd'": {"L": "a  b c d"},
    "ENV P=1\nENV L $P  x": {"P": "1", "L": "1  x"},
    "ARG X=1 Y=$X\nENV E=$X F=$Y": {"E": "1", "F": "1"},
    "ARG X=1\nARG X=2\nENV E=$X": {"E": "2"},
    "ARG X=1\nARG X\nENV E=$X": {"E": "1"},
    "ARG X=1\nENV X=2\nENV E=$X": {"X": "2", "E": "2"},
    "ENV X=2\nARG X=1\nENV E=$X": {"X": "2", "E": "1"},
    "ENV X=2\nARG X\nENV E=$X": {"X": "2", "E": "2"},
    "ENV E=$X\nARG X=1": {"E": ""},
    "ENV A= B=${A:-b} C=${A-c} D=${A:+d} E=${N:-n} F=${N+f}": {"A": "", "B": "n", "C": "c", "D": "", "E": "n", "F": ""},
    "ENV A=\nENV B=${A:-b} C=${A-c} D=${A:+d}": {"A": "", "B": "b", "C": "", "D": ""},
    "ENV P=1\nENV E=\\$P S='$P' D=\"$P x\" M=a\\ b": {"P": "1", "E": "$P", "S": "$P", "D": "1 x", "M": "a b"},
    "ENV P=$PATH:/x\nENV Q=${P##*:} R=${P#*/usr} T=${P%:*}": {
        "P": f"{DEFAULT_PATH}:/x", "Q": "/x", "R": f"{DEFAULT_PATH[4:]}:/x", "T": DEFAULT_PATH
    },
    "ENV E=$TARGETARCH H=$HOME W=$PWD": {"E": "", "H": "", "W": ""},
}  # fmt: skip
ENVIRONMENTS["ENV A= B=${A:-b} C=${A-c} D=${A:+d} E=${N:-n} F=${N+f}"].update({"B": "b"})

WORKDIRS = {
    "": "/",
    "WORKDIR /a": "/a",
    "WORKDIR a\nWORKDIR b/../c/.": "/a/c",
    "WORKDIR /a/\nWORKDIR .": "/a",
    "WORKDIR /a\nWORKDIR $NONE": "/a",
    "WORKDIR $NONE": "/",
    "ENV D=/d\nWORKDIR $D/e": "/d/e",
    "ARG D=d\nWORKDIR /x/${D}": "/x/d",
    'WORKDIR "/a b"': "/a b",
    "WORKDIR /a b": "/a b",
    "WORKDIR ../../x": "/x",
}
USERS = {"": "", "USER joe": "joe", "ARG U=1\nENV G=grp\nUSER $U:$G": "1:grp", "USER a\nUSER b": "b"}


@pytest.mark.parametrize("text", ENVIRONMENTS)
def test_env(text: str) -> None:
    """ENV and ARG: one line sees what stood before it, and the later of both counts."""
    assert env_of(text) == ENVIRONMENTS[text]


@pytest.mark.parametrize("text", WORKDIRS)
def test_workdir(text: str) -> None:
    """WORKDIR is joined to the one before, cleaned, and unchanged by nothing."""
    final = read(f"FROM x\n{text}\n").final
    assert final.workdir == WORKDIRS[text]
    assert final.workdir_inherited is (text == "")


@pytest.mark.parametrize("text", USERS)
def test_user(text: str) -> None:
    """The last USER counts, variables expanded."""
    assert read(f"FROM x\n{text}\n").final.user == USERS[text]


def test_open_arguments() -> None:
    """An ARG without a value is open, and openness travels; twin: with a value it is settled."""
    text = "ARG V\nENV A=$V B=${V:-b} C=${V+c}\nARG W=w$V\nENV D=$W"
    assert env_of(text) == {"A": "?", "B": "?", "C": "?", "D": "?"}
    assert env_of(text, V="1") == {"A": "1", "B": "1", "C": "c", "D": "w1"}
    assert env_of("ARG V=1\nENV A=$V", V="2") == {"A": "2"}
    assert env_of("ENV A=$V", V="2") == {"A": ""}


def test_platform_arguments() -> None:
    """Platform ARGs are open once declared, and unset before."""
    assert env_of("ENV A=$TARGETARCH\nARG TARGETARCH\nENV B=$TARGETARCH") == {"A": "", "B": "?"}
    assert env_of("ARG TARGETARCH=arm\nENV B=$TARGETARCH") == {"B": "arm"}
    assert env_of("ARG TARGETARCH\nENV B=$TARGETARCH", TARGETARCH="riscv64") == {"B": "riscv64"}


def test_base_state() -> None:
    """The base image's environment, directory, user and shell are in effect until the file sets others."""
    base = BaseState(env={"PATH": "/go/bin", "X": "x"}, workdir="/go", user="joe", shell=("/bin/bash", "-c"))  # noqa: S604 - no process
    first = read("FROM x\nENV PATH=$PATH:/y\nWORKDIR src\nRUN ls\n", base=base)
    before, final = first.steps[0].scope, first.final
    assert (before.workdir, before.workdir_inherited, before.user, before.shell) == (
        "/go", True, "joe", ("/bin/bash", "-c"),
    )  # fmt: skip
    assert (final.env["PATH"], final.workdir, final.workdir_inherited) == ("/go/bin:/y", "/go/src", False)
    assert (list(before.env_set), list(final.env_set)) == ([], ["PATH"])
    assert before.env_complete


def test_unknown_base() -> None:
    """On an unknown base a relative WORKDIR and undeclared variables are open."""
    base = BaseState.unknown("private registry")
    final = read("FROM x\nWORKDIR a\nENV A=$B C=c\n", base=base).final
    assert isinstance(final.workdir, Unknown)
    assert isinstance(final.user, Unknown)
    assert {k: text_of(v) for k, v in final.env.items()} == {"A": "?", "C": "c"}
    assert not final.env_complete
    assert read("FROM x\nWORKDIR /a\n", base=base).final.workdir == "/a"


def test_scope_is_that_before_the_instruction() -> None:
    """A step's scope does not hold what the step itself sets; instructions that set nothing share one scope."""
    steps = read('FROM x\nENV A=1\nLABEL a=b\nENV B=2\nSHELL ["/bin/bash", "-c"]\nEXPOSE 1\n').steps
    assert [sorted(set(s.scope.env) - {"PATH"}) for s in steps] == [[], ["A"], ["A"], ["A", "B"], ["A", "B"]]
    assert steps[1].scope is steps[2].scope
    assert (steps[3].scope.shell, steps[4].scope.shell) == (("/bin/sh", "-c"), ("/bin/bash", "-c"))
    assert all(isinstance(s, Other) for s in steps)


def test_scope_arguments() -> None:
    """ARG names in effect are listed; an ENV of the same name takes their place."""
    final = read("ARG G=g\nFROM x\nARG G\nARG A=a B\nENV A=e\n").final
    assert {k: text_of(v) for k, v in final.args.items()} == {"G": "g", "B": "?"}


@pytest.mark.parametrize(
    ("line", "sources", "destination"),
    [
        ("COPY a b /x/", ["a", "b"], "/x/"),
        ("COPY a .", ["a"], "/w/"),
        ("COPY a ./", ["a"], "/w/"),
        ("COPY a x/../y", ["a"], "/w/y"),
        ("COPY a /", ["a"], "/"),
        ("COPY $D/a $D/", ["d/a"], "/w/d/"),
        ("COPY $N a /x", ["?", "a"], "/x"),
        ("COPY a $N", ["a"], "?"),
        ('COPY ["a b", "c d/"]', ["a b"], "/w/c d/"),
        ("COPY --from=0 --chown=1 /a /b", ["/a"], "/b"),
    ],
)
def test_copy_paths(line: str, sources: list[str], destination: str) -> None:
    """Sources are expanded, the destination is absolute and keeps its trailing slash."""
    step = read(f"FROM y\nWORKDIR /w\nARG D=d N\n{line}\n").steps[-1]
    assert isinstance(step, Copy)
    assert [text_of(s) for s in step.sources] == sources
    assert text_of(step.destination) == destination
    assert step.origin == ("0" if "--from" in line else None)


def test_mount_flags() -> None:
    """Mount flags are pairs, with variables expanded."""
    text = "FROM x\nARG C=/c\nRUN --mount=type=cache,target=$C,readonly --mount=type=ssh --network=none ls\n"
    step = read(text).steps[-1]
    assert getattr(step, "mounts") == (  # noqa: B009 - a Run
        {"type": "cache", "target": "/c", "readonly": "true"}, {"type": "ssh"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "bases"),
    [
        ("FROM gcc:13", ["gcc:13"]),
        ("ARG V=13\nFROM gcc:$V", ["gcc:13"]),
        ("ARG V=13\nARG I=gcc:${V}-slim\nFROM $I", ["gcc:13-slim"]),
        ("ARG V\nFROM gcc:$V", ["?"]),
        ("ARG V\nFROM gcc:${V:-1}", ["?"]),
        ("FROM gcc$V", ["gcc"]),
        ("FROM $V", ["?"]),
        ("FROM gcc\nARG V=1\nFROM x:$V", ["gcc", "x:"]),
        ("FROM x:$TARGETARCH", ["?"]),
    ],
)
def test_base_images(text: str, bases: list[str]) -> None:
    """A FROM sees the global ARGs above the first one, and nothing else."""
    assert [text_of(s.base) for s in stages(parse(text + "\n"), {})] == bases


def test_build_args_in_from() -> None:
    """--build-arg settles a global ARG."""
    dockerfile = parse("ARG V\nFROM gcc:$V\n")
    assert base_reference(dockerfile, 0, {"V": "12"}) == "gcc:12"
    assert isinstance(base_reference(dockerfile, 0, {}), Unknown)


def test_stage_graph() -> None:
    """Stages know the stage they are built on and those they read; names ignore case, and the latest counts."""
    text = (
        "FROM --platform=$BUILDPLATFORM a AS One\nFROM one AS two\nCOPY --from=0 /x /y\nCOPY --from=image:1 /x /y\n"
        "FROM ONE\nRUN --mount=type=bind,from=two,target=/t ls\nCOPY --from=TWO a b\nCOPY --from=7 a b\nCOPY a b\n"
    )
    found = stages(parse(text), {})
    assert [s.name for s in found] == ["One", "two", None]
    assert [s.base_stage for s in found] == [None, 0, 0]
    assert [s.reads for s in found] == [(), (0, "image:1"), (1, "7")]
    assert found[0].platform == "$BUILDPLATFORM"
    assert base_reference(parse(text), 2, {}) == "a"


def test_stage_on_stage() -> None:
    """A stage on top of another starts with what that one left."""
    text = 'FROM x AS a\nENV A=1\nWORKDIR /a\nUSER joe\nCMD ["c"]\nFROM a\nENV B=$A\nARG A2\n'
    trace = read(text)
    values: dict[str, Value] = dict(trace.final.env)
    assert (values["B"], trace.final.workdir, trace.final.user) == ("1", "/a", "joe")
    assert trace.entry.cmd_argv == ("c",)
    assert trace.base == "a"


def test_onbuild() -> None:
    """ONBUILD triggers are listed and have no effect on the stage."""
    trace = read("FROM x\nONBUILD ENV A=1\nONBUILD RUN ls\n")
    assert [n.value for n in trace.onbuild] == ["ENV A=1", "RUN ls"]
    assert "A" not in trace.final.env


def test_escape_directive() -> None:
    """The file's escape character also escapes in words."""
    assert env_of("ENV A=1") == {"A": "1"}
    trace = read("# escape=`\nFROM x\nENV P=1 Q=`$P R=\\$P\n")
    assert (trace.final.env["Q"], trace.final.env["R"]) == ("$P", "\\")


def test_platform_of_trace() -> None:
    """The platform of FROM stands in the trace as written."""
    assert read("FROM --platform=linux/arm64 x\n").platform == "linux/arm64"
    assert read("FROM x\n").platform is None
