"""Modules that only Python's own tests import stay behind, unless something shows that they are used."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from imgslim.evidence import Access, Evidence
from imgslim.toolchains.python.spare import spared
from tests.evidence_kit import contents, run
from tests.toolchains.python.test_python import project

if TYPE_CHECKING:
    from imgslim.evidence import Contents

LIBRARY = "/usr/local/lib/python3.12"
FOLDER = f"{LIBRARY}/lib-dynload"
MODULES = ("_ssl.cpython-312.so", "_testcapi.cpython-312.so", "_testbuffer.cpython-312.so", "xxlimited.cpython-312.so")


def _lines(built: Contents | None, *opened: str, watched: bool = True) -> list[str]:
    uses = dict.fromkeys((f"{FOLDER}/{name}" for name in opened), Access.READ)
    found = replace(project("COPY . ."), evidence=Evidence(built, run(uses) if watched else None))
    return [each.shell for each in spared(found, LIBRARY)]


def _built(*names: str) -> Contents:
    return contents(dict.fromkeys(names, 0))


def test_modules_for_tests_stay_behind() -> None:
    """Those that are there, by their names; the others are the library's."""
    built = _built(*(f"{FOLDER}/{name}" for name in MODULES))
    assert _lines(built, "_ssl.cpython-312.so") == [f"rm {FOLDER}/_test* {FOLDER}/xxlimited*"]


@pytest.mark.parametrize(
    ("built", "opened", "watched"),
    [
        (_built(f"{FOLDER}/{MODULES[0]}"), (), True),  # there are none
        (_built(f"{FOLDER}/{MODULES[1]}"), (MODULES[1],), True),  # the program imports one
        (_built(f"{FOLDER}/{MODULES[1]}", f"{LIBRARY}/test/support/__init__.py"), (), True),  # the tests are there
        (_built(f"{FOLDER}/{MODULES[1]}"), (), False),  # nobody watched
        (None, (), True),
    ],
)
def test_they_go_along_otherwise(built: Contents | None, opened: tuple[str, ...], *, watched: bool) -> None:
    """The twins."""
    assert _lines(built, *opened, watched=watched) == []
