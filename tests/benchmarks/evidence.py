"""Print what looking into an image costs: ``python -m tests.benchmarks.evidence [IMAGE]`` (an engine has to be there).

The engine writes an image to its disk before it sends a byte, and the first save of a day reads it from a cold one; so
the peers run before and after, and the best of each counts.
"""

from __future__ import annotations

import subprocess
import sys
import time

from tests.engine_support import engine_environment

_RUNS = 3
#: A process of its own: the peak is that of the whole program, with the SDK, and of nothing else.
_LOOK = """
import resource, sys
from imgslim.engine.saved import look
from imgslim.engine.session import Session
with Session() as session:
    contents = look(session, session.engine.image(sys.argv[1]))
usage = resource.getrusage(resource.RUSAGE_SELF)
print(usage.ru_maxrss, usage.ru_utime + usage.ru_stime, len(contents.entries), len(contents.elf))
"""
_PEERS = {
    "docker save": "docker save {} > /dev/null",
    "docker save | tar t": "docker save {} | tar t > /dev/null",
    "docker save, each layer | tar t": (
        "docker save {} | tar x --to-command='tar t > /dev/null 2>&1 || cat > /dev/null' > /dev/null"
    ),
}


def main() -> None:
    """Measure and print."""
    image = sys.argv[1] if len(sys.argv) > 1 else "gcc:latest"
    environment = engine_environment()
    if environment is None:
        sys.exit("no engine answers")
    inspected = ("docker", "image", "inspect", "--format", "{{.Size}}", image)
    size = int(subprocess.run(inspected, capture_output=True, check=True, text=True).stdout)
    ours, said = float("inf"), ""
    theirs = dict.fromkeys(_PEERS, float("inf"))
    for _ in range(_RUNS):
        for name, command in _PEERS.items():
            theirs[name] = min(theirs[name], _seconds(["sh", "-c", command.format(image)])[0])
        seconds, said = _seconds([sys.executable, "-c", _LOOK, image])
        ours = min(ours, seconds)
    peak, processor, paths, files = said.split()
    sys.stdout.write(f"{image}: {size / 1e6:.0f} MB, {paths} paths, {files} ELF files\n")
    sys.stdout.write(f"peak memory: {int(peak) / 1024:.0f} MB, {int(peak) * 1024 / size:.3f} of the image\n")
    sys.stdout.write(f"whole look: {ours:.1f} s, {float(processor):.1f} s of them on the processor\n")
    for name, seconds in theirs.items():
        sys.stdout.write(f"against {name}: {ours / seconds:.2f} x\n")


def _seconds(command: list[str]) -> tuple[float, str]:
    """Seconds on the clock, and what it printed."""
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return time.monotonic() - start, done.stdout


if __name__ == "__main__":
    main()
