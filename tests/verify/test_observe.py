"""What one run shows, told by containers that are none."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from typing import TYPE_CHECKING, cast

import pytest

from imgslim.verify import exchange, servers
from imgslim.verify import observe as observing
from imgslim.verify import settle as settling
from imgslim.verify.described import PLACES
from imgslim.verify.explore import MOST_PAGES
from imgslim.verify.facts import MUST_BE_KILLED, Observation, Plan
from imgslim.verify.observe import observe
from imgslim.verify.options import VerifyOptions
from imgslim.verify.probes import HttpProbe, RunProbe, TcpProbe, TextProbe
from imgslim.verify.settle import settle
from tests.verify.fakes import FakeContainer, FakeSession, image, site, talker

if TYPE_CHECKING:
    from imgslim.engine.container import Container
    from imgslim.engine.images import BuiltImage
    from imgslim.engine.session import Session

HTML = {"Content-Type": "text/html"}
OPTIONS = VerifyOptions(timeout=3, stop_timeout=1)


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten what only waits."""
    monkeypatch.setattr(settling, "_STABLE", 0.05)
    monkeypatch.setattr(settling, "_QUIET", 0.2)
    monkeypatch.setattr(observing, "_PATIENCE", 0.6)
    monkeypatch.setattr(observing, "_HEALTH_SLACK", -2.5)
    monkeypatch.setattr(exchange, "_SILENCE", 0.1)
    monkeypatch.setattr(servers, "_RETRY", 0.3)


def run(
    container: FakeContainer | str,
    probe: RunProbe | None = None,
    plan: Plan | None = None,
    of: BuiltImage | None = None,
) -> Observation:
    """Observe one run."""
    session = cast("Session", FakeSession([container]))
    return observe(session, of or image(), probe or RunProbe(), OPTIONS, plan)


def texts(observation: Observation) -> dict[str, str]:
    """What was shown, by name."""
    return {fact.name: fact.text for fact in observation.facts}


def test_a_program_that_ends() -> None:
    """Code and both streams; the plan says that it ends."""
    seen = run(FakeContainer(code=3, out=b"out \xff\n", err=b"err\n"))
    assert texts(seen) == {"exit": "exits with 3", "stdout": "out \\xff\n", "stderr": "err\n"}
    assert (seen.exit_code, seen.plan.is_running) == (3, False)


def test_memory_is_named() -> None:
    """The kernel's end is told from the program's own."""
    assert texts(run(FakeContainer(code=137, oom=True)))["exit"] == "exits with 137 (out of memory)"


def test_bounds_that_are_met_are_named() -> None:
    """Memory of one that ended or had a child ended, processes of one that runs; nothing where none is met."""
    assert run(FakeContainer(code=137, oom=True)).bound == "2g of memory (--memory gives it more)"
    assert run(FakeContainer(oom=True)).bound == "2g of memory (--memory gives it more)"
    assert run(FakeContainer(crowded=True)).bound == "4096 processes"
    assert [run(FakeContainer(code=code)).bound for code in (0, 137, None)] == ["", "", ""]


def test_a_program_that_does_not_start() -> None:
    """The reason is kept; there is nothing else."""
    seen = run("no such file")
    assert (seen.start_error, seen.facts) == ("no such file", ())
    plan = Plan(9.0, is_running=True)
    assert run("no such file", plan=plan).plan is plan


def test_options_of_the_run() -> None:
    """Arguments, environment, input and ports reach the engine."""
    session = FakeSession([FakeContainer(code=0)])
    probe = RunProbe(args=("a",), env=(("B", "2"),), stdin=b"in", http=(HttpProbe(port=81),), timeout=1)
    options = VerifyOptions(env=(("A", "1"),), network="default")
    plan = Plan(0.1, is_running=True, ports=frozenset({82}))
    observe(cast("Session", session), image(exposed_ports=("80/tcp",)), probe, options, plan)
    (started,) = session.started
    assert (started.args, started.env, started.stdin) == (("a",), (("A", "1"), ("B", "2")), b"in")
    assert (started.network, started.publish) == ("", frozenset({80, 81, 82}))


