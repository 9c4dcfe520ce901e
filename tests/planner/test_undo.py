"""What a target image configures by itself: taken back, emptied, stated, or refused."""

from __future__ import annotations

from typing import Any

import pytest

from imgslim.images import ImageFacts, parse_reference, resolve
from imgslim.model import Declined, Line, RuntimeTarget
from imgslim.planner.undo import Undone, undo
from imgslim.records import replace
from imgslim.text import Span

_LINES = (Line("COPY --from=build /a /a"), Line('CMD ["/a"]'))
_SPAN = Span(0, 4)


def _target(**changes: Any) -> RuntimeTarget:  # noqa: ANN401  (fields of several types)
    facts = resolve(parse_reference("debian:bookworm-slim"))
    assert isinstance(facts, ImageFacts)
    return RuntimeTarget("x", "x:1", replace(facts, **changes))


def _texts(target: RuntimeTarget, lines: tuple[Line, ...] = _LINES) -> list[str]:
    undone = undo(target, lines, _SPAN)
    assert isinstance(undone, Undone)
    assert not undone.assumptions
    return [line.text for line in undone.lines if line not in lines]


@pytest.mark.parametrize(
    ("changes", "added"),
    [
        ({}, []),
        ({"user": "nobody"}, ["USER root"]),
        ({"user": "0"}, []),
        ({"workdir": "/app"}, ["WORKDIR /"]),
        ({"stopsignal": "SIGQUIT"}, ["STOPSIGNAL SIGTERM"]),
        ({"healthcheck": ("CMD", "true")}, ["HEALTHCHECK NONE"]),
        ({"entrypoint": ("/start",)}, ["ENTRYPOINT []"]),
        ({"env": (("LANG", "C.UTF-8"), ("VERSION", "1"))}, ["ENV LANG="]),
        ({"env": (("LC_ALL", "C"), ("LD_LIBRARY_PATH", "/x"))}, ["ENV LC_ALL=", "ENV LD_LIBRARY_PATH="]),
        ({"env": (("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"),),
          "ca_path": "/etc/ssl/certs/ca-certificates.crt"}, []),
        ({"shell_form": ("/bin/bash", "-c")}, []),
    ],
)  # fmt: skip
def test_what_is_taken_back(changes: dict[str, object], added: list[str]) -> None:
    """The engine's default is stated where the target has another; where it has that one nothing is."""
    assert _texts(_target(**changes)) == added


@pytest.mark.parametrize(
    ("line", "added"),
    [
        ("CMD ./a $X", ['SHELL ["/bin/sh", "-c"]']),
        ("RUN ldconfig", ['SHELL ["/bin/sh", "-c"]']),
        ("HEALTHCHECK CMD ./a", ['SHELL ["/bin/sh", "-c"]']),
        ("HEALTHCHECK NONE", []),
        ('CMD ["./a"]', []),
        ("EXPOSE 80", []),
    ],
)
def test_another_shell(line: str, added: list[str]) -> None:
    """Shell form goes through SHELL, exec form does not."""
    assert _texts(_target(shell_form=("/bin/bash", "-c")), (Line(line),)) == added


@pytest.mark.parametrize("line", ["ENV LANG=de_DE.UTF-8", "ENV LANG de_DE.UTF-8", 'ENV A=1 LANG="x y"'])
def test_a_variable_that_the_stage_sets(line: str) -> None:
    """It is the original's own."""
    assert _texts(_target(env=(("LANG", "C.UTF-8"),)), (Line(line), *_LINES)) == []


@pytest.mark.parametrize(
    ("changes", "line", "refused"),
    [
        ({"expose": ("80/tcp",)}, "", True),
        ({"expose": ("80/tcp",)}, "EXPOSE 80", False),
        ({"expose": ("80/tcp",)}, "EXPOSE 8080 80/tcp", False),
        ({"expose": ("80/tcp",)}, "EXPOSE 80/udp", True),
        ({"volumes": ("/data",)}, "", True),
        ({"volumes": ("/data",)}, 'VOLUME ["/data"]', False),
        ({"onbuild": ("RUN x",)}, "", True),
        ({"expose": None, "volumes": None}, "", False),
    ],
)
def test_what_can_not_be_taken_back(changes: dict[str, object], line: str, refused: bool) -> None:  # noqa: FBT001
    """Ports, volumes and triggers last; where the original has the same nothing is lost."""
    lines = (Line(line), *_LINES) if line else _LINES
    outcome = undo(_target(**changes), lines, _SPAN)
    assert isinstance(outcome, Declined) is refused
    assert not isinstance(outcome, Declined) or outcome.reason == "target-configures"


@pytest.mark.parametrize("name", ["TZ", "SSL_CERT_DIR", "GODEBUG"])
def test_a_variable_that_can_not_be_emptied(name: str) -> None:
    """Empty, it means something else than not set: stated."""
    undone = undo(_target(env=((name, "x"),)), _LINES, _SPAN)
    assert isinstance(undone, Undone)
    assert [a.reason for a in undone.assumptions] == ["target-configures"]
    assert name in undone.assumptions[0].message
