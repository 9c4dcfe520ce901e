"""Files that steps make, and folders that have an owner or a mode: what becomes of them."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

_NONE = 'package main\n\nfunc main() { println("x") }\n'
_OPEN = 'package main\n\nimport "os"\n\nfunc main() { os.ReadFile(os.Args[1]) }\n'
_NAMED = 'package main\n\nimport "os"\n\nfunc main() { os.ReadFile("/motd") }\n'


def _slim(steps: str, main: str = _NONE, cmd: str = 'CMD ["/app"]') -> Rewritten:
    text = f"FROM golang:1.22\nWORKDIR /src\nCOPY main.go go.mod ./\nRUN go build -o /app .\n{steps}\n{cmd}\n"
    files: dict[str, str | bytes] = {
        "main.go": main,
        "go.mod": "module x\n",
        "motd": "hi\n",
        "data/a.txt": "a\n",
        "d.tgz": b"\x1f\x8b\x08x",
    }
    outcome = slim(text, MemoryContext(files), Options(target="scratch"))
    assert isinstance(outcome, Rewritten)
    return outcome


def _carried(outcome: Rewritten) -> str:
    """What imgslim wrote: the end of the build stage, and the runtime stage."""
    return outcome.after[outcome.after.rindex("# ") if "cp -" in outcome.after else outcome.after.rindex("FROM") :]


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        ("COPY motd ./\nRUN mv motd /motd", "COPY --from=build /motd /motd"),
        ("COPY motd ./\nRUN cp motd /etc/motd.x", "COPY --from=build /etc/motd.x /etc/motd.x"),
        ("COPY motd /x/\nRUN ln -s /x/motd /motd", "COPY --from=build /motd /motd"),
        ("COPY data ./data\nRUN install -m 600 data/a.txt /a", "COPY --from=build /a /a"),
        ("COPY data ./data\nRUN cp data/*.txt /etc/", "COPY --from=build /etc/a.txt /etc/a.txt"),
        ("COPY <<EOF /motd\nhi\nEOF", "COPY --from=build /motd /motd"),
        ("ADD https://example.com/a.conf /opt/my/", "COPY --from=build /opt/my/a.conf /opt/my/a.conf"),
        ("ADD d.tgz /opt/my/", "COPY --from=build /opt/my /opt/my"),
        ("RUN ln -sf /usr/share/zoneinfo/Europe/Rome /etc/localtime", "/etc/localtime: read by libraries"),
        ("RUN echo 'hosts: files' > /etc/nsswitch.conf", "/etc/nsswitch.conf: read by libraries"),
        ("COPY --chown=5:5 data /data", "COPY --from=build --chown=5:5 /data /data"),
        ("COPY data /data\nRUN chown -R 5:5 /data", "cp -a /data /runtime/"),
        ("COPY data /data\nRUN chmod 777 /data", "cp -a /data /runtime/"),
        ("COPY --chmod=700 data /data", "cp -a /data /runtime/"),
        ("RUN chmod 777 /src", "mkdir -p /runtime/src; chmod 777 /runtime/src"),
        ("RUN chown 5 /src && chmod 700 /src", "chown 5 /runtime/src; chmod 700 /runtime/src"),
        ("COPY data ./data\nRUN chown -R 5 /src", "COPY --from=build --chown=5 /src/data /src/data"),
        ("COPY --chown=5 . .", "chown 5 /runtime/src"),
    ],
)
def test_what_the_author_placed_goes_along(steps: str, line: str) -> None:
    """Whatever the program opens: what was copied by name stays with it when it is moved; owners and modes do too."""
    outcome = _slim(steps)
    assert line in outcome.after
    assert not outcome.plan.assumptions


@pytest.mark.parametrize(
    ("steps", "path"),
    [
        ("RUN echo hi > /motd", "/motd"),
        ("RUN mkdir -p /data && cp main.go /data/ && rm -rf /data", "/data"),
        ("COPY motd ./\nRUN rm motd", "motd"),
        ("COPY motd ./\nRUN mv motd /tmp/motd && rm /tmp/motd", "motd"),
        ("RUN echo deb > /etc/apt/sources.list.d/x.list", "/etc/apt"),
        ("ADD https://example.com/go.tgz /src/", "go.tgz"),
        ("RUN ln -s /usr/bin/python3 /usr/bin/python", "python"),
        ("COPY data /data", "--chown"),
        ("COPY data /data\nRUN chmod 600 /data/a.txt", "/runtime"),
    ],
)
def test_what_nothing_asks_for_stays(steps: str, path: str) -> None:
    """A program that names every file it opens leaves no question about the others."""
    outcome = _slim(steps)
    assert path not in _carried(outcome)
    assert not outcome.plan.assumptions


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        ("RUN echo hi > /motd", "COPY --from=build /motd /motd"),
        (
            "RUN curl -fo /usr/share/geo.dat https://example.com/",
            "COPY --from=build /usr/share/geo.dat /usr/share/geo.dat",
        ),
        ("RUN sed -i s/a/b/ /etc/issue", "COPY --from=build /etc/issue /etc/issue"),
    ],
)
def test_a_program_that_may_open_anything_gets_what_was_made(steps: str, line: str) -> None:
    """Where paths are computed, what a step surely made outside of the build's folders goes along."""
    outcome = _slim(steps, _OPEN)
    assert line in outcome.after
    assert "data-files-unproven" in {a.reason for a in outcome.plan.assumptions}


