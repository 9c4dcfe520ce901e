"""What the images take over from this machine so that they reach the network as it does: mirrors, CAs, Go's proxies."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_SOURCES = Path("/etc/apt")
_CERTIFICATES = Path("/usr/local/share/ca-certificates")
_ARCHIVE = "http://deb.debian.org/debian"
_SECURITY = "http://deb.debian.org/debian-security"

#: Go's settings about where modules come from (go help environment) and the values they have by themselves.
_GO_DEFAULTS = {
    "GOPROXY": "https://proxy.golang.org,direct",
    "GOSUMDB": "sum.golang.org",
    "GONOPROXY": "",
    "GONOSUMDB": "",
    "GOPRIVATE": "",
    "GOINSECURE": "",
}


@dataclass(frozen=True, slots=True)
class Host:
    """The machine's network settings."""

    #: URL of a Debian archive, and of its security updates.
    archive: str
    security: str
    #: Extra CA certificates: file name and PEM text.
    certificates: tuple[tuple[str, bytes], ...]
    #: Lines for Go's go.env: what differs from Go's own defaults.
    go_env: tuple[str, ...]

    def sources(self, codename: str) -> str:
        """Give the sources.list of a release."""
        return (
            f"deb {self.archive} {codename} main\n"
            f"deb {self.archive} {codename}-updates main\n"
            f"deb {self.security} {codename}-security main\n"
        )


def mirrors(sources: str) -> tuple[str, str]:
    """Give the archive's and the security archive's URL that apt sources name, in either format (sources.list(5))."""
    archive, security = _ARCHIVE, _SECURITY
    urls = re.findall(r"^(?:URIs:|deb (?:\[[^]]*\] )?)\s*(https?://\S+)", sources, re.MULTILINE)
    for url in reversed(urls):
        match url.rstrip("/").rpartition("/")[2]:
            case "debian":
                archive = url.rstrip("/")
            case "debian-security":
                security = url.rstrip("/")
            case _:
                pass
    return archive, security


def go_settings(printed: str) -> tuple[str, ...]:
    """Give the lines of go.env that `go env -json` shows to differ from Go's defaults."""
    values: dict[str, str] = json.loads(printed)
    return tuple(f"{name}={values[name]}" for name, usual in _GO_DEFAULTS.items() if values.get(name, usual) != usual)


def read() -> Host:
    """Read the settings of this machine."""
    files = [_SOURCES / "sources.list", *sorted((_SOURCES / "sources.list.d").glob("*"))]
    archive, security = mirrors("\n".join(file.read_text() for file in files if file.is_file()))
    certificates = tuple((file.name, file.read_bytes()) for file in sorted(_CERTIFICATES.glob("*.crt")))
    settings: tuple[str, ...] = ()
    if shutil.which("go"):
        command = ["go", "env", "-json", *_GO_DEFAULTS]
        settings = go_settings(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return Host(archive, security, certificates, settings)
