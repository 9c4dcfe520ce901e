"""The build context: what a build may see."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from imgslim.context import (
    DiskContext,
    MemoryContext,
    Missing,
    Nearest,
    NoContext,
    has_wildcard,
    lacking,
    nearest_context,
)
from imgslim.context import kinds as context_kinds
from imgslim.context.ignore import ignore_patterns
from imgslim.context.trees import Disk
from imgslim.model import Declined
from imgslim.sources import find_context

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from imgslim.context import BuildContext
    from imgslim.context.trees import Kind

    Make = Callable[[Mapping[str, str]], BuildContext]


@pytest.fixture(params=["memory", "disk"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Make a context of some files, once in memory and once on disk."""

    def build(files: Mapping[str, str]) -> BuildContext:
        if request.param == "memory":
            return MemoryContext(files)
        for name, content in files.items():
            path = tmp_path / name
            if name.endswith("/"):
                path.mkdir(parents=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content)
        return DiskContext(tmp_path, tmp_path / "Dockerfile")

    return build


def test_questions(make: Make) -> None:
    """A context tells files from folders and reads what is short enough."""
    context = make({"a/b.c": "int x;", "e/": ""})
    assert context.known
    assert (context.is_dir("a"), context.is_file("a"), context.exists("a")) == (True, False, True)
    assert (context.is_dir("a/b.c"), context.is_file("a/b.c"), context.exists("x")) == (False, True, False)
    assert context.is_dir("e")
    assert context.listdir("") == ("a", "e")
    assert context.listdir("a/b.c") == ()
    assert context.read("a/b.c") == b"int x;"
    assert context.read("a/b.c", 6) == b"int x;"
    assert context.read("a/b.c", 5) is None
    assert context.read("a") is None
    assert context.problems == ()


@pytest.mark.parametrize("path", ["a/b", "/a/b", "./a//b", "../a/b", "a/../../a/b"])
def test_paths_stay_inside(make: Make, path: str) -> None:
    """However a source is written, it is looked up below the root."""
    assert make({"a/b": "x"}).read(path) == b"x"


@pytest.mark.parametrize(
    ("ignore", "seen"),
    [
        ("", [".dockerignore", "a/b.c", "a/b.h", "x.c"]),
        ("a", [".dockerignore", "x.c"]),
        ("/a/\n", [".dockerignore", "x.c"]),
        ("# a\n\n  *.c  \n", [".dockerignore", "a/b.c", "a/b.h"]),
        ("**/*.c", [".dockerignore", "a/b.h"]),
        ("a\n!a/b.h", [".dockerignore", "a/b.h", "x.c"]),
        ("a\n!a/none", [".dockerignore", "x.c"]),
        ("*\n!a", ["a/b.c", "a/b.h"]),
        ("\ufeffx.c", [".dockerignore", "a/b.c", "a/b.h"]),
        (".", [".dockerignore", "a/b.c", "a/b.h", "x.c"]),
    ],
)
def test_ignored_files_are_absent(make: Make, ignore: str, seen: list[str]) -> None:
    """What .dockerignore excludes is seen by no question, and what it brings back is."""
    context = make({"a/b.c": "", "a/b.h": "", "x.c": "", ".dockerignore": ignore})
    assert list(context.walk()) == seen
    for path in ("a/b.c", "a/b.h", "x.c"):
        assert context.exists(path) == (path in seen)
    assert context.is_dir("a") == any(path.startswith("a/") for path in seen)
    assert context.exists("") is True


def test_own_ignore_file_wins() -> None:
    """``<file>.dockerignore`` decides alone where it exists."""
    files = {"x": "", "y": "", ".dockerignore": "x", "Dockerfile.dockerignore": "y"}
    assert (MemoryContext(files).exists("x"), MemoryContext(files).exists("y")) == (True, False)
    other = MemoryContext(files, "other")
    assert (other.exists("x"), other.exists("y")) == (False, True)


def test_own_ignore_file_outside_the_context(tmp_path: Path) -> None:
    """The Dockerfile's own ignore file stands beside it, wherever the context is."""
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker/Dockerfile.dockerignore").write_text("x")
    (tmp_path / "context").mkdir()
    (tmp_path / "context/x").write_text("")
    assert DiskContext(tmp_path / "context").exists("x")
    assert not DiskContext(tmp_path / "context", tmp_path / "docker/Dockerfile").exists("x")


def test_broken_ignore_file(make: Make) -> None:
    """A pattern that Docker refuses is named, and nothing is excluded by it."""
    context = make({"x": "", ".dockerignore": "[\nx"})
    assert context.exists("x")
    assert any(".dockerignore" in problem for problem in context.problems)


