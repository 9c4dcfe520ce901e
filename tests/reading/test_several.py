"""The last of several stages: what it copies is known from the stages before, and what is not known stays open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imgslim.context import MemoryContext
from imgslim.meaning import stages, whole_trace
from imgslim.meaning.base import BaseState
from imgslim.meaning.effects import FromContext, MadeBy
from imgslim.model import Declined, Project, Rewritten, Unchanged
from imgslim.reading.several import read_last
from imgslim.service import Options, slim
from imgslim.syntax import parse
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.model import Findings, Outcome

C = {"hello.c": '#include <stdio.h>\nint main(void)\n{\n    puts("hello");\n}\n', "conf": "a\n", "d/one": "1\n"}
BUILD = "FROM gcc:12-bookworm AS build\nWORKDIR /src\nCOPY . .\nRUN gcc -o /out/hello hello.c\n"
LAST = 'FROM debian:bookworm\nCOPY --from=build /out/hello /hello\nCMD ["/hello"]\n'


def read(text: str, **options: object) -> tuple[Project, Findings]:
    """The last stage and what is found in it."""
    found = read_last(parse(text), MemoryContext(C), Options(last_stage=True, **options))  # type: ignore[arg-type]
    assert not isinstance(found, Declined | Unchanged), found
    return found


def planned(text: str, target: str = "scratch", files: dict[str, str] | None = None, **options: object) -> Outcome:
    """What becomes of a file's last stage."""
    context = MemoryContext(C | (files or {}))
    return slim(text, context, Options(target=target, last_stage=True, **options))  # type: ignore[arg-type]


def rewritten(text: str, target: str = "scratch", files: dict[str, str] | None = None, **options: object) -> str:
    """The new text."""
    outcome = planned(text, target, files, **options)
    assert isinstance(outcome, Rewritten), outcome
    return outcome.after


@pytest.mark.parametrize(
    ("copy", "path", "origin"),
    [
        ("COPY --from=build /src/conf /etc/conf", "/etc/conf", "conf"),
        ("COPY --from=build /src/conf /etc/", "/etc/conf", "conf"),
        ("COPY --from=BUILD src/conf /etc/", "/etc/conf", "conf"),
        ("COPY --from=0 /src/d /data", "/data/one", "d/one"),
        ("COPY --from=build /src/d/one /src/conf /data/", "/data/one", "d/one"),
        ("WORKDIR /data\nCOPY --from=build /src/d .", "/data/one", "d/one"),
    ],
)
def test_files_of_the_context_come_through(copy: str, path: str, origin: str) -> None:
    """A context file stays one on its way through another stage."""
    project, _ = read(f'{BUILD}FROM debian:bookworm\n{copy}\nCMD ["/a"]\n')
    assert project.files.origin(path) == FromContext(origin)


def test_what_a_stage_made_is_made_by_the_copy() -> None:
    """A file that a step wrote, a folder, and what nobody knows."""
    text = (
        "FROM debian AS build\nRUN mkdir -p /a && echo x > /a/b && ./configure\n"
        'FROM debian\nCOPY --from=build /a /c\nCOPY --from=build /z /z\nCOPY --from=build /a* /d/\nCMD ["/c/b"]\n'
    )
    project, _ = read(text)
    assert isinstance(project.files.origin("/c/b"), MadeBy)
    assert project.files.kind("/c") == "folder"
    assert isinstance(project.files.origin("/z"), Unknown)
    assert isinstance(project.files.origin("/d/b"), Unknown)


@pytest.mark.parametrize(
    ("copy", "path"),
    [
        ("COPY --from=build /out/hello /usr/local/bin/", "/usr/local/bin/hello"),
        ("COPY --from=build /out/hello /usr/local/bin/hi", "/usr/local/bin/hi"),
        ("COPY --from=build /out /app", "/app/hello"),
        ("COPY --from=build /out/* /app/", "/app/hello"),
        ("COPY --from=build /o*/hello /app/", "/app/hello"),
        ("COPY --from=build /src/conf /out/hello /app/", "/app/hello"),
    ],
)
def test_programs_come_through(copy: str, path: str) -> None:
    """The program of the stage before, at its place in the last one, with its own command and libraries."""
    _, found = read(f'{BUILD}FROM debian:bookworm\n{copy}\nCMD ["{path}"]\n')
    (product,) = found.products
    assert product.path == path
    assert product.libc is not None
    assert not product.sources