@pytest.mark.parametrize(("stops", "shown"), [(143, "exits with 143"), (None, MUST_BE_KILLED)])
def test_a_program_that_waits(stops: int | None, shown: str) -> None:
    """It is stopped by the image's own signal; a long wait is only planned where it matters."""
    container = FakeContainer(stops=stops)
    seen = run(container, of=image(stop_signal="SIGUSR1"))
    assert texts(seen)["exit"] == "keeps running"
    assert texts(seen)["signal"] == shown
    assert container.signals == ["SIGUSR1"]
    assert seen.plan.stop_seconds >= 1.0


def test_a_site_is_browsed_and_browsed_again() -> None:
    """Links, redirections and a missing page, each once; a later run is asked the very same, in the same order."""
    pages = {
        "/": (200, HTML, "<a href=/a>a</a> <a href=/>home</a> <a href=http://other/>o</a>"),
        "/a": (302, {"Location": "/b"}, ""),
        "/b": (200, {"Content-Type": "text/plain"}, "<a href=/c>"),
    }
    with site(pages) as (address, asked):
        first = run(FakeContainer(ports={80: address}))
        order = list(asked)
        asked.clear()
        second = run(FakeContainer(ports={80: address}), plan=first.plan)
    assert order == asked == ["/", *PLACES, "/a", "/b", "/imgslim-no-such-page"]
    shown = texts(first)
    assert shown == texts(second)
    assert shown["ports"] == "80/tcp"
    assert shown["http GET 80/a"] == "302\nlocation: /b"
    assert shown["http GET 80/b body"] == "<a href=/c>"
    assert shown["http GET 80/imgslim-no-such-page"].startswith("404")
    assert first.plan.ports == {80}


def test_a_large_site_is_bounded() -> None:
    """So many pages, the one that does not exist among them."""
    links = "".join(f"<a href=/{n}>" for n in range(100))
    with site({"/": (200, HTML, links)}) as (address, asked):
        run(FakeContainer(ports={80: address}))
    assert len(asked) == MOST_PAGES


def test_a_server_that_speaks_no_http() -> None:
    """Its banner and its answer to a request are kept; later runs compare them."""

    def talk(peer: socket.socket) -> None:
        peer.sendall(b"220 hi\r\n")
        # A close with a request unread resets the connection, and what was said may be lost (RFC 1122, 4.2.2.13).
        peer.shutdown(socket.SHUT_WR)
        with contextlib.suppress(OSError):
            peer.recv(4096)

    with talker(talk) as address:
        first = run(FakeContainer(ports={25: address}))
        again = run(FakeContainer(ports={25: address}), plan=first.plan)
    assert texts(first)["tcp 25"] == "220 hi\r\n"
    assert texts(first)["tcp 25 after a request"].startswith("220 hi")
    assert texts(again).keys() == texts(first).keys()


def test_a_tls_server_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    """What complains about plain HTTP is asked again by TLS."""
    plain = exchange.Answer(400, (), "Client sent an HTTP request to an HTTPS server.")
    secure = exchange.Answer(200, (("content-type", "text/plain"),), "safe")
    monkeypatch.setattr(servers, "ask_http", lambda _address, _probe, *, tls=False: secure if tls else plain)
    first = run(FakeContainer(ports={443: ("127.0.0.1", 1)}))
    assert texts(first)["https GET 443/ body"] == "safe"
    again = run(FakeContainer(ports={443: ("127.0.0.1", 1)}), plan=first.plan)
    assert texts(again) == texts(first)
    # A rewritten server that lost its TLS is asked by TLS still.
    monkeypatch.setattr(
        servers, "ask_http", lambda _a, _p, *, tls=False: exchange.Answer(0, (), "", "SSLError") if tls else secure
    )
    assert (
        texts(run(FakeContainer(ports={443: ("127.0.0.1", 1)}), plan=first.plan))["https GET 443/"]
        == "no answer: SSLError"
    )


