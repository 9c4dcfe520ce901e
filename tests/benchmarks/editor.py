"""Print what the language server costs an editor: ``python -m tests.benchmarks.editor``."""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from imgslim.syntax import parse
from imgslim.syntax.instructions import context_sources
from tests.benchmarks.ordinary import ordinary
from tests.lsp.editor import beside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lsp.editor import Editor

_STARTS = 7
_LINES = 500
_REQUESTS = 100
_EDITS = 10_000
#: Seconds in which the server plans ahead, as it does while a person looks at what was found.
_REST = 0.5


def main() -> None:
    """Measure and print; beside the time on the clock, the processor time of the server alone."""
    starts = sorted(_starts())
    clock, used = starts[len(starts) // 2]
    sys.stdout.write(f"start to the first answer: median {clock:.0f} ms, processor {used:.0f} ms\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for base in ("gcc:13", "golang:1.21"):
            path = _project(folder / base.partition(":")[0], base)
            for rest in (_REST, 0.0):
                when = "once its findings are shown" if rest else "right after a key"
                sys.stdout.write(f"code action + resolve, {_LINES} lines on {base}, {when}: {_requests(path, rest)}\n")
                sys.stdout.flush()
        sys.stdout.write(f"resident memory over {_EDITS:,} edits, MB: {', '.join(_memory(folder / 'gcc'))}\n")


def _starts() -> Iterator[tuple[float, float]]:
    """Milliseconds from a process to its answer to ``initialize``, and of its processor time."""
    for _ in range(_STARTS):
        begin = time.perf_counter()
        with beside() as (editor, process):
            editor.start()
            yield (time.perf_counter() - begin) * 1000, _processor(process.pid)


def _project(folder: Path, base: str) -> Path:
    """A file of the wanted length whose sources are there, so that it is planned, not refused."""
    text = ordinary(1, _LINES, base)
    folder.mkdir()
    for source in (*(s for s in context_sources(parse(text)) if s not in (".", "./")), "main.c", "main.go", "go.mod"):
        (folder / source).parent.mkdir(parents=True, exist_ok=True)
        (folder / source).write_text(
            "module example.org/app\ngo 1.21\n" if source == "go.mod"
            else "package main\nfunc main() {}\n" if source == "main.go"
            else "int main(void) { return 0; }\n"
        )  # fmt: skip
    path = folder / "Dockerfile"
    path.write_text(text)
    return path


def _requests(path: Path, rest: float) -> str:
    """The times of a code action with its resolution, after one more key was typed and ``rest`` seconds passed."""
    times, used = [], 0.0
    with beside() as (editor, process):
        editor.start(delay=0)
        uri = editor.open(path.as_uri(), path.read_text())
        editor.findings(uri)
        for number in range(_REQUESTS):
            editor.edit(uri, 0, 0, "#" if number % 2 else "\n")
            if rest:
                editor.findings(uri)
                time.sleep(rest)
            at = editor.buffers[uri].index("FROM")
            before, begin = _processor(process.pid), time.perf_counter()
            actions = [a for a in editor.actions(uri, at) if "disabled" not in a]
            editor.resolve(actions[number % len(actions)])
            times.append((time.perf_counter() - begin) * 1000)
            used += _processor(process.pid) - before
    times.sort()
    return (
        f"median {times[len(times) // 2]:.1f} ms, p99 {times[int(len(times) * 0.99)]:.1f} ms, "
        f"processor {used / _REQUESTS:.1f} ms"
    )


def _memory(folder: Path) -> Iterator[str]:
    """Megabytes at the start and after each quarter of the edits."""
    chance = random.Random(1)  # noqa: S311
    path = folder / "Dockerfile"
    with beside() as (editor, process):
        editor.start(delay=5)
        uri = editor.open(path.as_uri(), path.read_text())
        editor.findings(uri)
        for number in range(_EDITS + 1):
            if number % (_EDITS // 5) == 0:
                editor.findings(uri)
                yield f"{_resident(process.pid):.0f}"
            _edit(editor, uri, chance)
            if number % 20 == 0:
                # A text that is planned again, after some that hardly are.
                editor.replace(uri, f"{path.read_text()}# {number}\n")
                editor.findings(uri)
                editor.actions(uri)


def _edit(editor: Editor, uri: str, chance: random.Random) -> None:
    """Put a character somewhere, or take one away again: the text keeps its length."""
    text = editor.buffers[uri]
    at = chance.randint(0, len(text) - 1)
    if chance.random() < 0.5:
        editor.edit(uri, at, at, chance.choice("abc \n"))
    else:
        editor.edit(uri, at, at + 1, "")


def _processor(pid: int) -> float:
    """Milliseconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main()
