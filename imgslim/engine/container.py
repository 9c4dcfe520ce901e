"""One running container: its output, state, ports, signals. The image's own ENTRYPOINT is never overridden."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgslim.engine.capture import Capture
from imgslim.engine.faults import disk_full, is_disk_full
from imgslim.engine.frames import STDERR, frames
from imgslim.engine.sockets import Listener, listeners
from imgslim.errors import EngineOrSystemError, ImgslimError
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from imgslim.engine.connect import Engine
    from imgslim.engine.images import BuiltImage
    from imgslim.engine.options import Limits, RunOptions, Wrap

#: Nanoseconds in a second: the engine's unit of time.
_NANO = 1_000_000_000
#: Seconds for the last output to arrive after the program ended.
_DRAIN = 5.0
#: The tables of /proc/PID/net and the protocol of each.
_TABLES = (("tcp", "tcp"), ("tcp6", "tcp"), ("udp", "udp"), ("udp6", "udp"))


class StartFailed(ImgslimError):  # noqa: N818  (the field's word; it is no error of ours)
    """The engine could not start the image's program: not there, not executable, for another machine."""


@dataclass(frozen=True, slots=True)
class State:
    """What the engine says about a container now."""

    is_running: bool
    exit_code: int
    #: The kernel ended it for its memory.
    is_oom_killed: bool
    #: ``starting``, ``healthy``, ``unhealthy``; "" without a health check.
    health: str
    #: Output of the last finished health check; "" before the first.
    health_log: str
    pid: int


