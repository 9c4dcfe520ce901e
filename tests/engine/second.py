"""A second engine on this machine, small and with everything of its own, that may be filled and killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Of <linux/sockios.h>: make a bridge, remove it, set an interface's flags.
_ADD_BRIDGE, _REMOVE_BRIDGE, _SET_FLAGS = 0x89A0, 0x89A1, 0x8914
#: Megabytes of memory that hold the engine's files.
_SIZE = 48


@dataclass
class SecondEngine:
    """It answers at a socket of its own; its disk is a file system of 48 MB."""

    folder: Path
    #: An engine without a bridge of its own would take the first one's away.
    bridge: str = field(default_factory=lambda: f"imgs{os.getpid() % 10**8}")
    _process: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        """What DOCKER_HOST names."""
        return f"unix://{self.folder}/sock"

    @property
    def root(self) -> Path:
        """Where it keeps images and containers."""
        return self.folder / "root"

    def start(self) -> Self:
        """Start it and wait until it answers."""
        words = [
            *("dockerd", "--data-root", self.root, "--exec-root", self.folder / "exec", "--host", self.host),
            *("--pidfile", self.folder / "pid", "--bridge", self.bridge, "--userland-proxy=false"),
            *("--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"),
        ]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                list(map(str, words)), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + 30
        while self.docker("version").returncode:
            assert time.monotonic() < end, (self.folder / "log").read_text()[-2000:]
            assert self._process.poll() is None, (self.folder / "log").read_text()[-2000:]
            time.sleep(0.1)
        return self

    def docker(self, *words: str, data: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        """Run the docker command against it."""
        return subprocess.run(
            ["docker", "--host", self.host, *words], input=data, capture_output=True, check=False, timeout=60
        )

    def stop(self, number: signal.Signals) -> None:
        """End it by a signal."""
        assert self._process is not None
        self._process.send_signal(number)
        self._process.wait(30)
        # Its containerd lives on when it is killed; the next one would wait ten seconds for it.
        left = self.folder / "exec/containerd/containerd.pid"
        if left.exists():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(left.read_text()), signal.SIGKILL)
            left.unlink()


@contextlib.contextmanager
def second_engine(folder: Path) -> Iterator[SecondEngine]:
    """Have one that holds ``busybox:musl``; it needs root, as any engine does that is started here."""
    if shutil.which("dockerd") is None or os.geteuid() != 0:
        pytest.skip("needs dockerd and root")
    made = SecondEngine(folder)
    made.root.mkdir()
    image = subprocess.run(["docker", "save", "busybox:musl"], capture_output=True, check=True).stdout
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_SIZE}m", "tmpfs", made.root], check=True)
    try:
        _bridge(made.bridge, add=True)
        made.start()
        assert made.docker("load", data=image).returncode == 0
        yield made
    finally:
        with contextlib.suppress(subprocess.SubprocessError, AssertionError):
            if made.docker("version").returncode:
                made.start()
            running = made.docker("ps", "-aq").stdout.decode().split()
            made.docker("rm", "-f", *running)
            made.stop(signal.SIGTERM)
        subprocess.run(["umount", "--lazy", made.root], check=False)
        _bridge(made.bridge, add=False)


def _bridge(name: str, *, add: bool) -> None:
    """Make a network bridge of the kernel, or remove it; not every machine has a program for it."""
    with socket.socket() as any_socket:
        if add:
            fcntl.ioctl(any_socket, _ADD_BRIDGE, name.encode() + b"\0")
            return
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", name.encode(), 0))
        fcntl.ioctl(any_socket, _REMOVE_BRIDGE, name.encode() + b"\0")