@pytest.mark.parametrize("copy", ["COPY --from=build /out/other /app", "COPY --from=build /outside /app"])
def test_other_files_are_no_programs(copy: str) -> None:
    """What no command built is no product."""
    _, found = read(f'{BUILD}FROM debian:bookworm\n{copy}\nCMD ["/app"]\n')
    assert found.products == ()


def test_through_two_stages() -> None:
    """A stage in between hands on what another built."""
    text = f"{BUILD}FROM scratch AS files\nCOPY --from=build /out/hello /bin/hi\n" + LAST.replace(
        "--from=build /out/hello", "--from=files /bin/hi"
    )
    assert "FROM scratch\nCOPY --from=files /bin/hi /hello\n" in rewritten(text)
    assert "-static" in rewritten(text)


def test_a_stage_on_a_stage_sees_its_scope() -> None:
    """ENV, ARG, WORKDIR and USER go on; its own ENTRYPOINT empties the CMD below."""
    text = (
        'FROM base AS a\nARG V=1\nENV E=2\nWORKDIR /w\nUSER u\nCMD ["below"]\n'
        'FROM a AS b\nLABEL x=$V$E\nENTRYPOINT ["own"]\nFROM a AS c\nRUN true\n'
    )
    tree = parse(text)
    own, plain = (whole_trace(tree, n, BaseState(), {}) for n in (1, 2))
    assert (own.final.workdir, own.final.user, own.final.env["E"], own.final.args["V"]) == ("/w", "u", "2", "1")
    assert own.entry.cmd_argv == ()
    assert plain.entry.cmd_argv == ("below",)
    assert [s.node.keyword for s in plain.steps] == ["ARG", "ENV", "WORKDIR", "USER", "CMD", "RUN"]
    assert own.base == "base"
    assert len(stages(tree, {})) == 3


def test_a_stage_that_others_use_is_not_changed() -> None:
    """By another stage, by a stage on top of it, or by name from outside."""
    other = "FROM debian AS other\nCOPY --from=build /out/hello /other\n"
    assert "gcc -static" in rewritten(BUILD + LAST)
    for text, kept in ((BUILD + other + LAST, ()), (BUILD + "FROM build AS test\nRUN true\n" + LAST, ())):
        assert "gcc -static" not in rewritten(text, kept_stages=kept)
    assert "gcc -static" not in rewritten(BUILD + LAST, kept_stages=("build",))
    assert "gcc -static" not in rewritten(BUILD + LAST, kept_stages=("0",))
    assert "gcc -static" in rewritten(BUILD + LAST, kept_stages=("another",))


def test_only_what_the_last_stage_uses_is_read() -> None:
    """A stage that nothing copies from may be whatever it is."""
    assert "FROM scratch\n" in rewritten(f"FROM $NOBODY_KNOWS AS odd\nRUN x\n{BUILD}{LAST}")
    outcome = planned(f'{BUILD}FROM $NOBODY_KNOWS\nCMD ["/hello"]\n')
    assert isinstance(outcome, Declined)
    assert outcome.reason == "variable-in-from"


def test_an_argument_before_the_first_stage() -> None:
    """It names images and, declared again, is seen in a stage."""
    text = "ARG DEBIAN=bookworm\n" + (BUILD + LAST).replace("FROM debian:bookworm", "FROM debian:${DEBIAN}")
    assert "ARG DEBIAN=bookworm\n" in rewritten(text)
    assert "FROM scratch\nCOPY --from=build /out/hello /hello\n" in rewritten(text)


