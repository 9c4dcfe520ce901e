"""Probes: what is asked of both images beyond their default run; read from TOML (``--probe FILE``)."""

from __future__ import annotations

from imgslim.records import dataclass


@dataclass(frozen=True, slots=True)
class HttpProbe:
    """One HTTP request; the answer is compared with the original's, and with what is demanded here."""

    path: str = "/"
    method: str = "GET"
    #: The container's port; 0 is the only port that listens.
    port: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    #: Demanded of both images; 0 and "" demand nothing.
    status: int = 0
    contains: str = ""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class TcpProbe:
    """Bytes sent to a port; the bytes that come back are compared."""

    port: int = 0
    send: bytes = b""
    contains: str = ""


@dataclass(frozen=True, slots=True)
class TextProbe:
    """Demands on one output stream: a literal, a regular expression (``re.search``, multi-line), or both."""

    contains: str = ""
    regex: str = ""


@dataclass(frozen=True, slots=True)
class RunProbe:
    """One run of the image by its own ENTRYPOINT and CMD, with what is asked while it runs."""

    name: str = ""
    #: After the image's name in ``docker run``.
    args: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    stdin: bytes | None = None
    #: Seconds to wait for the program to end or to settle; None takes the default.
    timeout: float | None = None
    #: The exit code demanded of both images; None demands nothing.
    exit: int | None = None
    http: tuple[HttpProbe, ...] = ()
    tcp: tuple[TcpProbe, ...] = ()
    stdout: tuple[TextProbe, ...] = ()
    stderr: tuple[TextProbe, ...] = ()
    #: Shell commands on this machine, run with IMGSLIM_ADDRESS and IMGSLIM_PORT set; exit code and stdout are compared.
    commands: tuple[str, ...] = ()

    @property
    def ports(self) -> frozenset[int]:
        """The ports that its probes name."""
        return frozenset({probe.port for probe in self.http} | {probe.port for probe in self.tcp}) - {0}


@dataclass(frozen=True, slots=True)
class Probes:
    """Everything asked of both images; the default is one plain run."""

    runs: tuple[RunProbe, ...] = (RunProbe(),)