def test_random_ports_have_names_that_hold() -> None:
    """A port that is another each time is found by its place."""
    with site({}) as (address, _):
        first = run(FakeContainer(ports={40001: address}))
        again = run(FakeContainer(ports={50002: address}), plan=first.plan)
    assert texts(first)["ports"] == texts(again)["ports"] == "random-1/tcp"
    assert texts(first).keys() == texts(again).keys()
    assert first.plan.ports == frozenset()


def test_sockets_that_are_not_asked() -> None:
    """Loopback and UDP sockets are told, not talked to; of UDP only what EXPOSE names."""
    container = FakeContainer(loopback=frozenset({9000, 40000}), udp=frozenset({53, 5353}))
    seen = texts(run(container, of=image(exposed_ports=("53/udp",))))
    assert seen["ports"] == "53/udp\n9000/tcp inside only\na random port inside only"


def test_a_port_that_does_not_listen_any_more() -> None:
    """What the original served and the rewrite does not is told service by service."""
    with site({}) as (address, _):
        first = run(FakeContainer(ports={80: address}))
    seen = texts(run(FakeContainer(), plan=first.plan))
    assert seen["http GET 80/"] == "nothing listens on port 80"


def test_a_port_that_can_not_be_reached() -> None:
    """Without a network there is nothing to ask, and nothing to hold against a later run."""
    seen = run(FakeContainer(ports={80: None}))
    assert seen.plan.services == ()
    assert texts(seen)["ports"] == "80/tcp"


def test_sockets_that_can_not_be_seen() -> None:
    """The ports of EXPOSE, and those that the plan knows, are tried."""
    with site({"/": (200, HTML, "x")}) as (address, _):
        container = FakeContainer(ports={80: address}, is_visible=False)
        seen = texts(run(container, of=image(exposed_ports=("80/tcp",))))
    assert "ports" not in seen
    assert seen["http GET 80/ body"] == "x"


def test_probes_and_demands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each probe's answer is a fact; a demand that is not met says why."""
    monkeypatch.setattr("imgslim.verify.exchange.TIMEOUT", 1.0)  # one waits for a word that never comes
    probe = RunProbe(
        http=(HttpProbe("/x", contains="no such word"), HttpProbe("/", status=200), HttpProbe(port=99)),
        tcp=(TcpProbe(80, b"GET / HTTP/1.0\r\n\r\n", "hello"), TcpProbe(80, b"", "never")),
        stdout=(TextProbe(contains="up"), TextProbe(regex="^down$")),
        stderr=(TextProbe(contains="warning"),),
        exit=0,
        commands=("echo $IMGSLIM_CONTAINER $IMGSLIM_ADDRESS; exit 4",),
    )
    with site({"/": (200, HTML, "hello"), "/x": (200, HTML, "x")}) as (address, _):
        seen = texts(run(FakeContainer(ports={80: address}, out=b"up\n"), probe))
    assert seen["probe 1: http GET /x as demanded"] == "the body lacks 'no such word'"
    assert seen["probe 2: http GET / as demanded"] == ""
    assert seen["probe 3: http GET 99/ as demanded"] == "no answer: nothing listens on port 99"
    assert seen["probe 4: tcp 80 as demanded"] == ""
    assert seen["probe 5: tcp 80 as demanded"] == "the answer lacks 'never'"
    assert seen["probe 1: stdout as demanded"] == ""
    assert seen["probe 2: stdout as demanded"] == "nothing matches '^down$'"
    assert seen["probe 1: stderr as demanded"] == "lacks 'warning'"
    assert "does not exit with 0" in seen["exit as demanded"]
    (command,) = [name for name in seen if name.startswith("command 1") and not name.endswith("output")]
    assert seen[command] == "exits with 4"
    assert seen[f"{command} output"] == "c0ffee 127.0.0.1\n"


