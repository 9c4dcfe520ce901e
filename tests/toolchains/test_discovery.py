"""Finding toolchains."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from imgslim import toolchains
from imgslim.toolchains import NAMES, all_toolchains, toolchains_for
from tests.toolchains.golang.support import read


def test_every_package_with_a_toolchain_is_found() -> None:
    """The names are unique, each with one line for people, and Go is among them."""
    found = all_toolchains()
    assert len({t.name for t in found}) == len(found)
    assert "go" in {t.name for t in found}
    assert all(t.summary and "\n" not in t.summary for t in found)
    assert all_toolchains() is found


def test_only_those_that_may_own_a_command_are_asked() -> None:
    """A build with go asks Go, one without does not."""
    assert "go" in {t.name for t in toolchains_for(read("FROM golang\nRUN cd x && A=b go build\n").trace)}
    assert "go" in {
        t.name for t in toolchains_for(read("FROM golang\nRUN sudo A=b /usr/local/go/bin/go build\n").trace)
    }
    assert "go" not in {t.name for t in toolchains_for(read("FROM debian\nRUN gofmt . && gofer build\n").trace)}
    assert toolchains_for(read("FROM debian\nRUN ls\n").trace) == ()


def test_discovery_does_not_load_what_reads_sources() -> None:
    """Importing a toolchain costs its prefilter alone."""
    code = (
        "import sys; from imgslim.toolchains import all_toolchains; all_toolchains();"
        "print([m for m in sys.modules if m.startswith('imgslim.toolchains.golang.')])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_the_list_names_every_toolchain() -> None:
    """The list is written by hand: no module or package that has a TOOLCHAIN is forgotten."""
    folder = Path(toolchains.__file__).parent
    files = [*folder.glob("*.py"), *folder.glob("*/__init__.py")]
    found = [f.parent if f.name == "__init__.py" else f for f in files if "\nTOOLCHAIN" in f.read_text("utf-8")]
    assert {path.stem for path in found} == set(NAMES)