def test_ignore_file_format() -> None:
    """Patterns are cleaned as Docker does; a comment is one only at the very start of its line."""
    text = "\ufeff#c\n #d\n\n! /a//b/ \r\n/\n./x/../y\n!\n"
    assert ignore_patterns(text) == ["#d", "!a/b", "/", "y", "!"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.c", ("m.c", "n.c")),
        ("s/*.c", ("s/a.c",)),
        ("*", ("[x]", "m.c", "n.c", "s")),
        ("*/a.c", ("s/a.c",)),
        ("?.c", ("m.c", "n.c")),
        ("[m-n].c", ("m.c", "n.c")),
        ("[^m].c", ("n.c",)),
        (r"[\m].c", ("m.c",)),
        ("[m", ()),
        ("m.c\\", ()),
        ("[z-a]*", ()),
        (r"\[x]*", ("[x]",)),
        ("m.c", ("m.c",)),
        ("s", ("s",)),
        ("none*", ()),
        ("none", ()),
        (".", ("",)),
    ],
)
def test_wildcards(make: Make, pattern: str, found: tuple[str, ...]) -> None:
    """COPY's wildcards are those of Go's filepath.Match: none of them passes a slash."""
    context = make({"m.c": "", "n.c": "", "s/a.c": "", "[x]": ""})
    assert context.glob(pattern) == found
    assert [m.paths for m in context.sources([pattern])] == [found]


def _asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every path whose kind a folder of the disk is asked for from now on."""
    asked: list[str] = []
    kind = Disk.kind

    def counted(self: Disk, path: str) -> Kind | None:
        asked.append(path)
        return kind(self, path)

    monkeypatch.setattr(Disk, "kind", counted)
    return asked


def test_wildcards_look_at_what_matches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large folder, only names that match are looked at."""
    for name in ("a.c", "b.c", "c.h", "d.h"):
        (tmp_path / name).write_text("")
    asked = _asked(monkeypatch)
    assert DiskContext(tmp_path).glob("*.h") == ("c.h", "d.h")
    assert {"a.c", "b.c"}.isdisjoint(asked)


def test_has_wildcard() -> None:
    """A backslash takes the meaning from the next character."""
    assert [has_wildcard(p) for p in ("a*", "a?", "[a]", r"a\*", "a")] == [True, True, True, False, False]


def test_walk_is_bounded(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A walk ends at its limit and says so."""
    monkeypatch.setattr(context_kinds, "WALK_LIMIT", 2)
    context = make({"a": "", "b": "", "c": ""})
    assert list(context.walk()) == ["a", "b"]
    assert "more than 2 files" in context.problems[0]
    assert list(context.walk("c")) == ["c"]
    assert list(context.walk("none")) == []


def test_links(tmp_path: Path) -> None:
    """Links inside the root are followed; those that leave it, dangle or point at ignored files are absent."""
    root = tmp_path / "root"
    (root / "d").mkdir(parents=True)
    (root / "d/f").write_text("in")
    (root / "secret").write_text("no")
    (tmp_path / "outside").write_text("out")
    (root / "to_file").symlink_to("d/f")
    (root / "to_folder").symlink_to("d")
    (root / "to_outside").symlink_to("../outside")
    (root / "to_absolute").symlink_to("/etc")
    (root / "to_nothing").symlink_to("nowhere")
    (root / "to_secret").symlink_to("secret")
    (root / ".dockerignore").write_text("secret")
    context = DiskContext(root)
    assert context.read("to_file") == b"in"
    assert context.read("to_folder/f") == b"in"
    assert context.is_dir("to_folder")
    assert [p for p in ("to_outside", "to_absolute", "to_nothing", "to_secret") if context.exists(p)] == []
    assert list(context.walk()) == [".dockerignore", "d/f", "to_file"]
    assert context.exists("to_absolute/passwd") is False


def test_special_files_are_absent(tmp_path: Path) -> None:
    """A FIFO is not part of a context."""
    os.mkfifo(tmp_path / "pipe")
    context = DiskContext(tmp_path)
    assert context.exists("pipe") is False
    assert context.listdir("") == ()


def test_unreadable_places_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder or file that can't be read is named instead of ending the walk."""
    (tmp_path / "d").mkdir()
    (tmp_path / "f").write_text("x")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "listdir", refuse)
    monkeypatch.setattr(os, "open", refuse)
    context = DiskContext(tmp_path)
    assert context.listdir("d") == ()
    assert context.read("f") is None
    assert context.problems == ("d: Permission denied", "f: Permission denied")