@pytest.mark.parametrize(
    ("steps", "shown"),
    [
        ("COPY --from=nginx:1.25 /etc/nginx/nginx.conf /motd", "/motd"),
        ("RUN if test -e /x; then echo a > /opt/x; fi", "/opt/x"),
        ("RUN tar -xf x.tar -C /opt/data", "/opt/data"),
    ],
)
def test_what_may_be_there_is_listed(steps: str, shown: str) -> None:
    """A COPY of what is not there stops the build, so it is stated instead; of a closed case it is not."""
    outcome = _slim(steps, _OPEN)
    stated = [a.message for a in outcome.plan.assumptions if a.reason == "run-effects-unproven"]
    assert any(shown in message for message in stated)
    assert not _slim(steps).plan.assumptions


@pytest.mark.parametrize(
    "steps",
    [
        "RUN echo hi > /motd",
        "COPY <<EOF /motd\nhi\nEOF",
        "COPY motd /",
        "COPY --from=nginx:1.25 /etc/motd /motd",
        "COPY --from=nginx:1.25 /etc/motd /",
    ],
)
@pytest.mark.parametrize(
    ("main", "cmd"),
    [
        (_NAMED, 'CMD ["/app"]'),
        (_NONE, 'CMD ["/app", "/motd"]'),
        (_NONE, 'ENTRYPOINT ["/app"]\nCMD ["--file=/motd"]'),
    ],
)
def test_what_is_named_goes_along(steps: str, main: str, cmd: str) -> None:
    """A path that the program or its arguments name comes along, whoever put it there."""
    outcome = _slim(steps, main, cmd)
    assert "COPY --from=build /motd /motd" in outcome.after
    assert not outcome.plan.assumptions


def test_what_is_named_and_not_known_to_be_there_is_stated() -> None:
    """The program opens it, and no step is known to make it."""
    outcome = _slim("", _NAMED)
    assert [a.reason for a in outcome.plan.assumptions] == ["file-unproven"]


def test_many_made_files_are_listed() -> None:
    """More lines than a person would write are no help: they are stated."""
    outcome = _slim("RUN " + " && ".join(f"echo {n} > /opt/f{n}" for n in range(12)), _OPEN)
    assert "COPY --from=build /opt/f1 " not in outcome.after
    assert any("/opt/f0, /opt/f1" in a.message for a in outcome.plan.assumptions)
