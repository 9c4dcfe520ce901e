"""Reading poms."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from imgslim.toolchains.java.pom import final_name, interpolate, read_pom


def _bomb() -> str:
    """Ten entities, each of ten of the one before."""
    letters = "abcdefghijkl"
    lines = [f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(letters)]
    return f'<!DOCTYPE p [<!ENTITY a "aaaaaaaaaa">{"".join(lines)}]><project><artifactId>&l;</artifactId></project>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_not_expanded(encoding: str) -> None:
    """A document type ends the reading before an entity is looked at, in any encoding."""
    start = time.monotonic()
    assert read_pom(_bomb().encode(encoding)) is None
    assert time.monotonic() - start < 1


@pytest.mark.parametrize(
    "text", ["", "<project>", "<other/>", "<project>" * 50_000, "\0", "<?xml version='1.0' encoding='nope'?><project/>"]
)
def test_what_is_no_pom(text: str) -> None:
    """Text of any other kind gives nothing, and no exception."""
    assert read_pom(text.encode()) is None


def test_deep_nesting_is_bounded() -> None:
    """A file that only nests is read without recursing into all of it."""
    deep = "<profiles><profile>" * 3000 + "</profile></profiles>" * 3000
    assert read_pom(f"<project>{deep}</project>".encode()) is not None
    settings = "<a>" * 3000 + "</a>" * 3000
    plugin = f"<plugin><configuration>{settings}</configuration></plugin>"
    assert read_pom(f"<project><build><plugins>{plugin}</plugins></build></project>".encode()) is not None


def test_a_large_file_is_not_read() -> None:
    """There is a bound on a pom's size."""
    assert read_pom(b"<project>" + b" " * 3_000_000 + b"</project>") is None


@pytest.mark.parametrize(
    ("inner", "name"),
    [
        ("<version>1.0</version>", "shop-1.0"),
        ("<version>${revision}</version><properties><revision>2</revision></properties>", "shop-2"),
        ("<version>${revision}</version>", "shop-*"),
        ("<version>1</version><build><finalName>app</finalName></build>", "app"),
        ("<version>1</version><build><finalName>${project.artifactId}</finalName></build>", "shop"),
        ("<version>1</version><build><finalName>${a}</finalName></build><properties><a>${a}</a></properties>", "*"),
        ("<parent><version>7</version></parent>", "shop-7"),
    ],
)
def test_final_name(inner: str, name: str) -> None:
    """The archive's name is what the text says, with ``*`` for what it does not settle."""
    pom = read_pom(f"<project><artifactId>shop</artifactId>{inner}</project>".encode())
    assert pom is not None
    assert final_name(pom, {}) == name


def test_the_command_line_counts_more() -> None:
    """``-Drevision=3`` takes the place of the property."""
    pom = read_pom(b"<project><properties><revision>2</revision></properties></project>")
    assert pom is not None
    assert interpolate("${revision}", pom, {"revision": "3"}) == "3"


def test_a_property_that_doubles_itself_ends() -> None:
    """Properties that grow without bound give an open end."""
    names = [f"p{n}" for n in range(40)]
    rows = "".join(f"<{b}>${{{a}}}${{{a}}}</{b}>" for a, b in pairwise(names))
    pom = read_pom(f"<project><properties><p0>x</p0>{rows}</properties></project>".encode())
    assert pom is not None
    assert len(interpolate("${p39}", pom, {})) < 100_000
