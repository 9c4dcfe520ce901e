"""What stands in a script for the folder that it lies in."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from imgslim.syntax.shell_here import with_folder

if TYPE_CHECKING:
    from pathlib import Path

#: Each prints one path in bash.
_SAME = [
    'echo "$(dirname "$0")/x"',
    "echo $(dirname $0)/x",
    "echo `dirname $0`/x",
    'echo "${0%/*}/x"',
    'echo "$(dirname "$(readlink -f "$0")")/x"',
    'echo "$( dirname "${BASH_SOURCE[0]}" )/x"',
    'echo "$(cd "$(dirname "$0")" && pwd)/x"',
    'echo "$(cd "$(dirname "$0")/.." && pwd)/x"',
    'echo "$( cd -- "$( dirname -- "${BASH_SOURCE[0]}" )" &> /dev/null && pwd )/x"',
    'echo "$(cd "$(dirname "$0")" >/dev/null 2>&1 && pwd -P)/x"',
    'HERE=$(cd "$(dirname "$0")" && pwd)\necho "$HERE/x"',
    'export HERE="$(dirname "$0")"\necho ${HERE}/x',
    'A=${0%/*}\nB=1\necho "$A/x"',
    'A=$(dirname "$0")/conf; echo "$A"',
]


@pytest.mark.parametrize("text", _SAME)
def test_what_bash_makes_of_it(text: str, tmp_path: Path) -> None:
    """The folder stands there in plain words, and the script says what it said before."""
    folder = tmp_path / "app" / "bin"
    folder.mkdir(parents=True)
    read = with_folder(text, str(folder))
    assert f"echo {folder}" in read.replace('"', "") or f"echo {folder.parent}" in read.replace('"', "")
    said = []
    for number, script in enumerate((text, read)):
        path = folder / f"s{number}.sh"
        path.write_text(script)
        done = subprocess.run(["bash", path], capture_output=True, text=True, check=True, timeout=20, env=os.environ)
        said.append(done.stdout)
    assert said[0] == said[1]


@pytest.mark.parametrize(
    "text",
    [
        'echo "$(dirname "$1")/x"',
        'echo "$(basename "$0")"',
        'A=$(dirname "$0")\nA=/y\necho $A/x',
        'A=$(dirname "$0")\nfor A in 1 2; do echo $A/x; done',
        'A=$(dirname "$0")\nread A\necho $A/x',
        'A=$(dirname "$0")\nA+=/z\necho $A/x',
        '  [ -n "$1" ] && A=$(dirname "$0")\necho $A/x',
        "A=/y\necho $A/x",
        'AB=$(dirname "$0")\necho $A/x ${A}B $ABC',
    ],
)
def test_what_may_be_another_folder(text: str) -> None:
    """Another path, a variable that has other values too, or one that it only may have."""
    assert "echo /app" not in with_folder(text, "/app").replace('"', "")


def test_a_text_without_it_stays() -> None:
    """Nothing is changed."""
    text = "DIR=/srv\necho $DIR '$0'\n"
    assert with_folder(text, "/app") == text
