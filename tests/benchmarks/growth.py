"""Print how planning time grows with ten times the lines, kind by kind: ``python -m tests.benchmarks.growth``."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from imgslim.context import MemoryContext, NoContext
from imgslim.errors import ImgslimError
from imgslim.service import slim
from tests.benchmarks.ordinary import ordinary

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgslim.context import BuildContext

_RUNS = 3
_GO = {"go.mod": "module example.org/app\n\ngo 1.21\n", "main.go": "package main\n\nfunc main() {}\n"}
_C = {"main.c": "int main(void) { return 0; }\n"}


def _lines(head: str, line: str, end: str = 'CMD ["app"]') -> Callable[[int], str]:
    """A file of one kind of line, numbered."""
    return lambda count: "\n".join([head, *(line.replace("#N", str(n)) for n in range(count)), end, ""])


def _joined(head: str, start: str, link: str, join: str, end: str = 'CMD ["app"]') -> Callable[[int], str]:
    """A file with one RUN that joins many commands, each on a line of its own."""
    return lambda count: f"{head}\n{start}{join.join(link.replace('#N', str(n)) for n in range(count))}\n{end}\n"


#: What the file is full of, and how a file with about so many lines is made.
KINDS: dict[str, Callable[[int], str]] = {
    "ordinary lines": lambda count: ordinary(1, count),
    "ordinary lines on gcc": lambda count: ordinary(1, count, "gcc:13"),
    "ordinary lines on golang": lambda count: ordinary(1, count, "golang:1.21"),
    "comments": _lines("FROM debian:12", "# note #N"),
    "ENV": _lines("FROM debian:12", "ENV A#N=b$A0"),
    "ENV and RUN in turn": _lines("FROM debian:12", "ENV A#N=b\nRUN echo $A#N"),
    "ARG": _lines("FROM debian:12", "ARG A#N=b"),
    "ARG before FROM": lambda count: "\n".join([*(f"ARG A{n}=b" for n in range(count)), "FROM debian:12", "CMD a", ""]),
    "LABEL": _lines("FROM debian:12", "LABEL a#N=b"),
    "EXPOSE": _lines("FROM debian:12", "EXPOSE 80"),
    "VOLUME": _lines("FROM debian:12", "VOLUME /v#N"),
    "USER": _lines("FROM debian:12", "USER u#N"),
    "WORKDIR": _lines("FROM debian:12", "WORKDIR /w#N"),
    "WORKDIR, each in the last": _lines("FROM debian:12", "WORKDIR ../w#N"),
    "COPY": _lines("FROM debian:12", "COPY a#N /b#N"),
    "ADD": _lines("FROM debian:12", "ADD https://example.org/#N /b#N"),
    "RUN of packages": _lines("FROM debian:12", "RUN apt-get install -y a#N"),
    "RUN of file tools": _lines("FROM debian:12", "RUN cp /a#N /b#N && rm /a#N"),
    "RUN of links": _lines("FROM debian:12", "RUN ln -s /a#N /b#N"),
    "RUN of gcc": _lines("FROM gcc:13\nCOPY . /s\nWORKDIR /s", "RUN gcc -o /a#N main.c", 'CMD ["/a0"]'),
    "RUN of go build": _lines("FROM golang:1.21\nCOPY . /s\nWORKDIR /s", "RUN go build -o /a#N .", 'CMD ["/a0"]'),
    "RUN of make": _lines("FROM gcc:13\nCOPY . /s\nWORKDIR /s", "RUN make a#N", 'CMD ["/a0"]'),
    "RUN with a here-document": _lines("FROM debian:12", "RUN <<E\necho #N\nE"),
    "RUN that takes the grammar": _lines("FROM debian:12", "RUN if a; then b $(c); fi"),
    "commands joined by &&": _joined("FROM debian:12", "RUN ", "echo #N", " && \\\n  "),
    "commands joined by ;": _joined("FROM debian:12", "RUN ", "echo #N", "; \\\n  "),
    "commands joined by ||": _joined("FROM debian:12", "RUN ", "echo #N", " || \\\n  "),
    "cd deeper and deeper": _joined("FROM debian:12", "RUN ", "cd a", " && \\\n  "),
    "gcc joined by &&": _joined(
        "FROM gcc:13\nCOPY . /s\nWORKDIR /s", "RUN ", "gcc -o /a#N main.c", " && \\\n  ", 'CMD ["/a0"]'
    ),
    "lines of one here-document": _joined("FROM debian:12", "RUN <<E\n", "echo #N", "\n", 'E\nCMD ["app"]'),
    "words of one RUN": _joined("FROM debian:12", "RUN apt-get install ", "a#N", " \\\n  "),
    "stages": _lines("FROM debian:12", "FROM debian:12 AS s#N\nCOPY --from=0 /a /b"),
}


def main() -> None:
    """Measure and print."""
    given = {arg for arg in sys.argv[1:] if not arg.isdecimal()}
    small = next((int(arg) for arg in sys.argv[1:] if arg.isdecimal()), 500)
    for name, make in KINDS.items():
        if given and name not in given:
            continue
        few, many = _seconds(make(small)), _seconds(make(10 * small))
        sys.stdout.write(f"{name:32} {many / few:6.1f} x   {many:8.3f} s\n")
        sys.stdout.flush()


def _seconds(text: str) -> float:
    """CPU seconds to plan the file, with the sources that it names where it builds any; the best of several runs."""
    context: BuildContext = MemoryContext({**_GO, **_C}) if "COPY . /s" in text else NoContext()
    best = float("inf")
    for run in range(_RUNS):
        # Another text each time: the tree of the last one is kept.
        changed = f"{text}# {run}\n"
        start = time.process_time()
        with suppress(ImgslimError):
            slim(changed, context)
        best = min(best, time.process_time() - start)
        if best > 1:
            break
    return best


if __name__ == "__main__":
    main()
