"""Whole verifications on an engine: what holds, what differs, what can't be compared."""

from __future__ import annotations

import secrets
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from imgslim.engine.connect import connect
from imgslim.engine.options import BuildOptions
from imgslim.errors import EngineOrSystemError
from imgslim.verify import exchange
from imgslim.verify.options import VerifyOptions
from imgslim.verify.probes import HttpProbe, Probes, RunProbe, TcpProbe, TextProbe
from imgslim.verify.verdict import Status, Verdict
from imgslim.verify.verify import Before, verify
from tests.engine_support import write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine_support import Docker

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("engine")]
BIG = "FROM busybox:musl\nRUN head -c 1000000 /dev/zero > /pad\n"
SMALL = "FROM busybox:musl\n"
QUICK = VerifyOptions(timeout=10, stop_timeout=1)
SITE = (
    """mkdir -p /w && cd /w && echo '<a href=a.html>a</a> <a href=/gone>b</a>' > index.html && echo text a > a.html"""
)
SERVE = "exec busybox httpd -f -p 80 -h /w"


def check(before: str, after: str, tmp_path: Path, options: VerifyOptions = QUICK) -> Verdict:
    """Verify two run-time parts; the first image is larger."""
    return verify(BIG + before, SMALL + after, tmp_path, options=options)


def failing(verdict: Verdict) -> set[str]:
    """The kinds of results that don't hold, the configuration's by name."""
    return {one.name if one.kind == "config" else one.kind for one in verdict.probes if not one.holds}


# --- what holds ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        "CMD echo out; echo err >&2; exit 3",
        "CMD date; date +%s; hostname; cat /proc/sys/kernel/random/uuid; echo pid $$",
        "CMD (echo one & echo two & echo three & wait)",
        f"EXPOSE 80\nCMD {SITE}; {SERVE}",
        "CMD while :; do nc -l -p 7000 -e echo welcome; done",
        "CMD nc -l -p $((40000 + $(date +%s) % 9000)) -e cat",
        "CMD exec sleep 600",
        "CMD trap 'echo bye; exit 4' TERM; while :; do sleep 0.1; done",
        "CMD i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.3; done",
        "CMD exec yes",
        "HEALTHCHECK CMD test -e /bin/busybox\nCMD exec sleep 600",
        "USER 65534:65534\nWORKDIR /w\nENV A=b\nVOLUME /v\nSTOPSIGNAL SIGINT\nCMD id; pwd; echo $A; ls -d /v",
    ],
)
def test_the_same_program_holds(tmp_path: Path, lines: str) -> None:
    """A smaller image with the same program is the same, whatever varies by itself."""
    verdict = check(lines, lines, tmp_path)
    assert (verdict.status, verdict.message) == (Status.HOLDS, "")
    assert verdict.before_bytes is not None
    assert verdict.after_bytes is not None
    assert verdict.before_bytes - verdict.after_bytes == 1_000_000
    assert sum(layer.size for layer in verdict.after_layers) == verdict.after_bytes
    assert any(layer.created_by.startswith("RUN") and layer.size == 1_000_000 for layer in verdict.before_layers)


def test_what_is_better_holds_and_is_said(tmp_path: Path) -> None:
    """A program that newly hears the stop signal, or becomes healthy, is no difference."""
    verdict = check(
        "HEALTHCHECK CMD test -e /healthy\nCMD exec sleep 600",
        "HEALTHCHECK CMD test -e /healthy\nCMD touch /healthy; trap 'exit 0' TERM; while :; do sleep 0.1; done",
        tmp_path,
        replace(QUICK, expected=frozenset({"config:entry"})),
    )
    assert (verdict.status, failing(verdict)) == (Status.HOLDS, set())
    assert "signal: better than the original: exits with 0" in verdict.notes
    assert "health: better than the original: healthy" in verdict.notes


def test_what_the_base_image_gave_may_go(engine: Docker, tmp_path: Path) -> None:
    """The base image is asked by building its FROM line; a given environment goes before."""
    base = engine.build("FROM busybox:musl\nENV BASE=1\nLABEL base=1\nRUN head -c 1000000 /dev/zero > /pad\n")
    verdict = verify(f"FROM {base}\nENV OWN=1\nCMD true\n", SMALL + "ENV OWN=1\nCMD true\n", tmp_path, options=QUICK)
    assert verdict.status is Status.HOLDS
    assert "config:Env: no longer as the base image had it: BASE" in verdict.notes
    given = replace(QUICK, base_env=(("OTHER", "1"),))
    verdict = verify(f"FROM {base}\nCMD true\n", SMALL + "CMD true\n", tmp_path, options=given)
    assert failing(verdict) == {"config:Env:BASE", "config:Labels:base"}


