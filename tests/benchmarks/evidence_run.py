"""Measure what watching adds to running: each program run plainly and watched, one after the other.

``python -m tests.benchmarks.evidence_run [ROUNDS]`` needs an engine and the base images of ``tests.bases``.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from imgslim.engine.options import BuildOptions, BuildSource
from imgslim.engine.session import Session
from imgslim.engine.tracer import provide
from imgslim.verify.observe import observe
from imgslim.verify.options import VerifyOptions
from imgslim.verify.probes import RunProbe
from imgslim.verify.watch import watch

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROUNDS = 3
_DEBIAN = "FROM debian:bookworm-slim\n"
_GO = """\
FROM golang:1.24
WORKDIR /src
RUN printf 'package main\\nimport "net/http"\\n' > main.go \\
 && echo 'func main() { http.ListenAndServe(":80", http.FileServer(http.Dir("/etc"))) }' >> main.go \\
 && go mod init x && go build -o /x .
EXPOSE 80
CMD ["/x"]
"""
#: One program a line: ends at once; starts many others; does little but system calls; serves.
_PROGRAMS: Mapping[str, str] = {
    "echo": f'{_DEBIAN}CMD ["echo", "hello"]\n',
    "a shell that starts 300 programs": f"{_DEBIAN}CMD i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i+1)); done\n",
    "600,000 small reads and writes": f"{_DEBIAN}CMD dd if=/dev/zero of=/dev/null bs=1 count=300000\n",
    "an HTTP server (Go), 60 pages": _GO,
}


def main(rounds: int) -> None:
    """Measure and print."""
    options = VerifyOptions()
    run = RunProbe()
    with Session() as session, tempfile.TemporaryDirectory() as folder:
        begin = time.monotonic()
        tracer = provide(session, BuildOptions())
        sys.stdout.write(f"having the tracer: {time.monotonic() - begin:.1f} s\n")
        for name, text in _PROGRAMS.items():
            image = session.build(BuildSource(text.encode(), Path(folder)), BuildOptions())
            seen = observe(session, image, run, options)
            plain, watched, cut = [], [], ""
            for _ in range(rounds):
                begin = time.monotonic()
                observe(session, image, run, options, seen.plan)
                middle = time.monotonic()
                found = watch(session, image, run, options, seen=seen, tracer=tracer, gains=lambda _: False)
                plain.append(middle - begin)
                watched.append(time.monotonic() - middle)
                cut = found.cut if found is not None else "not watched"
            one, two = statistics.median(plain), statistics.median(watched)
            sys.stdout.write(f"{name}: {one:.2f} s plain, {two:.2f} s watched, {two / one:.1f} x; {cut or 'whole'}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else _ROUNDS)
