"""Trees to migrate, made in a folder of the test's own."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from imgslim.migrate.planning import Choice
from imgslim.migrate.root import Root
from imgslim.migrate.run import Migration
from imgslim.migrate.survey import Selection, survey

if TYPE_CHECKING:
    from pathlib import Path

    from imgslim.migrate.results import Result
    from imgslim.migrate.survey import Survey

C = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'
HELLO = 'FROM gcc:12\nCOPY hello.c .\nRUN gcc -o hello hello.c\nCMD ["./hello"]\n'
#: It rests on an assumption: what it starts is computed.
UNSURE_C = "#include <stdlib.h>\nint main(int n, char **words) { return system(words[n - 1]); }\n"


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def service(name: str, dockerfile: str = HELLO, source: str = C) -> dict[str, str | bytes]:
    """The files of one service."""
    return {f"{name}/Dockerfile": dockerfile, f"{name}/hello.c": source}


def git(folder: Path, *words: str) -> str:
    """Run git in a folder, as somebody whom nothing of this machine's configuration touches."""
    command = ["git", "-C", str(folder), "-c", "user.email=someone@example.org", "-c", "user.name=Someone", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def repository(folder: Path, files: dict[str, str | bytes]) -> Path:
    """A repository with one commit of these files."""
    write(folder, files)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "all")
    return folder


def surveyed(folder: Path, *include: str, exclude: tuple[str, ...] = (), since: str = "") -> Survey:
    """Survey a tree."""
    return survey(Root(folder), Selection(include, exclude, since))


def planned(folder: Path, target: str = "") -> dict[str, Result]:
    """Plan a tree; results by path."""
    migration = Migration(Root(folder), Selection(), Choice(target))
    migration.plan()
    found = {one.path: one for one in migration.results()}
    migration.close(finished=True)
    return found
