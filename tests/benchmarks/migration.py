"""Migrate a generated monorepo: ``python -m tests.benchmarks.migration [COUNT] [FOLDER]``.

Prints files a second and core, the share of the planning itself, the peak of memory against a tenth of the files, and
whether two runs, several processes, and a run that was killed and gone on with give the same bytes.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from imgslim.migrate import planning
from imgslim.migrate.planning import Choice
from imgslim.migrate.pool import cores
from imgslim.migrate.root import Root
from imgslim.migrate.run import Migration
from imgslim.migrate.survey import Selection
from imgslim.service import slim
from imgslim.sources import find_context
from tests.benchmarks.monorepo import make

if TYPE_CHECKING:
    from collections.abc import Callable

_PEAK = (
    "import resource, sys\nfrom imgslim.migrate import plans\nfor _ in plans(sys.argv[1]): pass\n"
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
)


def main(count: int, folder: Path) -> None:
    """Measure and print."""
    tree, small = folder / "tree", folder / "small"
    if not tree.exists():
        make(tree, count)
    make(small, count // 10)
    say = sys.stdout.write
    say(f"{count} Dockerfiles\n")
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    whole = _run(tree, folder, "1")
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = now.ru_utime + now.ru_stime - spent.ru_utime - spent.ru_stime
    say(f"files a second and core, JSON summary included: {count / seconds:.0f}\n")
    say(f"survey, keys, journal and summary, as a share of that: {_own(small):.0%}\n")
    say(f"peak of memory, against a tenth of the files: {_peak(tree) / _peak(small):.2f} x\n")
    say(f"a second run, the same bytes: {_run(tree, folder, '1') == whole}\n")
    say(f"{max(2, cores())} processes, the same bytes: {_run(tree, folder, str(max(2, cores()))) == whole}\n")
    written = _killed(tree, folder, count)
    say(f"killed after {written} files, gone on with, the same bytes: {_run(tree, folder, '1') == whole}\n")


def _command(tree: Path, folder: Path, jobs: str) -> list[str]:
    words = ["migrate", str(tree), "--jobs", jobs, "--format", "json", "--journal", str(folder / "journal")]
    return [sys.executable, "-m", "imgslim", *words]


def _run(tree: Path, folder: Path, jobs: str) -> bytes:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(_command(tree, folder, jobs), env=environment, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode())
    return done.stdout


def _killed(tree: Path, folder: Path, count: int) -> int:
    """Kill a run when half of the files are planned; how many it has written down."""
    journal = folder / "journal"
    process = subprocess.Popen(_command(tree, folder, "2"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and not (journal.exists() and journal.read_bytes().count(b"\n") > count // 2):
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return journal.read_bytes().count(b"\n") - 1


def _peak(tree: Path) -> int:
    done = subprocess.run([sys.executable, "-c", _PEAK, str(tree)], check=True, capture_output=True, text=True)
    return int(done.stdout)


def _own(tree: Path) -> float:
    """The share of CPU time that goes into neither finding a context nor planning."""
    core = 0.0

    def timed(work: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*words: object, **named: object) -> object:
            nonlocal core
            start = time.process_time()
            try:
                return work(*words, **named)
            finally:
                core += time.process_time() - start

        return wrapped

    with (
        patch.object(planning, "slim", timed(slim)),
        patch.object(planning, "find_context", timed(find_context)),
    ):
        start = time.process_time()
        migration = Migration(Root(tree), Selection(), Choice())
        migration.plan()
        faults = sum(one.status == "error" for one in migration.results())
        if faults:
            raise SystemExit(f"{faults} files end in an error")
        return 1 - core / (time.process_time() - start)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(int((sys.argv[1:] or ["10000"])[0]), Path(sys.argv[2]) if len(sys.argv) > 2 else Path(temporary))