# --- what differs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ("exit 3", "exit 4", {"exit"}),
        ("echo hello", "echo hullo", {"output"}),
        ("echo hello", "echo hello >&2", {"output"}),
        (f"{SITE}; {SERVE}", f"{SITE}; echo other > /w/a.html; {SERVE}", {"body"}),
        (f"{SITE}; {SERVE}", f"{SITE}; rm /w/a.html; {SERVE}", {"http", "body"}),
        (f"{SITE}; {SERVE}", f"{SITE}; rm /w/index.html; {SERVE}", {"http", "body"}),
        (f"{SITE}; {SERVE}", f"{SITE}; exec busybox httpd -f -p 81 -h /w", {"ports", "http", "body"}),
        (f"{SITE}; {SERVE}", "exec nc -ll -p 80 -e sleep 600", {"http", "body"}),
        (f"{SITE}; {SERVE}", "exec sleep 600", {"ports", "http", "body"}),
        (f"{SITE}; {SERVE}", "exit 1", {"exit"}),
        ("while :; do nc -l -p 7000 -e echo a; done", "while :; do nc -l -p 7000 -e echo b; done", {"tcp"}),
        ("trap 'exit 4' TERM; while :; do sleep 0.1; done", "exec sleep 600", {"signal"}),
        ("exit 0", "exec sleep 600", {"exit"}),
    ],
)
def test_another_behaviour_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str, kinds: set[str]
) -> None:
    """Each kind of loss is seen, and only where it is."""
    monkeypatch.setattr(exchange, "TIMEOUT", 2.0)  # the servers here answer at once, or never
    options = replace(QUICK, expected=frozenset({"config:entry"}))
    verdict = check(f"CMD {before}\n", f"CMD {after}\n", tmp_path, options)
    assert verdict.status is Status.DIFFERS
    assert failing(verdict) == kinds
    assert verdict.message


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ("WORKDIR /w", "WORKDIR /", {"config:WorkingDir", "output"}),
        ("USER 1000", "", {"config:User"}),
        ("ENV A=1", "ENV A=2", {"config:Env:A"}),
        ("EXPOSE 80", "", {"config:ExposedPorts"}),
        ("STOPSIGNAL SIGINT", "", {"config:StopSignal"}),
        ("HEALTHCHECK CMD true", "HEALTHCHECK CMD false", {"config:Healthcheck"}),
    ],
)
def test_another_configuration_differs(tmp_path: Path, before: str, after: str, names: set[str]) -> None:
    """What inspect shows counts, although the run does not show it."""
    assert failing(check(f"{before}\nCMD pwd\n", f"{after}\nCMD pwd\n", tmp_path)) == names


def test_a_health_check_that_can_not_work_any_more(tmp_path: Path) -> None:
    """The same HEALTHCHECK fails where its file is gone."""
    before = "RUN touch /ok\nHEALTHCHECK --retries=2 CMD test -e /ok\nCMD exec sleep 600\n"
    after = "HEALTHCHECK --retries=2 CMD test -e /ok\nCMD exec sleep 600\n"
    assert failing(check(before, after, tmp_path)) == {"health"}


def test_a_program_that_does_not_start(tmp_path: Path) -> None:
    """The engine's own words are the result."""
    server = "RUN printf '#!/bin/sh\\necho up\\n' > /bin/server && chmod +x /bin/server\n"
    entry = 'CMD ["server", "x"]\n'
    verdict = check(server + entry, entry, tmp_path)
    assert failing(verdict) == {"start"}
    assert "not found" in next(one.after for one in verdict.probes if one.kind == "start")


def test_an_image_that_is_not_smaller(tmp_path: Path) -> None:
    """The same image is no rewrite."""
    verdict = verify(SMALL + "CMD true\n", SMALL + "CMD true\n", tmp_path, options=QUICK)
    assert (verdict.status, failing(verdict)) == (Status.DIFFERS, {"size"})


# --- what can't be compared ---------------------------------------------------------------------------------


