"""Entries that compile before they run."""

from __future__ import annotations

import pytest

from imgslim.model import Linkage, NeedKind
from imgslim.toolchains.golang import TOOLCHAIN
from tests.toolchains.golang.support import MAIN, MOD, program, read

_FILES = {"go.mod": MOD, "main.go": program("net/http"), "cmd/x/main.go": MAIN, "lib/l.go": "package lib\n"}


def _text(extra: str = "") -> str:
    return f'FROM golang:1.22\nWORKDIR /src\nCOPY . .\n{extra}CMD ["go", "run", "."]\n'


@pytest.mark.parametrize(
    ("argv", "line", "started"),
    [
        (("go", "run", "."), "RUN CGO_ENABLED=0 go build -o /usr/local/bin/shop .", ("/usr/local/bin/shop",)),
        (
            ("/usr/local/go/bin/go", "run", "main.go", "serve", "-p", "1"),
            "RUN CGO_ENABLED=0 go build -o /usr/local/bin/main main.go",
            ("/usr/local/bin/main", "serve", "-p", "1"),
        ),
        (
            ("go", "run", "-tags", "a b", "./cmd/x", "y.txt"),
            "RUN go build '-tags=a b' -o /usr/local/bin/x ./cmd/x",
            ("/usr/local/bin/x", "y.txt"),
        ),
    ],
)
def test_go_run_becomes_a_build(argv: tuple[str, ...], line: str, started: tuple[str, ...]) -> None:
    """The step to add, and what starts the program then; the program's own arguments stay."""
    found = TOOLCHAIN.replaces_entry(argv, read(_text(), _FILES))
    assert found is not None
    assert (found.run_line, found.argv, found.path) == (line, started, started[0])
    assert found.product.path == found.path
    assert found.product.linkage is Linkage.STATIC
    assert "entry-compiled-ahead" in [a.reason for a in found.product.assumptions]


@pytest.mark.parametrize(
    ("entry", "line", "started"),
    [
        ("CMD go run ./cmd/x -v", "RUN go build -o /usr/local/bin/x ./cmd/x", ("/usr/local/bin/x", "-v")),
        ("CMD exec go run .", "RUN CGO_ENABLED=0 go build -o /usr/local/bin/shop .", ("/usr/local/bin/shop",)),
        (
            "CMD A=1 go run .",
            "RUN CGO_ENABLED=0 A=1 go build -o /usr/local/bin/shop .",
            ("env", "A=1", "/usr/local/bin/shop"),
        ),
        ("ENTRYPOINT go build -o app && ./app -p 1", "RUN CGO_ENABLED=0 go build -o app", ("./app", "-p", "1")),
        (
            "CMD go mod download && go build ./cmd/x && ./x",
            "RUN go mod download && go build ./cmd/x",
            ("./x",),
        ),
    ],
)
def test_shell_entries(entry: str, line: str, started: tuple[str, ...]) -> None:
    """The shell's text may start go run, or build first and start then."""
    project = read(f"FROM golang:1.22\nWORKDIR /src\nCOPY . .\n{entry}\n", _FILES)
    argv = project.trace.entry.entrypoint_argv or project.trace.entry.cmd_argv
    assert isinstance(argv, tuple)
    found = TOOLCHAIN.replaces_entry(argv, project)
    assert found is not None
    assert (found.run_line, found.argv) == (line, started)
    asked = {(n.kind, n.value) for n in found.product.needs}
    assert ((NeedKind.COMMAND, "env") in asked) is (started[0] == "env")


@pytest.mark.parametrize(
    "entry",
    [
        "CMD go run . $PORT",
        "CMD go run . | tee log",
        "CMD go run . > log",
        "CMD go build -o app && ./other",
        "CMD go build -o app && app",
        "CMD go build -o app && A=1 ./app",
        "CMD go build -o app; make && ./app",
        "CMD go vet && go test",
        "CMD echo go run .",
    ],
)
def test_other_shell_entries_stay(entry: str) -> None:
    """What is open, piped, redirected, or starts another program is not replaced."""
    project = read(f"FROM golang:1.22\nWORKDIR /src\nCOPY . .\n{entry}\n", _FILES)
    assert isinstance(project.trace.entry.cmd_argv, tuple)
    assert TOOLCHAIN.replaces_entry(project.trace.entry.cmd_argv, project) is None


@pytest.mark.parametrize(
    "argv",
    [
        ("go", "run"),
        ("go", "version"),
        ("go", "test", "./..."),
        ("cargo", "run", "."),
        ("go", "run", "-exec", "sudo", "."),
        ("go", "run", "example.com/tool@latest"),
        ("go", "run", "./..."),
        ("go", "run", "./lib"),
        ("go", "run", "-v"),
    ],
)
def test_other_entries_stay(argv: tuple[str, ...]) -> None:
    """What is no go run, builds no program or is not settled is not replaced."""
    assert TOOLCHAIN.replaces_entry(argv, read(_text(), _FILES)) is None


def test_another_user_needs_a_folder_to_write_to() -> None:
    """The added step runs as the last user: the program goes where that one may write."""
    found = TOOLCHAIN.replaces_entry(("go", "run", "."), read(_text("USER app\n"), _FILES))
    assert found is not None
    assert found.path == "/tmp/shop"  # noqa: S108 (a path in the image)


def test_an_existing_file_is_not_overwritten() -> None:
    """A context file of that name stays."""
    text = _text("COPY shop /usr/local/bin/shop\n")
    found = TOOLCHAIN.replaces_entry(("go", "run", "."), read(text, {**_FILES, "shop": "x"}))
    assert found is not None
    assert found.path == "/usr/local/bin/shop-program"


def test_unread_modules_keep_cgo() -> None:
    """A way that rests on an assumption is not taken, and none is left open: the step is written as it stands."""
    files = {"go.mod": MOD + "require example.com/x v1.0.0\n", "main.go": program("net", "example.com/x")}
    found = TOOLCHAIN.replaces_entry(("go", "run", "."), read(_text(), files))
    assert found is not None
    assert (found.run_line, found.product.ways) == ("RUN go build -o /usr/local/bin/shop .", ())


def test_c_code_keeps_cgo() -> None:
    """A program with C code is built as it stands."""
    files = {"go.mod": MOD, "main.go": 'package main\n\nimport "C"\n\nfunc main() {}\n'}
    found = TOOLCHAIN.replaces_entry(("go", "run", "."), read(_text(), files))
    assert found is not None
    assert found.run_line == "RUN go build -o /usr/local/bin/shop ."
    assert found.product.linkage is Linkage.DYNAMIC
