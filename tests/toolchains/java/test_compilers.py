"""javac, kotlinc, scalac and jar."""

from __future__ import annotations

import pytest

from tests.toolchains.java.support import HELLO, made, paths

_FILES = {"Hello.java": HELLO, "src/shop/Main.java": "package shop;", "src/shop/Item.java": "package shop;"}


@pytest.mark.parametrize(
    ("run", "found"),
    [
        ("javac Hello.java", {"/src"}),
        ("javac -d out Hello.java", {"/src/out"}),
        ("javac -d /opt/out src/shop/*.java", {"/opt/out"}),
        ("javac src/shop/Main.java src/shop/Item.java", {"/src/src/shop"}),
        ("javac --release 17 -encoding UTF-8 -d out Hello.java", {"/src/out"}),
        ("kotlinc Hello.kt -include-runtime -d hello.jar", {"/src/hello.jar"}),
        ("kotlinc Hello.kt", {"/src"}),
        ("scalac -d out Hello.scala", {"/src/out"}),
        ("javac -d out Hello.java && jar cfe hello.jar Hello -C out .", {"/src/out", "/src/hello.jar"}),
        ("javac -d out Hello.java && jar -cvf a/hello.jar out", {"/src/out", "/src/a/hello.jar"}),
        ("jar --create --file=hello.jar --main-class Hello -C out .", {"/src/hello.jar"}),
        ("jar --create --file hello.jar --main-class=Hello -C out .", {"/src/hello.jar"}),
        ("jar tf hello.jar", set()),
        ("jar --extract --file hello.jar", set()),
        ("sudo -u root javac -d out Hello.java", {"/src/out"}),
        ("ant", {"build-not-followed"}),
    ],
)
def test_what_is_made(run: str, found: set[str]) -> None:
    """Classes go below -d, beside their sources, or into the working directory; an archive where its options say."""
    assert paths(run, {**_FILES, "Hello.kt": "fun main() {}", "Hello.scala": "object Hello"}) == found


@pytest.mark.parametrize(
    ("run", "sources"),
    [
        ("javac Hello.java", {"/src/Hello.java"}),
        ("javac -d out src/shop/*.java", {"/src/src/shop/Main.java", "/src/src/shop/Item.java"}),
        ("javac -d out src/*/*.java", {"/src/src/shop/Main.java", "/src/src/shop/Item.java"}),
        ("javac -d out $(find src -name '*.java')", {"/src/src/shop/Main.java", "/src/src/shop/Item.java"}),
        ('javac -d out $(find . -name "*.java")', {f"/src/{name}" for name in _FILES}),
        ("javac -d out @sources", {"/src/Hello.java"}),
    ],
)
def test_sources(run: str, sources: set[str]) -> None:
    """The compiled sources are those that words, patterns, lists and find give."""
    (output,) = made(run, {**_FILES, "sources": "Hello.java\n"}).outputs
    assert set(output.sources) == sources
    assert output.closed


@pytest.mark.parametrize("run", ["javac -cp lib/a.jar Hello.java", "javac -cp 'lib/*' Hello.java", "javac $SOURCES"])
def test_code_from_elsewhere_leaves_open(run: str) -> None:
    """Archives on the class path, and sources that are not known, are code that nobody read."""
    assert not any(o.closed for o in made(run, _FILES).outputs)


def test_an_archive_of_the_build_does_not() -> None:
    """What jar packed of what javac made is all there."""
    run = "javac -d out src/shop/*.java && jar cf shop.jar -C out . && javac -cp shop.jar Hello.java"
    assert all(o.closed for o in made(run, _FILES).outputs)


_IMPLIED = {
    "src/Main.java": "import util.Helper;\nimport more.*;\npublic class Main { Near n; Helper h; Far f; a.b.Full g; }",
    "src/Near.java": "public class Near {}",
    "src/util/Helper.java": "package util; public class Helper { Beside b; }",
    "src/util/Beside.java": "package util; class Beside {}",
    "src/more/Far.java": "package more; public class Far {}",
    "src/a/b/Full.java": "package a.b; public class Full { class Near {} }",
    "src/test/Unused.java": "package test; class Unused {}",
    "src/util/Main2.java": "package util; class Main2 {}",
    "lib/util/Helper.java": "package util; public class Helper {}",
}
_ALL = {"Main", "Near", "util/Helper", "util/Beside", "more/Far", "a/b/Full"}


@pytest.mark.parametrize(
    ("run", "root", "found"),
    [
        ("javac -sourcepath src -d out src/Main.java", "/src/src", _ALL),
        ("javac --source-path src -cp lib -d out src/Main.java", "/src/src", _ALL),
        ("javac -cp src -d out src/Main.java", "/src/src", _ALL),
        ("cd src && javac Main.java", "/src/src", _ALL),
        ("cd src && CLASSPATH=/src/src javac -d /out Main.java", "/src/src", _ALL),
        ("cd src && javac -cp lib Main.java", "/src/src", {"Main"}),
        ("javac -d out src/Main.java", "/src/src", {"Main"}),
    ],
)
def test_sources_that_nobody_names(run: str, root: str, found: set[str]) -> None:
    """The types that sources use are compiled too, where the source path or the class path leads to theirs."""
    sources = {s for o in made(run, _IMPLIED).outputs for s in o.sources}
    assert sources == {f"{root}/{name}.java" for name in found}


def test_the_first_root_counts() -> None:
    """A type's source is taken from the first root that has one."""
    (output,) = made("javac -sourcepath lib:src -d out src/Main.java", _IMPLIED).outputs
    assert "/src/lib/util/Helper.java" in output.sources
    assert "/src/src/util/Helper.java" not in output.sources