class Container:
    """A container from its start to its removal; a context manager that removes it."""

    def __init__(
        self,
        engine: Engine,
        image: BuiltImage,
        options: RunOptions,
        limits: Limits,
        *,
        name: str,
        labels: Mapping[str, str],
        wrap: Wrap | None = None,
    ) -> None:
        """Create and start; raises StartFailed, after which nothing is left. ``wrap`` stands around the program."""
        import docker.errors  # noqa: PLC0415
        import docker.types  # noqa: PLC0415

        self.engine = engine
        self.stdout = Capture(limits.output)
        self.stderr = Capture(limits.output)
        self._network = options.network
        api = engine.api
        published = {} if engine.is_direct else dict.fromkeys(sorted(options.publish), (engine.publish_on, None))
        host_config = api.create_host_config(
            mem_limit=limits.memory,
            memswap_limit=limits.memory,
            pids_limit=limits.pids,
            network_mode=options.network or "default",
            port_bindings=published,
            **(_around(wrap) if wrap is not None else {}),
            # The output is read as it comes; a log file of the engine's would grow without bound.
            log_config={"Type": "none"},
        )
        health: Any = None
        if not image.config.health.is_none:
            # Only what is set here overrides the image's HEALTHCHECK; the test itself stays its own.
            health = docker.types.Healthcheck(interval=int(options.health_interval * _NANO))
            # Since API 1.44 the checks of the start period have an interval of their own, 5 s by default.
            health["StartInterval"] = int(options.health_interval * _NANO)
        try:
            made: dict[str, Any] = api.create_container(
                image.id,
                command=list(wrap.command[1:] if wrap is not None else options.args) or None,
                entrypoint=list(wrap.command[:1]) if wrap is not None else None,
                environment=dict(options.env) or None,
                stdin_open=options.stdin is not None,
                ports=sorted(published) or None,
                host_config=host_config,
                name=name,
                labels=dict(labels),
                healthcheck=health,
                platform=options.platform or None,
            )
        except docker.errors.APIError as error:
            # "No command specified", a user or working directory that can't be: the image's fault.
            raise _refused(error) from error
        self.id = str(made["Id"])
        # Attached before the start, so that not a byte is missed.
        params = {"stdout": 1, "stderr": 1, "stream": 1, "stdin": int(options.stdin is not None)}
        stream = api.attach_socket(self.id, params)
        self._reader = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._reader.start()
        if options.stdin is not None:
            threading.Thread(target=_write, args=(stream, options.stdin), daemon=True).start()
        try:
            api.start(self.id)
        except docker.errors.APIError as error:
            self.remove()
            raise _refused(error) from error
        self.started = time.monotonic()

    def __enter__(self) -> Self:
        """Nothing more to do: it runs."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove it."""
        self.remove()

    def state(self) -> State:
        """Ask the engine; raises EngineOrSystemError(``container-lost``) where somebody else removed it."""
        raw = self._inspect()["State"]
        health = raw.get("Health") or {}
        log = health.get("Log") or [{}]
        return State(
            is_running=bool(raw["Running"]),
            exit_code=int(raw["ExitCode"]),
            is_oom_killed=bool(raw["OOMKilled"]),
            health=str(health.get("Status") or ""),
            health_log=str(log[-1].get("Output") or ""),
            pid=int(raw["Pid"]),
        )

    def wait(self, seconds: float) -> State:
        """Wait until the program ended, at most ``seconds``; then its output is complete."""
        end = time.monotonic() + seconds
        pause = 0.01
        while (state := self.state()).is_running and time.monotonic() < end:
            time.sleep(pause)
            pause = min(pause * 1.5, 0.2)
        if not state.is_running:
            self._reader.join(_DRAIN)
        return state

    def listeners(self, pid: int) -> frozenset[Listener] | None:
        """The sockets that wait for peers in the container of process ``pid``; None where they can't be seen.

        Read from this machine's /proc where the engine runs here; else by the image's own ``cat``, if it has one.
        """
        if self._network == "host":
            # That namespace is the whole machine's: others' ports would be taken for the program's.
            return None
        found: frozenset[Listener] = frozenset()
        for table, protocol in _TABLES:
            text = self._table(pid, table)
            if text is None:
                return None
            found |= listeners(text, protocol)
        # Docker's name server for user-made networks listens on 127.0.0.11 in each container.
        return frozenset(one for one in found if not (one.is_loopback and self._network not in {"", "default"}))

    def address(self, port: int) -> tuple[str, int] | None:
        """Where ``port`` is reached from here; None where it is not."""
        if self._network == "host":
            return self.engine.host, port
        network = self._inspect()["NetworkSettings"]
        if not self.engine.is_direct:
            bindings = (network.get("Ports") or {}).get(f"{port}/tcp") or ()
            return next(((self.engine.host, int(binding["HostPort"])) for binding in bindings), None)
        for one in (network.get("Networks") or {}).values():
            for key in ("IPAddress", "GlobalIPv6Address"):
                if one.get(key):
                    return str(one[key]), port
        return None

    def cpu_seconds(self) -> float:
        """Processor time that the container has used so far."""
        stats: dict[str, Any] = self.engine.api.stats(self.id, stream=False, one_shot=True)
        return float(stats.get("cpu_stats", {}).get("cpu_usage", {}).get("total_usage", 0)) / _NANO

    def is_crowded(self) -> bool:
        """Tell whether it has as many processes as it may have: a fork fails then."""
        stats: dict[str, Any] = self.engine.api.stats(self.id, stream=False, one_shot=True)
        pids = stats.get("pids_stats") or {}
        return 0 < int(pids.get("limit") or 0) <= int(pids.get("current") or 0)

    def stop(self, signal: str, seconds: float) -> State | None:
        """Send ``signal`` and wait as ``docker stop`` does; None where the program had to be killed."""
        import docker.errors  # noqa: PLC0415

        try:
            self.engine.api.kill(self.id, signal)
        except docker.errors.APIError:
            # It ended by itself a moment before.
            return self.wait(0)
        state = self.wait(seconds)
        return None if state.is_running else state

    def remove(self) -> None:
        """Kill it if it runs, and remove it with its anonymous volumes."""
        import docker.errors  # noqa: PLC0415

        try:
            self.engine.api.remove_container(self.id, v=True, force=True)
        except docker.errors.NotFound:
            return
        except docker.errors.APIError as error:
            if "already in progress" not in str(error):
                raise EngineOrSystemError(
                    "container-left", f"cannot remove container {self.id[:12]}: {error}"
                ) from error

    def _inspect(self) -> dict[str, Any]:
        """The engine's whole view of the container."""
        import docker.errors  # noqa: PLC0415

        try:
            raw: dict[str, Any] = self.engine.api.inspect_container(self.id)
        except docker.errors.NotFound as error:
            raise EngineOrSystemError("container-lost", f"container {self.id[:12]} was removed while it ran") from error
        return raw

    def _table(self, pid: int, name: str) -> str | None:
        """One table of /proc/PID/net."""
        if self.engine.is_direct:
            try:
                return Path("/proc", str(pid), "net", name).read_text("ascii")
            except OSError:
                return None
        import docker.errors  # noqa: PLC0415

        api = self.engine.api
        try:
            made: dict[str, Any] = api.exec_create(self.id, ["cat", f"/proc/net/{name}"], user="0")
            output = api.exec_start(made["Id"])
            if api.exec_inspect(made["Id"])["ExitCode"] != 0:
                return None
        except docker.errors.APIError:
            return None
        return bytes(output).decode("ascii", "replace")

    def _read(self, stream: Any) -> None:  # noqa: ANN401  (a socket, or the SDK's wrapper around one)
        """Read until both output streams end."""
        try:
            for kind, data in frames(stream):
                (self.stderr if kind == STDERR else self.stdout).add(data)
        except (OSError, ValueError):
            # The connection breaks when the container is removed while it writes.
            return
        finally:
            stream.close()


def _refused(error: Any) -> ImgslimError:  # noqa: ANN401  (the SDK's APIError, imported where it is needed)
    """Why the engine makes no container of an image, or does not start it: its disk, or else the image."""
    text = str(error.explanation or error)
    return disk_full(text) if is_disk_full(text) else StartFailed(text)


def _around(wrap: Wrap) -> dict[str, Any]:
    """What the host's part of the configuration holds for it."""
    import docker.types  # noqa: PLC0415

    return {
        "cap_add": list(wrap.capabilities),
        "binds": [f"{volume}:{folder}:ro" for volume, folder in wrap.volumes],
        # Of these, unlike of the others, the engine makes no folder where it does not find the file.
        "mounts": [docker.types.Mount(path, file, type="bind") for file, path in wrap.files],
    }


def _write(stream: Any, data: bytes) -> None:  # noqa: ANN401  (a socket, or the SDK's wrapper around one)
    """Write a program's input and close it."""
    import socket  # noqa: PLC0415

    raw: socket.socket = getattr(stream, "_sock", stream)
    try:
        raw.sendall(data)
        raw.shutdown(socket.SHUT_WR)
    except OSError:
        # It ended without reading its input.
        return