@pytest.mark.parametrize(
    ("probe", "unmet"),
    [
        (HttpProbe("/", status=204), "the status is 200, not 204"),
        (HttpProbe("/", content_type="image/"), "the content type is 'text/html', not 'image/'"),
        (HttpProbe("/", status=200, contains="he", content_type="text/html"), ""),
    ],
)
def test_demands_on_an_answer(probe: HttpProbe, unmet: str) -> None:
    """Status, content and type are demanded one by one."""
    with site({"/": (200, HTML, "hello")}) as (address, _):
        seen = texts(run(FakeContainer(ports={80: address}), RunProbe(http=(probe,))))
    assert seen["probe 1: http GET / as demanded"] == unmet


def test_a_demanded_exit_code() -> None:
    """It is held against a program that ends."""
    assert texts(run(FakeContainer(code=1), RunProbe(exit=1)))["exit as demanded"] == ""
    assert texts(run(FakeContainer(code=2), RunProbe(exit=1)))["exit as demanded"] == "exits with 2, not 1"


@pytest.mark.parametrize("health", ["healthy", "unhealthy", "starting"])
def test_health(health: str) -> None:
    """The state is waited for, within bounds."""
    from imgslim.engine.images import HealthCheck  # noqa: PLC0415  (only here)

    assert texts(run(FakeContainer(health=health), of=image(health=HealthCheck(("CMD", "x")))))["health"] == health


def test_a_server_that_is_late() -> None:
    """An exposed port is waited for."""
    with site({}) as (address, _):
        container = FakeContainer(ports={80: address}, delay=0.4)
        seen = texts(run(container, of=image(exposed_ports=("80/tcp",))))
    assert seen["ports"] == "80/tcp"


@pytest.mark.parametrize(
    ("container", "flows", "given", "least", "most"),
    [
        (FakeContainer(), False, 2.0, 0.2, 1.9),
        (FakeContainer(load=1.0), False, 0.8, 0.8, 9.0),
        (FakeContainer(is_chatty=True), True, 2.0, 0.3, 1.9),
        (FakeContainer(is_chatty=True, load=1.0), True, 0.8, 0.8, 9.0),
        (FakeContainer(out=b"x" * 100_000), True, 2.0, 0.0, 1.5),
        (FakeContainer(ports={80: None}), False, 2.0, 0.0, 1.5),
        (FakeContainer(code=0), False, 2.0, 0.0, 1.5),
    ],
)
def test_when_a_program_counts_as_settled(
    container: FakeContainer,
    flows: bool,  # noqa: FBT001
    given: float,
    least: float,
    most: float,
) -> None:
    """Idle, listening, printing for ever, or ended: each is seen in its time; a busy one gets all the time there is."""
    container.__post_init__()
    begin = time.monotonic()
    settled = settle(cast("Container", container), given, frozenset(), 1.0)
    assert settled.is_flowing is flows
    assert least <= time.monotonic() - begin <= most


@pytest.mark.parametrize(("wanting", "waits"), [(0.0, False), (2.0, False), (40.0, True)])
def test_a_program_that_gets_little_of_a_busy_machine(
    monkeypatch: pytest.MonkeyPatch,
    wanting: float,
    waits: bool,  # noqa: FBT001
) -> None:
    """A twentieth of a processor is idling where there is more to have, and work where ten wait for each."""
    monkeypatch.setattr(os, "getloadavg", lambda: (wanting, 0.0, 0.0))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    container = FakeContainer(load=0.05)
    container.__post_init__()
    begin = time.monotonic()
    settle(cast("Container", container), 2.0, frozenset(), 1.0)
    assert (time.monotonic() - begin >= 2.0) is waits
