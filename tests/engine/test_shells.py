"""What shells and tools do, asked of the images: the tables of dialects and of tools that are alike hold."""

from __future__ import annotations

import subprocess
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from imgslim.planner.alike import alike
from imgslim.syntax.dialect import differs, peculiar
from imgslim.syntax.shell import script_commands
from tests.planner import tool_samples
from tests.syntax.shell_samples import SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.engine
#: By the kind of shell: an image that has it, and the command.
SHELLS = {
    "dash": ("debian:bookworm-slim", "dash"),
    "ash": ("busybox:glibc", "sh"),
    "bash": ("debian:bookworm-slim", "bash --posix"),
}
#: Each sample's text is a file of its own; standard error is not compared, only what scripts can go by.
DRIVER = """
for f in /samples/*; do
  out=$(timeout 5 {shell} "$f" 2>/dev/null </dev/null); rc=$?
  printf '%s|%s|%s\\n' "${{f##*/}}" "$rc" "$(printf '%s' "$out" | tr '\\n' '~')"
done
"""


def _said(folder: Path, image: str, shell: str) -> dict[str, str]:
    words = ["docker", "run", "--rm", "-v", f"{folder}:/samples:ro", image, "sh", "-c", DRIVER.format(shell=shell)]
    done = subprocess.run(words, capture_output=True, check=True, timeout=120, text=True, errors="replace")
    return dict(line.split("|", 1) for line in done.stdout.splitlines())


@pytest.mark.usefixtures("engine")
def test_the_table_of_dialects(tmp_path: Path) -> None:
    """Two shells end a sample differently where a feature in it says so, and nowhere else."""
    for name, text in SAMPLES.items():
        (tmp_path / name).write_text(text + "\n")
    said = {kind: _said(tmp_path, *where) for kind, where in SHELLS.items()}
    wrong = []
    for name, text in SAMPLES.items():
        features = [one.feature for one in peculiar(text + "\n")]
        for one, other in combinations(SHELLS, 2):
            expected = any(differs(feature, one, other) for feature in features)
            if expected != (said[one][name] != said[other][name]):
                wrong.append((name, one, other, features, said[one][name], said[other][name]))
    assert not wrong


@pytest.mark.usefixtures("engine")
def test_the_table_of_tools(tmp_path: Path) -> None:
    """GNU and busybox answer each sample alike, and each tool of it is one that the table knows."""
    for number, text in enumerate(tool_samples.SAMPLES):
        (tmp_path / f"{number:03}").write_text(text + "\n")
        commands, _ = script_commands(text)
        tools = [argv for argv in commands if argv[0] not in ("echo", "printf", "test", "env", "xargs")]
        assert all(alike(argv) for argv in tools), text
    gnu, busybox = (_said(tmp_path, image, "sh") for image in ("debian:bookworm-slim", "busybox:glibc"))
    assert {n: (gnu[n], busybox[n]) for n in gnu if gnu[n] != busybox[n]} == {}
