"""Heads of Go files."""

from __future__ import annotations

from imgslim.toolchains.golang.constraints import Platform
from imgslim.toolchains.golang.header import Import, read_header

_FILE = """// Copyright

//go:build linux && cgo
// +build linux

/* import "not" */
package main

// #cgo LDFLAGS: -lfoo
// #include <foo.h>
import "C"

import (
\t"fmt"
\t_ "embed"
\tlog "example.com/x/logging" // import "neither"
\t. `net/http`
)

import single "os"

//go:embed a.txt "b c.txt" all:web
var files string

func main() { import_("late") }
"""


def test_a_whole_head() -> None:
    """Package, imports with names and lines, constraint, cgo's comment and embedded files."""
    header = read_header(_FILE)
    assert header.package == "main"
    assert header.imports == (
        Import("C", "", 11),
        Import("fmt", "", 14),
        Import("embed", "_", 15),
        Import("example.com/x/logging", "log", 16),
        Import("net/http", ".", 17),
        Import("os", "single", 20),
    )
    assert header.constraint == "linux && cgo"
    assert header.old_constraints == ("linux",)
    assert "#cgo LDFLAGS: -lfoo\n// #include <foo.h>" in header.preamble
    assert header.embeds == ("a.txt", "b c.txt", "web")
    assert _FILE[header.end :].startswith("var files")


def test_cgo_files_need_cgo() -> None:
    """A file with ``import "C"`` is out where cgo is off, another is not."""
    assert read_header('package a\nimport "C"\n').fits(Platform())
    assert not read_header('package a\nimport "C"\n').fits(Platform(cgo=False))
    assert read_header('package a\n// import "C"\n').fits(Platform(cgo=False))


def test_constraint_lines_below_the_package_clause_are_comments() -> None:
    """Build lines count above the package clause only."""
    header = read_header("package a\n//go:build windows\n// +build windows\nfunc f() {}\n")
    assert header.constraint is None
    assert header.fits(Platform())
    assert not read_header("// +build windows\n\npackage a\n").fits(Platform())


def test_a_detached_comment_is_no_preamble() -> None:
    """A blank line ends the comment that belongs to ``import "C"``."""
    assert "-lfoo" not in read_header('package a\n// #cgo LDFLAGS: -lfoo\n\n// other\nimport "C"\n').preamble


def test_no_go_at_all() -> None:
    """A text without package clause has no name and no imports."""
    header = read_header("hello")
    assert (header.package, header.imports) == ("", ())


def test_long_heads_are_linear() -> None:
    """Many comments or imports are read in one pass."""
    assert read_header("// x\n" * 20_000 + "package a\n").package == "a"
    assert read_header("package a\nimport (\n" + '"b"\n' * 20_000 + ")\n").imports[-1].line == 20_002