def test_no_context() -> None:
    """Where nothing is known, every answer is None or nothing."""
    context: BuildContext = NoContext()
    assert not context.known
    assert (context.exists("a"), context.is_dir("a"), context.is_file("a"), context.read("a")) == (None,) * 4
    assert (context.listdir(""), list(context.walk()), context.glob("*"), context.problems) == ((), [], (), ())
    assert [m.paths for m in context.sources(["a"])] == [()]


def _place(file: Path, *sources: tuple[str, ...]) -> tuple[Path, bool] | None:
    found = nearest_context(file, sources)
    return (found.root, found.stated) if isinstance(found, Nearest) else None


def test_nearest_context(tmp_path: Path) -> None:
    """The file's folder serves where it holds all sources, else the nearest parent in the repository that does."""
    (tmp_path / "repo/.git").mkdir(parents=True)
    (tmp_path / "repo/a/b").mkdir(parents=True)
    (tmp_path / "repo/a/src").mkdir()
    (tmp_path / "repo/top").write_text("")
    (tmp_path / "outside").write_text("")
    file = tmp_path / "repo/a/b/Dockerfile"
    file.write_text("FROM scratch")
    assert _place(file, ("Dockerfile", ".")) == (file.parent, False)
    assert _place(file, ("src/",)) == (tmp_path / "repo/a", True)
    assert _place(file, ("a/src",), ("top",)) == (tmp_path / "repo", True)
    assert nearest_context(file, [("src", "top"), (".", "src")]) == Missing(("src", "top"))
    assert nearest_context(file, [("outside",)]) == Missing(("outside",))


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ([("package.json", "yarn.lock*", "package-lock.jso[n]")], ()),
        ([("package*.json", "yarn.lock*")], ()),
        ([("package.json", "yarn.lock")], ("yarn.lock",)),
        ([("yarn.lock", "none*", "package.json")], ("yarn.lock",)),
        ([("package.json",), ("target/*.jar",)], ("target/*.jar",)),
        ([("*.lock", "*.toml"), ("*.lock",)], ("*.lock", "*.toml")),
    ],
)
def test_lacking(sources: list[tuple[str, ...]], words: tuple[str, ...]) -> None:
    """A pattern that matches nothing is no lack beside a source that is there; a name is, and patterns alone are."""
    assert lacking(MemoryContext({"package.json": "{}"}), sources) == words


def test_parents_are_left_at_the_first_lack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file's own folder is asked for all sources, to say what it lacks; one above only until one is missing."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "d").mkdir()
    asked = _asked(monkeypatch)
    assert nearest_context(tmp_path / "d/Dockerfile", [("x",), ("y",)]) == Missing(("x", "y"))
    assert (asked.count("x"), asked.count("y")) == (2, 1)


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (("COPY lost.conf.d/a /", "COPY lost.conf /"), 1),
        (('COPY ["x/lost.conf", "/"]', 'COPY ["lost.conf","/"]'), 1),
        (("RUN cat lost.conf", "ADD a lost.conf\tb /"), 1),
        (('COPY ["lost\\u002econf", "/"]', "RUN true"), None),
    ],
)
def test_the_instruction_that_lacks_a_source(tmp_path: Path, lines: tuple[str, ...], line: int | None) -> None:
    """It is the one that names the source itself, not as part of a longer name; else none is pointed at."""
    for name in ("lost.conf.d/a", "x/lost.conf", "a", "b"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    text = "\n".join(("FROM debian", *lines))
    found = find_context(tmp_path, text, None)
    assert isinstance(found, Declined)
    assert (found.span and text.count("\n", 0, found.span.start) - 1) == line


def test_nearest_context_without_repository(tmp_path: Path) -> None:
    """Outside of a repository only the file's own folder is looked at."""
    (tmp_path / "x").write_text("")
    (tmp_path / "d").mkdir()
    assert nearest_context(tmp_path / "d/Dockerfile", [("x",)]) == Missing(("x",))


@pytest.mark.parametrize("target", ["nowhere", "../outside", "a"])
def test_a_linked_ignore_file(tmp_path: Path, target: str) -> None:
    """An ignore file that is a link counts where the link leads to a file of the context, else nothing is ignored."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "a").write_text("b\n")
    (root / "b").write_text("")
    (root / ".dockerignore").symlink_to(target)
    context = DiskContext(root)
    assert context.is_file("b") is (target != "a")
    assert tuple(context.walk()) == ((".dockerignore", "a") if target == "a" else ("a", "b"))
    assert context.exists(".dockerignore") is (target == "a")