@pytest.mark.parametrize(
    ("step", "stays"),
    [
        ("RUN apt-get update && apt-get install -y curl", True),
        ("RUN rm -rf /var/lib/apt/lists/*", True),
        ("RUN rm -rf /srv/page", False),
        ("RUN rm -rf $(cat /list)", False),
        ("RUN find / -name '*.md' -delete", False),
        ("RUN chmod +x /srv/hello", False),
        ("RUN chown -R 1000 /srv", False),
        ("RUN ./install.sh", False),
        ("RUN setcap cap_net_raw+ep /srv/hello", False),
        ("RUN curl -o /srv/page https://example.com", False),
        ('SHELL ["/bin/bash", "-c"]', False),
    ],
)
def test_the_stage_stays_where_no_step_counts(step: str, *, stays: bool) -> None:
    """A step that may change what was copied, or add to it, keeps the stage as one to copy from."""
    text = f'{BUILD}FROM debian:bookworm\nCOPY --from=build /out/hello /srv/\n{step}\nCMD ["/srv/hello"]\n'
    outcome = planned(text)
    assert isinstance(outcome, Rewritten), outcome
    assert (outcome.plan.in_place is not None) is stays
    assert ("FROM debian:bookworm AS builder\n" in outcome.after) is not stays


def test_what_a_step_made_is_not_lost() -> None:
    """A file beside what was copied, made by a step before or after: it goes along from the old last stage."""
    files = {"hello.c": '#include <stdio.h>\nint main(void)\n{\n    fopen("/srv/page", "r");\n}\n'}
    copy = "COPY --from=build /out/hello /srv/\n"
    for steps in (f"RUN echo x > /srv/page\n{copy}", f"{copy}RUN echo x > /srv/page\n"):
        text = f'{BUILD}FROM debian:bookworm\n{steps}CMD ["/srv/hello"]\n'
        assert "COPY --from=builder /srv" in rewritten(text, files=files)


def test_variables_are_stated_once() -> None:
    """What the last stage sets stays in its place; a value that means the old image's is stated whole."""
    plain = BUILD + LAST.replace("CMD", "ENV A=b C=$A\nEXPOSE 80\nCMD")
    assert "FROM scratch\nCOPY --from=build /out/hello /hello\nENV A=b C=$A\nEXPOSE 80\nCMD" in rewritten(plain)
    path = BUILD + LAST.replace("CMD", "ENV PATH=/opt/bin:$PATH\nCMD")
    assert "ENV PATH=/opt/bin:/usr/local/sbin" in rewritten(path)
    assert rewritten(path).count("ENV PATH=/opt/bin:$PATH") <= 1


def test_the_entry_changes_in_place() -> None:
    """Shell form of one literal command is exec form where there is no shell."""
    text = BUILD + LAST.replace('CMD ["/hello"]', "CMD /hello --now")
    assert rewritten(text).endswith('FROM scratch\nCOPY --from=build /out/hello /hello\nCMD ["/hello", "--now"]\n')
    assert rewritten(text.rstrip("\n")).endswith('CMD ["/hello", "--now"]')


def test_the_last_stage_only_configures() -> None:
    """Built on the stage that builds: it copies from that by its name."""
    text = f'{BUILD}FROM build AS final\nENV A=b\nCMD ["/out/hello"]\n'
    after = rewritten(text)
    assert "\nFROM scratch AS final\n" in after
    assert "COPY --from=build /out/hello /out/hello\n" in after
    assert after.count("FROM ") == 2


def test_triggers_are_refused() -> None:
    """ONBUILD of a stage below, or of the last one."""
    for text in (
        BUILD + LAST.replace("CMD", "ONBUILD RUN true\nCMD"),
        BUILD + 'ONBUILD RUN true\nFROM build\nCMD ["/out/hello"]\n',
    ):
        outcome = planned(text)
        assert isinstance(outcome, Declined)
        assert outcome.reason == "onbuild"


