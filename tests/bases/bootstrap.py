"""Make a Debian root as a tar file: mmdebstrap's minimal system, then the settings of the official images.

The settings follow debuerreotype's docker-image scripts: apt keeps no caches and no translations, services are not
started by package installation, and -slim has neither documentation nor translations, now and later.
"""

from __future__ import annotations

import fnmatch
import io
import subprocess
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.bases.host import Host
    from tests.bases.recipe import Release

#: Part of every root's digest: raise it when the making below changes.
VERSION = 1

_CLEAN = "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"

_SETTINGS = {
    "etc/apt/apt.conf.d/docker-autoremove-suggests": 'Apt::AutoRemove::SuggestsImportant "false";\n',
    "etc/apt/apt.conf.d/docker-clean": (
        f'DPkg::Post-Invoke {{ "{_CLEAN}"; }};\nAPT::Update::Post-Invoke {{ "{_CLEAN}"; }};\n'
        'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n'
    ),
    "etc/apt/apt.conf.d/docker-gzip-indexes": 'Acquire::GzipIndexes "true";\n',
    "etc/apt/apt.conf.d/docker-no-languages": 'Acquire::Languages "none";\n',
    "etc/dpkg/dpkg.cfg.d/docker-apt-speedup": "force-unsafe-io\n",
    "usr/sbin/policy-rc.d": "#!/bin/sh\nexit 101\n",
}

#: What -slim leaves out of /usr/share; copyright notices stay.
_SLIM = ("doc", "groff", "info", "lintian", "linda", "locale", "man")
_DPKG_SLIM = "".join(f"path-exclude /usr/share/{name}/*\n" for name in _SLIM) + (
    "path-include /usr/share/doc/*/copyright\n"
)


def settings(host: Host, *, slim: bool) -> dict[str, bytes]:
    """Give the files to add to a root: path without leading slash, and content."""
    files = {path: text.encode() for path, text in _SETTINGS.items()}
    if slim:
        files["etc/dpkg/dpkg.cfg.d/docker"] = _DPKG_SLIM.encode()
    for name, pem in host.certificates:
        files[f"usr/local/share/ca-certificates/{name}"] = pem
    return files


def _kept(path: str, *, slim: bool) -> bool:
    """Judge whether a file of the root stays; `path` without leading slash."""
    # Device nodes are the engine's to make; apt's binary caches go by the rule of docker-clean.
    if fnmatch.fnmatchcase(path, "dev/?*") or fnmatch.fnmatchcase(path, "var/cache/apt/*.bin"):
        return False
    if path == "etc/apt/apt.conf.d/99mmdebstrap":
        return False
    parts = path.split("/")
    if not slim or parts[:2] != ["usr", "share"] or len(parts) <= 3 or parts[2] not in _SLIM:
        return True
    return fnmatch.fnmatchcase(path, "usr/share/doc/*/copyright")


def finish(bare: Path, finished: Path, files: Mapping[str, bytes], *, slim: bool) -> None:
    """Copy a root's tar without what the variant leaves out and with `files` added, owned by root."""
    with tarfile.open(bare) as source, tarfile.open(finished, "w", format=tarfile.PAX_FORMAT) as target:
        for member in source:
            if _kept(member.name.removeprefix("./"), slim=slim):
                target.addfile(member, source.extractfile(member) if member.isreg() else None)
        for path, content in sorted(files.items()):
            added = tarfile.TarInfo(path)
            added.size = len(content)
            added.mode = 0o755 if content.startswith(b"#!") else 0o644
            target.addfile(added, io.BytesIO(content))


def bootstrap(release: Release, host: Host, tar: Path) -> None:
    """Write the minimal system of a release.

    /usr is merged as in the official images; without the package usr-is-merged a dependency of bookworm's base
    brings perl in.

    Raises:
        subprocess.CalledProcessError: mmdebstrap failed; its output is in `stderr`.
    """
    command = [
        *("mmdebstrap", "--variant=minbase", "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr"),
        *("--include=usr-is-merged,tzdata", '--aptopt=APT::Install-Recommends "false"', "--format=tar"),
        *(release.codename, str(tar), "-"),
    ]
    subprocess.run(command, input=host.sources(release.codename), capture_output=True, text=True, check=True)
