"""Print what the language server costs an editor: ``python -m tests.benchmarks.editor``."""

from __future__ import annotations

import random
import statistics
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
_REQUESTS = 300
_EDITS = 10_000


def main() -> None:
    """Measure and print."""
    starts = sorted(_starts())
    sys.stdout.write(
        f"server start to its first answer, ms: best {starts[0]:.0f}, median {statistics.median(starts):.0f}\n"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for base in ("gcc:13", "golang:1.21"):
            path = _project(folder / base.partition(":")[0], base)
            for rested in (True, False):
                times = sorted(_requests(path, rested=rested))
                when = "once its findings are shown" if rested else "right after a key"
                sys.stdout.write(
                    f"{base}, {len(path.read_text().splitlines())} lines, code action + resolve {when}, ms: "
                    f"median {statistics.median(times):.1f}, p99 {times[int(len(times) * 0.99)]:.1f}\n"
                )
        sys.stdout.write(f"resident memory over {_EDITS:,} edits, MB: {', '.join(_memory(folder / 'gcc'))}\n")


def _starts() -> Iterator[float]:
    for _ in range(_STARTS):
        begin = time.perf_counter()
        with beside() as (editor, _):
            editor.start()
            yield (time.perf_counter() - begin) * 1000


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


def _requests(path: Path, *, rested: bool) -> Iterator[float]:
    """Milliseconds of each code action with its resolution, after one more key was typed."""
    with beside() as (editor, _):
        editor.start(delay=0)
        uri = editor.open(path.as_uri(), path.read_text())
        editor.findings(uri)
        for number in range(_REQUESTS):
            editor.edit(uri, 0, 0, "#" if number % 2 else "\n")
            if rested:
                editor.findings(uri)
                time.sleep(0.5)
            at = editor.buffers[uri].index("FROM")
            begin = time.perf_counter()
            actions = [a for a in editor.actions(uri, at) if "disabled" not in a]
            editor.resolve(actions[number % len(actions)])
            yield (time.perf_counter() - begin) * 1000


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


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main()