def test_files_that_do_not_build(tmp_path: Path) -> None:
    """Which of the two, and why."""
    verdict = verify("FROM busybox:musl\nRUN echo broken; exit 7\n", SMALL, tmp_path, options=QUICK)
    assert (verdict.status, verdict.before_bytes) == (Status.BEFORE_DOES_NOT_BUILD, None)
    assert "exit code: 7" in verdict.message
    assert "broken" in verdict.message
    verdict = check("CMD true", "COPY none /\nCMD true", tmp_path)
    assert verdict.status is Status.AFTER_DOES_NOT_BUILD
    assert verdict.before_bytes is not None
    assert '"/none": not found' in verdict.message


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('CMD ["/none"]', "does not start"),
        ("CMD /none", "ends with 127"),
        ("CMD /etc/passwd", "ends with 126"),
    ],
)
def test_originals_that_do_not_run(tmp_path: Path, lines: str, says: str) -> None:
    """Nothing can be learned from a program that does not start."""
    verdict = check(lines, lines, tmp_path)
    assert verdict.status is Status.BEFORE_DOES_NOT_RUN
    assert says in verdict.message


@pytest.mark.parametrize(
    "run",
    [
        RunProbe(exit=1),
        RunProbe(stdout=(TextProbe(contains="hullo"),)),
        RunProbe(stdout=(TextProbe(regex="^h.llo, you$"),)),
        RunProbe(args=("/none",)),
    ],
)
def test_originals_that_do_not_do_what_is_demanded(tmp_path: Path, run: RunProbe) -> None:
    """A demand that the original itself does not meet is said before anything is compared."""
    verdict = check("CMD echo hello", "CMD echo hello", tmp_path, replace(QUICK, probes=Probes((run,))))
    assert verdict.status is Status.BEFORE_DOES_NOT_RUN


def test_no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no verdict without an engine."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    with pytest.raises(EngineOrSystemError) as caught:
        verify(BIG, SMALL, tmp_path)
    assert caught.value.code == "no-engine"


# --- probes and options -------------------------------------------------------------------------------------


def test_runs_with_arguments_environment_and_input(tmp_path: Path) -> None:
    """Each run is its own container; what only one of them reaches is seen, by the run's name."""
    entry = 'ENTRYPOINT ["sh", "-c", "cat; echo $A $B; test -e /pad; echo $? $1 >&2", "x"]\n'
    probes = Probes((RunProbe(stdin=b"in\n", env=(("B", "b"),)), RunProbe("second", args=("arg",), exit=0)))
    verdict = check(entry, entry, tmp_path, replace(QUICK, probes=probes, env=(("A", "a"),)))
    assert [one.name for one in verdict.probes if not one.holds] == ["stderr", "second: stderr"]
    shown = {one.name: one for one in verdict.probes}
    assert shown["stdout"].before == "in\na b\n"
    assert shown["second: stderr"].before == "0 arg\n"
    assert shown["second: exit as demanded"].holds


def test_probes_of_a_server(tmp_path: Path) -> None:
    """Requests, bytes and commands of the user's are compared; demands are checked."""
    site = f"{SITE}; mkdir cgi-bin; printf '#!/bin/sh\\necho; cat\\n' > cgi-bin/echo; chmod +x cgi-bin/echo"
    url = "'http://%s:%s/a.html' % (os.environ['IMGSLIM_ADDRESS'], os.environ['IMGSLIM_PORT'])"
    fetch = f'{sys.executable} -c "import os, urllib.request as u; print(u.urlopen({url}).read())"'
    run = RunProbe(
        http=(
            HttpProbe("/a.html", port=80, status=200, contains="text", content_type="text/html"),
            HttpProbe("/cgi-bin/echo", "POST", body=b"hello", contains="hello"),
        ),
        tcp=(TcpProbe(80, b"GET /a.html HTTP/1.0\r\n\r\n", "text a"),),
        commands=(fetch,),
    )
    options = replace(QUICK, probes=Probes((run,)), expected=frozenset({"config:entry"}))
    same = check(f"CMD {site}; {SERVE}\n", f"CMD {site}; {SERVE}\n", tmp_path, options)
    assert (same.status, same.message) == (Status.HOLDS, "")
    command = next(one for one in same.probes if one.name.startswith("command 1") and one.kind == "output")
    assert "text a" in command.before
    other = check(f"CMD {site}; {SERVE}\n", f"CMD {site}; echo more >> a.html; {SERVE}\n", tmp_path, options)
    names = {one.name for one in other.probes if not one.holds}
    assert {"probe 1: http GET 80/a.html body", "probe 3: tcp 80", "http GET 80/a.html body", command.name} == names
    broken = check(f"CMD {site}; {SERVE}\n", f"CMD {site}; rm -r cgi-bin a.html; {SERVE}\n", tmp_path, options)
    unmet = {one.name for one in broken.probes if not one.holds and one.kind == "demand"}
    assert unmet == {
        "probe 1: http GET 80/a.html as demanded",
        "probe 2: http POST /cgi-bin/echo as demanded",
        "probe 3: tcp 80 as demanded",
    }


