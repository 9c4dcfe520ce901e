"""Find what a container serves, and ask it: the default requests, the user's probes, commands of this machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from imgslim.engine import process
from imgslim.records import replace
from imgslim.verify.exchange import NO_CONNECTION, Answer, ask_http, ask_tcp
from imgslim.verify.explore import explore
from imgslim.verify.facts import Fact, Service
from imgslim.verify.mask import Sample
from imgslim.verify.probes import HttpProbe, RunProbe, TcpProbe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.engine.container import Container
    from imgslim.engine.sockets import Listener

#: Linux hands out ports from here on to programs that ask for any (net.ipv4.ip_local_port_range).
_FIRST_RANDOM = 32768
#: Seconds in which a refused or broken connection is tried again: a listening server may not be ready.
_RETRY = 3.0
#: Seconds for one command of the user's.
_COMMAND_TIMEOUT = 60.0
#: What servers that speak TLS answer to plain HTTP: an alert record, or a sentence.
_TLS_SIGNS = ("\x15\x03", "HTTP request to an HTTPS server", "plain HTTP request was sent to HTTPS port")
#: What a line-oriented server that waits for the client to begin is sent.
_GREETING = b"GET / HTTP/1.0\r\n\r\n"

Ports = dict[str, int]


def named_ports(sockets: Iterable[Listener], exposed: frozenset[int]) -> Ports:
    """Names for the reachable TCP ports that hold from run to run: the number, or ``random-1`` and so on."""
    open_ports = sorted({one.port for one in sockets if one.protocol == "tcp" and not one.is_loopback})
    names: Ports = {}
    for port in open_ports:
        is_random = port >= _FIRST_RANDOM and port not in exposed
        name = f"random-{1 + sum(label.startswith('random') for label in names)}" if is_random else str(port)
        names[name] = port
    return names


def port_fact(sockets: frozenset[Listener], exposed_udp: frozenset[int], exposed: frozenset[int]) -> Fact:
    """The sockets that wait for peers; of UDP only those of EXPOSE: a name look-up opens one as well."""
    rows = [f"{name}/tcp" for name in named_ports(sockets, exposed)]
    rows += sorted(f"{one.port}/udp" for one in sockets if one.protocol == "udp" and one.port in exposed_udp)
    reachable = {one.port for one in sockets if not one.is_loopback}
    inner = {one.port for one in sockets if one.is_loopback and one.protocol == "tcp"} - reachable
    rows += [f"{port}/tcp inside only" for port in sorted(inner) if port < _FIRST_RANDOM]
    rows += ["a random port inside only" for port in inner if port >= _FIRST_RANDOM]
    return Fact("ports", "ports", Sample("\n".join(rows)))


def converse(
    container: Container, ports: Ports, known: tuple[Service, ...] | None, more: tuple[str, ...] = ()
) -> tuple[tuple[Service, ...], tuple[Fact, ...]]:
    """Talk to each service; where none are ``known``, find them and their pages, and ask for ``more`` pages.

    Every run is asked the same in the same order, the first one too: servers log what they are asked.
    """
    services: list[Service] = []
    facts: list[Fact] = []
    # A port that can't be reached from here (no network, an engine elsewhere) is not talked to in any run.
    wanted = known if known is not None else tuple(Service(port, label, "") for label, port in ports.items())
    for service in wanted:
        port = ports.get(service.label, 0)
        address = container.address(port) if port else None
        if known is None and address is None:
            continue
        found, answers = _talk(address, service, more, is_new=known is None)
        services.append(found)
        facts += answers
    return tuple(services), tuple(facts)


def _talk(
    address: tuple[str, int] | None, service: Service, more: tuple[str, ...], *, is_new: bool
) -> tuple[Service, list[Fact]]:
    """Talk to one service."""
    if address is None:
        first = f"{service.protocol} GET {service.label}/" if service.paths else f"tcp {service.label}"
        return service, [Fact(first, "tcp", Sample(f"nothing listens on port {service.label}"))]
    plain = _ask(address, HttpProbe())
    secure: Answer | None = None
    if plain.status == 0 or any(sign in plain.body for sign in _TLS_SIGNS):
        secure = ask_http(address, HttpProbe(), tls=True)
    if is_new:
        protocol = "https" if secure and secure.status else "http" if plain.status else "bytes"
        service = replace(service, protocol=protocol)
    if service.protocol == "bytes":
        said = _ask_tcp(address, b""), _ask_tcp(address, _GREETING)
        names = f"tcp {service.label}", f"tcp {service.label} after a request"
        return service, [
            Fact(name, "tcp", Sample(one.error or one.body)) for name, one in zip(names, said, strict=True)
        ]
    tls = service.protocol == "https"
    start = plain if not tls else secure or ask_http(address, HttpProbe(), tls=True)

    def ask(path: str) -> Answer:
        return start if path == "/" else ask_http(address, HttpProbe(path), tls=tls)

    facts: list[Fact] = []
    for path, answer in explore(ask, more) if is_new else ((path, ask(path)) for path in service.paths):
        facts += _http_facts(f"{service.protocol} GET {service.label}{path}", answer)
        if is_new:
            service = replace(service, paths=(*service.paths, path))
    return service, facts


def ask_probes(container: Container, run: RunProbe, ports: Ports) -> Iterator[Fact]:
    """Ask the user's probes; a demand that an answer does not meet is a fact of its own."""
    probes: tuple[HttpProbe | TcpProbe, ...] = (*run.http, *run.tcp)
    for number, probe in enumerate(probes, 1):
        port = probe.port or next(iter(ports.values()), 0)
        address = container.address(port) if port else None
        match probe:
            case HttpProbe():
                name = f"probe {number}: http {probe.method} {probe.port or ''}{probe.path}"
                answer = _ask(address, probe) if address else _unreachable(str(probe.port))
                yield from _http_facts(name, answer)
                yield demand(name, _unmet_http(probe, answer))
            case TcpProbe():
                name = f"probe {number}: tcp {probe.port or ''}".rstrip()
                answer = (
                    _ask_tcp(address, probe.send, probe.contains.encode()) if address else _unreachable(str(probe.port))
                )
                yield Fact(name, "tcp", Sample(answer.error or answer.body))
                lacks = probe.contains and probe.contains not in answer.body
                yield demand(name, f"the answer lacks {probe.contains!r}" if lacks else "")