@pytest.mark.parametrize(
    ("before", "destination", "entry", "copy"),
    [
        # a folder that a step or the base image made, and the next image lacks: COPY would make a file of its name
        ("RUN mkdir /app", "/app", "/app/hello", "COPY --from=build /out/hello /app/\n"),
        ("", "/usr/local/bin", "hello", "COPY --from=build /out/hello /usr/local/bin/\n"),
        ("ENV D=/opt", "$D", "/opt/hello", "COPY --from=build /out/hello /opt/\n"),
        ("RUN mkdir /a && useradd u\nUSER u", "/a", "/a/hello", "COPY --from=build /out/hello /a/\n"),
        # a link, which is gone as well
        ("RUN mkdir -p /app/x && ln -s /app/x /y", "/y", "/app/x/hello", "COPY --from=build /out/hello /app/x/\n"),
        # the twins: a folder by the instruction's own word, one that WORKDIR makes again, and a file
        ("RUN mkdir /app", "/app/", "/app/hello", "COPY --from=build /out/hello /app/\n"),
        ("WORKDIR /app", "/app", "./hello", "COPY --from=build /out/hello /app\n"),
        ("WORKDIR /app", ".", "./hello", "COPY --from=build /out/hello .\n"),
        ("RUN mkdir /app", "/app/hi", "/app/hi", "COPY --from=build /out/hello /app/hi\n"),
    ],
)
def test_a_folder_is_one_on_the_next_image(before: str, destination: str, entry: str, copy: str) -> None:
    """What a COPY goes into is said to be a folder where only the old image shows that it is."""
    last = f'FROM debian:bookworm\n{before}\nCOPY --from=build /out/hello {destination}\nCMD ["{entry}"]\n'
    assert copy in rewritten(BUILD + last).rpartition("FROM scratch")[2]


def test_a_folder_in_a_list() -> None:
    """A destination in a JSON array is not written anew: what it filled is taken from the stage."""
    last = 'FROM debian:bookworm\nRUN mkdir /a\nCOPY --from=build ["/out/hello", "/a"]\nCMD ["/a/hello"]\n'
    assert "COPY --from=builder /a /a\n" in rewritten(BUILD + last).rpartition("FROM scratch")[2]


@pytest.mark.parametrize(
    ("tool", "reason"),
    [
        ("go mod download", "entry-not-built"), ("npm ci", "entry-not-built"),
        # the twin: no toolchain reads it, so that it may have made the program
        ("dotnet publish -o /out", "unknown-toolchain"), ("zig build", "unknown-toolchain"),
    ],
)  # fmt: skip
def test_a_copy_of_what_nothing_makes(tool: str, reason: str) -> None:
    """Where no step is known to make what comes from another stage, the refusal blames no tool that is known."""
    text = f"FROM debian:bookworm AS build\nWORKDIR /src\nRUN {tool}\n{LAST.replace('/out/hello', '/gone')}"
    outcome = planned(text)
    assert isinstance(outcome, Declined)
    assert outcome.reason == reason


DIGEST = "@sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("base", "target"),
    [
        # one image, by another of its names
        (f"debian:bookworm-slim{DIGEST}", "debian:bookworm-slim"), ("debian:12-slim", "debian:bookworm-slim"),
        ("docker.io/library/ubuntu:noble", "ubuntu:24.04"), ("debian:stable-slim", "debian:trixie-slim"),
        # of few packages, or of nobody knows which: a distribution is no smaller
        ("gcr.io/distroless/base-debian12", "debian:bookworm-slim"), ("example.org/own/base:1", "debian:bookworm-slim"),
    ],
)  # fmt: skip
def test_the_same_or_a_larger_image_is_no_rewrite(base: str, target: str) -> None:
    """What sizes nobody knows is told by names and by what an image is made of."""
    outcome = planned(BUILD + LAST.replace("debian:bookworm", base), target)
    assert isinstance(outcome, Unchanged), outcome
    assert outcome.reason == "already-minimal"


@pytest.mark.parametrize(
    ("base", "target"),
    [
        ("debian:bookworm", "debian:bookworm-slim"), (f"debian:bookworm{DIGEST}", "debian:bookworm-slim"),
        ("gcc:12-bookworm", "debian:bookworm-slim"), ("gcr.io/distroless/base-debian12", "scratch"),
        ("debian:bookworm-slim", "scratch"),
    ],
)  # fmt: skip
def test_a_smaller_image_is_one(base: str, target: str) -> None:
    """The twin: the same release without what only the full image holds, and none at all."""
    assert isinstance(planned(BUILD + LAST.replace("debian:bookworm", base), target), Rewritten)


def test_nothing_smaller_is_no_rewrite() -> None:
    """A larger target, the same one, or none that helps."""
    for base, target in (
        ("alpine:3.20", "ubuntu"),
        ("debian:bookworm-slim", "debian:bookworm-slim"),
        ("scratch", "auto"),
    ):
        outcome = planned(BUILD + LAST.replace("debian:bookworm", base), target)
        assert isinstance(outcome, Unchanged)
        assert outcome.reason == "already-minimal"
