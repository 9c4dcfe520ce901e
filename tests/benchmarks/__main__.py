"""Print what a rewrite costs, each figure as a ratio to a peer that runs in the same process or right beside it."""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from dockerfile_parse import DockerfileParser

from imgslim.errors import ImgslimError
from imgslim.service import slim
from imgslim.syntax import parse
from imgslim.syntax.instructions import context_sources
from tests.benchmarks.ordinary import ordinary

if TYPE_CHECKING:
    from collections.abc import Sequence

_FILES = 300
_RUNS = 5
_COLD_LINES = 500


def main() -> None:
    """Measure and print."""
    sys.stdout.write(f"cold start, 500 lines, against a bare interpreter: {_cold():.1f} x\n")
    texts = [ordinary(seed) for seed in range(_FILES)]
    ours, theirs = _seconds(texts, _plan), _seconds(texts, _peer)
    sys.stdout.write(f"planning, files a second and core: {_FILES / ours:.0f}\n")
    sys.stdout.write(f"planning against dockerfile-parse reading the same files: {ours / theirs:.1f} x\n")
    small, large = _seconds([ordinary(1, 500)], _plan), _seconds([ordinary(1, 5000)], _plan)
    sys.stdout.write(f"ten times the lines (500 to 5,000): {large / small:.1f} x\n")


def _plan(text: str) -> None:
    try:
        slim(text)
    except ImgslimError:
        return


def _peer(text: str) -> None:
    _ = DockerfileParser(fileobj=io.BytesIO(text.encode())).structure


def _seconds(texts: Sequence[str], work: object) -> float:
    """CPU seconds for all texts, the best of several runs."""
    best = float("inf")
    for _ in range(_RUNS):
        start = time.process_time()
        for text in texts:
            work(text)  # type: ignore[operator]
        best = min(best, time.process_time() - start)
    return best


def _cold() -> float:
    with tempfile.TemporaryDirectory() as folder:
        # The sources that it copies are there: a rewrite is timed, not the refusal for want of them.
        text = ordinary(1, _COLD_LINES, "gcc:13")
        Path(folder, "Dockerfile").write_text(text)
        for source in (*(s for s in chain(*context_sources(parse(text))) if s not in (".", "./")), "main.c"):
            path = Path(folder, source)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("int main(void) { return 0; }\n")
        return _child([sys.executable, "-m", "imgslim", "rewrite", folder]) / _child([sys.executable, "-c", "pass"])


def _child(command: list[str]) -> float:
    """CPU seconds of a whole process, byte code cached, the best of several runs."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    best = float("inf")
    for _ in range(_RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, env=environment, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


if __name__ == "__main__":
    main()