def run_commands(container: Container, run: RunProbe, ports: Ports, image: str) -> Iterator[Fact]:
    """Run the user's commands on this machine against the container."""
    port = next(iter(ports.values()), 0)
    host, reached = (container.address(port) if port else None) or ("", 0)
    env = {
        "IMGSLIM_ADDRESS": host,
        "IMGSLIM_PORT": str(reached or ""),
        "IMGSLIM_CONTAINER": container.id,
        "IMGSLIM_IMAGE": image,
    }
    for number, command in enumerate(run.commands, 1):
        ended = process.run(["/bin/sh", "-c", command], timeout=_COMMAND_TIMEOUT, env=env)
        name = f"command {number}: {command}"
        code = "does not end" if ended.code is None else f"exits with {ended.code}"
        yield Fact(name, "command", Sample(code))
        yield Fact(f"{name} output", "output", Sample(ended.stdout.decode("utf-8", "backslashreplace")))


def demand(name: str, unmet: str) -> Fact:
    """A demand of the user's: its text says why it is not met."""
    return Fact(f"{name} as demanded", "demand", Sample(unmet))


def _http_facts(name: str, answer: Answer) -> Iterator[Fact]:
    """An answer as two facts: numbers may vary in a body, never in a status."""
    if answer.error:
        yield Fact(name, "http", Sample(f"no answer: {answer.error}"))
        return
    yield Fact(name, "http", Sample(answer.head))
    yield Fact(f"{name} body", "body", Sample(answer.body))


def _unmet_http(probe: HttpProbe, answer: Answer) -> str:
    """What an answer lacks of what is demanded; "" where nothing."""
    if answer.error:
        return f"no answer: {answer.error}"
    if probe.status and answer.status != probe.status:
        return f"the status is {answer.status}, not {probe.status}"
    if probe.contains and probe.contains not in answer.body:
        return f"the body lacks {probe.contains!r}"
    if probe.content_type and not answer.field("content-type").startswith(probe.content_type):
        return f"the content type is {answer.field('content-type')!r}, not {probe.content_type!r}"
    return ""


def _ask(address: tuple[str, int], probe: HttpProbe, *, tls: bool = False) -> Answer:
    """Send a request; again for a while where the connection is refused or breaks."""
    end = time.monotonic() + _RETRY
    while True:
        answer = ask_http(address, probe, tls=tls)
        if not _is_not_ready(answer) or time.monotonic() > end:
            return answer
        time.sleep(0.2)


def _ask_tcp(address: tuple[str, int], send: bytes, awaited: bytes = b"") -> Answer:
    """Send bytes; again for a while where the connection is refused."""
    end = time.monotonic() + _RETRY
    while True:
        answer = ask_tcp(address, send, awaited)
        if not _is_not_ready(answer) or time.monotonic() > end:
            return answer
        time.sleep(0.2)


def _is_not_ready(answer: Answer) -> bool:
    """Tell whether the server was not there, or hung up without a word."""
    return answer.error == NO_CONNECTION or answer.error.startswith("ConnectionReset")


def _unreachable(label: str) -> Answer:
    """What stands for the answer of a port that does not listen."""
    return Answer(0, (), "", f"nothing listens on port {label or 'any'}")