@pytest.mark.parametrize(
    ("probe", "says"),
    [
        (HttpProbe(port=99), "no answer: no connection can be made"),
        (HttpProbe(status=204), "the status is 200, not 204"),
        (HttpProbe(contains="none"), "the body lacks 'none'"),
        (HttpProbe(content_type="image/png"), "the content type is 'text/html', not 'image/png'"),
    ],
)
def test_demands_on_answers(tmp_path: Path, probe: HttpProbe, says: str) -> None:
    """What the original's answer lacks is named."""
    options = replace(QUICK, timeout=6, probes=Probes((RunProbe(http=(probe,)),)))
    verdict = check(f"CMD {SITE}; {SERVE}", f"CMD {SITE}; {SERVE}", tmp_path, options)
    assert verdict.status is Status.BEFORE_DOES_NOT_RUN
    assert says in verdict.message


def test_ports_are_published_where_addresses_are_out_of_reach(tmp_path: Path) -> None:
    """An engine elsewhere (Docker Desktop) is asked through published ports, those found in the first run included."""
    engine = replace(connect(), is_direct=False)
    lines = f"CMD {SITE}; {SERVE}\n"
    options = replace(QUICK, expected=frozenset({"config:entry"}))
    with Before(BIG + "EXPOSE 80\n" + lines, tmp_path, options=options, engine=engine) as before:
        assert before.compare(SMALL + "EXPOSE 80\n" + lines).status is Status.HOLDS
        other = before.compare(SMALL + f"EXPOSE 80\nCMD {SITE}; rm a.html; {SERVE}\n")
        assert failing(other) == {"http", "body"}


def test_without_a_network(tmp_path: Path) -> None:
    """A network that is none holds for builds and runs; what can't be reached is not asked."""
    before = f"RUN ! ip route | grep default\nCMD {SITE}; {SERVE}\n"
    verdict = check(before, f"CMD {SITE}; {SERVE}\n", tmp_path, replace(QUICK, network="none"))
    assert verdict.status is Status.HOLDS
    assert {one.kind for one in verdict.probes} >= {"ports", "signal"}
    assert "http" not in {one.kind for one in verdict.probes}


def test_build_options_and_notes(tmp_path: Path) -> None:
    """Build options reach both builds; what had to be left out is noted once."""
    write_tree(tmp_path, {"a": "1", "b": "2", "Dockerfile.dockerignore": "b\n"})
    head = "# syntax=registry.invalid/docker/dockerfile:1\n"
    lines = "ARG X\nENV X=$X\nCOPY . /here\nCMD ls /here; echo $X\n"
    options = replace(QUICK, build=BuildOptions(build_args=("X=y",)))
    told: list[str] = []
    verdict = verify(
        head + BIG + lines,
        head + SMALL + lines,
        tmp_path,
        dockerfile=tmp_path / "Dockerfile",
        options=options,
        progress=told.append,
    )
    assert verdict.status is Status.HOLDS
    assert len([note for note in verdict.notes if "registry.invalid" in note]) == 1
    assert next(one for one in verdict.probes if one.name == "stdout").before == "Dockerfile.dockerignore\na\ny\n"
    assert "running the rewritten image" in told


def test_several_targets_share_the_original(tmp_path: Path) -> None:
    """The original is built and run once; what each target made is gone before the next."""
    told: list[str] = []
    with Before(
        BIG + f"RUN echo {secrets.token_hex(4)}\nCMD echo a", tmp_path, options=QUICK, progress=told.append
    ) as before:
        first = before.compare(SMALL + "CMD echo b")
        second = before.compare(SMALL + "CMD echo a")
        api = before.session.engine.api
        # The original and its base.
        assert len(api.images(name=f"imgslim-verify/{before.session.id}")) <= 2
        assert api.containers(all=True, filters={"label": f"io.imgslim.session={before.session.id}"}) == []
    assert (first.status, second.status) == (Status.DIFFERS, Status.HOLDS)
    assert told.count("building the original") == 1
    assert api.images(name=f"imgslim-verify/{before.session.id}") == []
