"""Run the command line inside this process, or as a process of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest.mock import patch

from imgslim.cli import main

if TYPE_CHECKING:
    from pathlib import Path

#: A program that is understood: what it becomes is the planner's matter, that it becomes something is ours.
HELLO_C = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'
#: What it starts is computed: a rewrite rests on assumptions.
UNSURE_C = "#include <stdlib.h>\nint main(int n, char **words) { return system(words[n - 1]); }\n"
HELLO = 'FROM gcc:12\nCOPY hello.c .\nRUN gcc -o hello hello.c\nCMD ["./hello"]\n'


@dataclass(frozen=True, slots=True)
class Result:
    """What a run of the command left."""

    code: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        """Standard output."""
        return self.out.decode()

    @property
    def message(self) -> str:
        """Standard error."""
        return self.err.decode()


def imgslim(*arguments: str | Path, stdin: bytes = b"", terminal: bool = False) -> Result:
    """Run ``imgslim`` in this process."""
    streams = [io.TextIOWrapper(io.BytesIO(data), encoding="utf-8") for data in (stdin, b"", b"")]
    if terminal:
        streams[1].isatty = lambda: True  # type: ignore[method-assign]
    code = 0
    with (
        patch.multiple(sys, stdin=streams[0], stdout=streams[1], stderr=streams[2]),
        patch.object(sys, "argv", ["imgslim", *map(str, arguments)]),
    ):
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    for stream in streams[1:]:
        stream.flush()
    return Result(code, *(stream.buffer.getvalue() for stream in streams[1:]))


def process(*arguments: str | Path, stdin: int | None = None, stdout: int | None = None) -> subprocess.Popen[bytes]:
    """Start ``imgslim`` as a process; the caller waits for it."""
    command = [sys.executable, "-m", "imgslim", *(os.fspath(word) for word in arguments)]
    return subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)


def project(folder: Path, dockerfile: str | bytes = HELLO, name: str = "Dockerfile", source: str = HELLO_C) -> Path:
    """Write a project; the path of its Dockerfile."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hello.c").write_text(source)
    path = folder / name
    path.write_bytes(dockerfile.encode() if isinstance(dockerfile, str) else dockerfile)
    return path
