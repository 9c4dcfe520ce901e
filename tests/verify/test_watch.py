"""The original is watched while it is asked what a comparison asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from imgslim.engine.options import BuildOptions, BuildSource
from imgslim.engine.session import Session
from imgslim.engine.traced import Traced
from imgslim.engine.tracer import NoTracer
from imgslim.evidence import Access, Observed
from imgslim.evidence.observed import together
from imgslim.records import replace
from imgslim.verify import watch as watching
from imgslim.verify.facts import Fact
from imgslim.verify.mask import Sample
from imgslim.verify.observe import observe
from imgslim.verify.options import VerifyOptions
from imgslim.verify.probes import HttpProbe, Probes, RunProbe
from imgslim.verify.watch import watch, watch_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imgslim.engine.images import BuiltImage
    from tests.engine_support import Docker

READ = Access.READ
SERVER = """\
FROM busybox:glibc
RUN mkdir -p /w/sub && cd /w \\
 && echo '<a href=sub/a.html></a><form action=/sub/b.html><input name=q></form>' > index.html \\
 && echo a > sub/a.html && echo b > sub/b.html && echo c > sub/asked.html && echo d > sub/never.html
WORKDIR /w
USER 65534
EXPOSE 8080
HEALTHCHECK CMD cat sub/../health 2>/dev/null || test -e /w
STOPSIGNAL SIGINT
CMD trap 'cat /etc/group > /dev/null; exit 4' INT; httpd -p 8080 -h /w; while :; do sleep 0.1; done
"""


@pytest.fixture(scope="module")
def session(engine: Docker) -> Iterator[Session]:
    """Open a session."""
    assert engine.prefix
    with Session() as opened:
        yield opened


def build(session: Session, text: str, folder: Path) -> BuiltImage:
    """Build an image."""
    return session.build(BuildSource(text.encode(), folder), BuildOptions())


@pytest.mark.engine
def test_a_server(session: Session, tmp_path: Path) -> None:
    """Links, forms, the user's probes, the health check and the stop signal: what each of them uses is seen."""
    image = build(session, SERVER, tmp_path)
    run = RunProbe(http=(HttpProbe("/sub/asked.html"),))
    options = VerifyOptions(probes=Probes((run,)))
    seen = observe(session, image, run, options)
    found = watch(session, image, run, options, seen=seen)
    assert found is not None
    assert found.cut == ""
    for path in ("/w/index.html", "/w/sub/a.html", "/w/sub/b.html", "/w/sub/asked.html", "/etc/group"):
        assert found.uses.get(path, Access.MISSING) & READ, path
    assert "/w/sub/never.html" not in found.uses
    assert found.uses["/w/sub/../health"] == Access.MISSING
    assert found.started[0].path == "/bin/sh"
    assert {"http GET 8080/", "http GET 8080/sub/b.html?q=", "SIGINT", "HEALTHCHECK"} <= set(found.probes)
    assert "<a href=sub/a.html>" in found.said


@pytest.mark.engine
def test_every_run_of_the_probes(session: Session, tmp_path: Path) -> None:
    """Runs are taken together; one that ends differently from before is told."""
    image = build(session, 'FROM busybox:musl\nENTRYPOINT ["cat"]\nCMD ["/etc/passwd"]\n', tmp_path)
    runs = (RunProbe(), RunProbe(args=("/etc/group", "/none"), name="two"))
    options = VerifyOptions(probes=Probes(runs))
    seen = observe(session, image, runs[0], options)
    found = watch_all(session, image, options, seen=(seen, seen))
    assert found is not None
    assert found.uses["/etc/passwd"] & found.uses["/etc/group"] & READ
    assert found.uses["/none"] == Access.MISSING
    assert found.cut == "under the tracer: exits with 1, without it: exits with 0"


@pytest.mark.engine
def test_rights_that_the_filter_would_take(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that starts a set-user-ID program, or goes differently with the filter, is watched again without it."""
    ways: list[bool] = []

    class Counted(Traced):
        def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  (those of Traced)
            ways.append(options["filtered"])
            super().__init__(*args, **options)

    monkeypatch.setattr(watching, "Traced", Counted)
    text = (
        "FROM busybox:glibc\nRUN cp /bin/busybox /bin/id2 && chmod u+s /bin/id2 && ln -s id2 /bin/other\nUSER 65534\n"
    )
    rights = {"/bin/id2": 0o4755, "/bin/other": 0o4755, "/bin/true": 0o755, "/bin/id": 0o755, "/bin/sh": 0o755}
    for command, expected in (("true", [True]), ("other true", [True, False]), ("./none; id -u", [True])):
        image = build(session, f"{text}CMD {command}\n", tmp_path)
        run, options = RunProbe(), VerifyOptions()
        seen = observe(session, image, run, options)
        ways.clear()
        found = watch(session, image, run, options, seen=seen, gains=lambda path: bool(rights[path] & 0o4000))
        assert found is not None
        assert (found.cut, ways) == ("", expected), command
    seen = replace(seen, facts=(Fact("exit", "exit", Sample("exits with 9")),))
    found = watch(session, image, run, options, seen=seen, gains=lambda _: False)
    assert found is not None
    assert found.cut == "under the tracer: exits with 0, without it: exits with 9"
    assert ways[-2:] == [True, False]
    ways.clear()
    assert watch(session, image, run, options, gains=None) is not None
    assert ways == [False]


@pytest.mark.engine
def test_what_does_not_start(session: Session, tmp_path: Path) -> None:
    """The reason is told, and nothing is taken for used."""
    image = build(session, 'FROM busybox:musl\nUSER nobody-here\nCMD ["true"]\n', tmp_path)
    found = watch(session, image, RunProbe(), VerifyOptions())
    assert found is not None
    assert found.uses == {}
    assert found.cut.startswith("it does not start: ")


@pytest.mark.engine
def test_where_it_is_impossible(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said once, and the work goes on without."""
    image = build(session, 'FROM busybox:musl\nCMD ["true"]\n', tmp_path)
    said: list[str] = []

    def refuse(*_args: object, **_options: object) -> None:
        raise NoTracer("not here")

    with monkeypatch.context() as patch:
        patch.setattr(watching, "Traced", refuse)
        assert watch_all(session, image, VerifyOptions(), said.append, gains=lambda _: False) is None
        assert said[-1] == "cannot watch the program run: not here"
        assert watch(session, image, RunProbe(), VerifyOptions()) is None
    monkeypatch.setattr(watching, "provide", refuse)
    said.clear()
    assert watch_all(session, image, VerifyOptions(), said.append) is None
    assert watch(session, image, RunProbe(), VerifyOptions()) is None
    assert said == ["cannot watch the program run: not here"]


def test_runs_taken_together() -> None:
    """Uses add up, in the order of the runs; what is the same stands once."""
    one = Observed({"/a": READ}, (), ("p",), "cut", said="1")
    two = Observed({"/b": READ, "/a": Access.WRITTEN}, (), ("p", "q"), "cut", said="2")
    found = together((one, Observed({}, (), ()), two))
    assert found.said == "1\n2"
    assert list(found.uses.items()) == [("/a", READ | Access.WRITTEN), ("/b", READ)]
    assert (found.probes, found.cut) == (("p", "q"), "cut")
    assert found.having(Access.WRITTEN) == ("/a",)
