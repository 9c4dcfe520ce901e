"""Print what the language server costs an editor: ``python -m tests.benchmarks.editor``.

Times are those of a code action with the resolution of one. Beside the time on the clock stands the processor time of
the server alone, which a machine with other work to do spoils less, and its ratio to a peer: dockerfile-parse reading
the same text between the requests.
"""

from __future__ import annotations

import io
import random
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from dockerfile_parse import DockerfileParser

from imgslim.syntax import parse
from imgslim.syntax.instructions import context_sources
from tests.benchmarks.ordinary import ordinary
from tests.lsp.editor import beside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.lsp.editor import Editor

_STARTS = 7
_LINES = 500
_REQUESTS = 100
_EDITS = 10_000
#: Seconds in which the server plans ahead, as it does while a person looks at what was found.
_REST = 0.5


def main() -> None:
    """Measure and print."""
    starts = sorted(_starts())
    clock, used = starts[len(starts) // 2]
    sys.stdout.write(f"start to the first answer: median {clock:.0f} ms, processor {used:.0f} ms\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind, text in _kinds().items():
            path = _project(folder / kind.replace(" ", "-"), text)
            for rest in (_REST, 0.0):
                when = "after the debounce" if rest else "right after a key"
                sys.stdout.write(f"{_LINES} lines, {kind}, {when}: {_requests(path, rest)}\n")
                sys.stdout.flush()
        path = _project(folder / "edited", ordinary(1, _LINES, "gcc:13"))
        sys.stdout.write(f"resident memory over {_EDITS:,} edits, MB: {', '.join(_memory(path))}\n")


def _kinds() -> dict[str, str]:
    """Files of the wanted length: as people write them, and of as many commands as such a file can hold."""
    made = "".join(f"RUN mkdir -p /var/lib/app{n} && chmod 755 /var/lib/app{n}\n" for n in range(_LINES - 5))
    return {
        "ordinary on gcc": ordinary(1, _LINES, "gcc:13"),
        "ordinary on golang": ordinary(1, _LINES, "golang:1.21"),
        "RUN of two commands": "FROM gcc:13\nCOPY . /src\nWORKDIR /src\nRUN gcc -o /usr/local/bin/app main.c\n"
        f'{made}CMD ["app"]\n',
    }


def _starts() -> Iterator[tuple[float, float]]:
    """Milliseconds from a process to its answer to ``initialize``, and of its processor time."""
    for _ in range(_STARTS):
        begin = time.perf_counter()
        with beside() as (editor, process):
            editor.start()
            yield (time.perf_counter() - begin) * 1000, _processor(process.pid)


def _project(folder: Path, text: str) -> Path:
    """A file whose sources are there, so that it is planned, not refused."""
    folder.mkdir()
    for source in (
        *(s for s in chain(*context_sources(parse(text))) if s not in (".", "./")),
        "main.c",
        "main.go",
        "go.mod",
    ):
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
    """What a code action with its resolution takes, after one more key was typed and ``rest`` seconds passed."""
    times, used, peer = [], [], []
    with beside() as (editor, process):
        editor.start()
        uri = editor.open(path.as_uri(), path.read_text())
        editor.findings(uri)
        time.sleep(_REST)  # nobody types in the very moment in which a file is shown
        for number in range(_REQUESTS):
            peer.append(_peer(editor.buffers[uri]))
            before, begin = _processor(process.pid), time.perf_counter()
            editor.edit(uri, 0, 0, "#" if number % 2 else "\n")
            if rest:
                editor.findings(uri)
                time.sleep(rest)
                before, begin = _processor(process.pid), time.perf_counter()
            at = editor.buffers[uri].index("FROM")
            actions = [a for a in editor.actions(uri, at) if "disabled" not in a]
            editor.resolve(actions[number % len(actions)])
            times.append((time.perf_counter() - begin) * 1000)
            used.append(_processor(process.pid) - before)
    return f"{_spread(times)}; processor {_spread(used)}, {_at(used, 0.5) / _at(peer, 0.5):.1f} x dockerfile-parse"


def _peer(text: str) -> float:
    """Milliseconds of processor time in which another parser reads the text."""
    begin = time.process_time()
    _ = DockerfileParser(fileobj=io.BytesIO(text.encode())).structure
    return (time.process_time() - begin) * 1000


def _spread(milliseconds: Sequence[float]) -> str:
    return f"p50 {_at(milliseconds, 0.5):.1f} ms, p99 {_at(milliseconds, 0.99):.1f} ms"


def _at(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of all do not exceed."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def _memory(path: Path) -> Iterator[str]:
    """Megabytes at the start and after each fifth of the edits."""
    chance = random.Random(1)  # noqa: S311
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
    """Milliseconds of processor time that all threads of a process have used (proc(5), schedstat)."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main()
