"""Where go commands leave their programs."""

from __future__ import annotations

import pytest

from imgslim.model import Linkage
from tests.toolchains.golang.support import MAIN, MOD, find, only

_LIB = "package lib\n"
_TWO = {"go.mod": MOD, "cmd/a/main.go": MAIN, "cmd/b/main.go": MAIN, "lib/l.go": _LIB}
_ONE = {"go.mod": MOD, "main.go": MAIN, "lib/l.go": _LIB}


def _paths(run: str, files: dict[str, str] | None, base: str = "golang:1.22", folder: str = "/src") -> list[str]:
    found = find(f"FROM {base}\nWORKDIR {folder}\nCOPY . .\nRUN {run}\n", files)
    assert not found.not_followed
    return [p.path + ("/" if p.is_folder else "") for p in found.products]


@pytest.mark.parametrize(
    ("run", "files", "paths"),
    [
        ("go build", _ONE, ["/src/shop"]),
        ("go build .", _ONE, ["/src/shop"]),
        ("go build ./lib", _ONE, []),
        ("go build ./...", _ONE, []),
        ("go build -o out/ ./...", _ONE, ["/src/out/shop"]),
        ("go build -o /usr/local/bin ./...", _TWO, ["/usr/local/bin/a", "/usr/local/bin/b"]),
        ("go build -o /usr/local/bin/x ./cmd/a", _TWO, ["/usr/local/bin/x"]),
        ("go build -o lib ./cmd/a", _TWO, ["/src/lib/a"]),
        ("go build -o nolib ./cmd/a", _TWO, ["/src/nolib"]),
        ("go build ./cmd/...", _TWO, []),
        ("go build ./cmd/a/...", _TWO, ["/src/a"]),
        ("go build ./cmd/a ./cmd/b", _TWO, []),
        ("go build example.com/shop/cmd/b", _TWO, ["/src/b"]),
        ("go build cmd/a/main.go", _TWO, ["/src/main"]),
        ("go build *.go", _ONE, ["/src/main"]),
        ("go build -C cmd/a -o ../x .", _TWO, ["/src/cmd/x"]),
        ("go build -C cmd/a", _TWO, ["/src/cmd/a/a"]),
        ("go build -o /dev/null .", _ONE, []),
        ("go build -n -o /app .", _ONE, []),
        ("go build -buildmode=c-archive -o /x.a .", _ONE, []),
        ("go build -v -p 2 -gcflags 'all=-N -l' -o /x", _ONE, ["/x"]),
        ("go build --mod=readonly -o=/x .", _ONE, ["/x"]),
        ("cd cmd/a && go build", _TWO, ["/src/cmd/a/a"]),
        ("GOOS=windows go build", _ONE, ["/src/shop.exe"]),
        ("go build", {**_ONE, "go.mod": "module example.com/shop/v3\n"}, ["/src/shop"]),
        ("go install", _ONE, ["/go/bin/shop"]),
        ("go install ./cmd/...", _TWO, ["/go/bin/a", "/go/bin/b"]),
        ("GOBIN=/out go install ./...", _TWO, ["/out/a", "/out/b"]),
        ("env GOBIN=/out go install ./cmd/a", _TWO, ["/out/a"]),
        ("GOPATH=/gp go install", _ONE, ["/gp/bin/shop"]),
        ("GOOS=darwin GOARCH=arm64 go install", _ONE, ["/go/bin/darwin_arm64/shop"]),
        ("go install example.com/tool/v2@v2.1.0", _ONE, ["/go/bin/tool"]),
        ("go install example.com/tool/cmd/x@latest", None, ["/go/bin/x"]),
        ("go mod init example.com/fresh && go build", {"main.go": MAIN}, ["/src/fresh"]),
        ("go env -w GOBIN=/written && go install", _ONE, ["/written/shop"]),
        ("go test ./... && go vet && go generate && go run .", _ONE, []),
        ("go get ./...", _ONE, []),
        ("go build -o /x .", None, ["/x"]),
        ("go build main.go", None, ["/src/main"]),
        ("go build ./cmd/server", None, ["/src/server"]),
        ("go build", None, ["/src/"]),
        ("go install ./...", None, ["/go/bin/"]),
        ("go build -o /x /src/main.go", _ONE, ["/x"]),
        ("go version", _ONE, []),
        ("go build -- .", _ONE, ["/src/shop"]),
        ("go build fmt", _ONE, []),
        ("go build example.com/elsewhere/tool", _ONE, ["/src/tool"]),
        ("go build ./cmd/*", _TWO, []),
        ("go build ./*/a", _TWO, ["/src/a"]),
        ("go", _ONE, []),
    ],
)
def test_module_mode(run: str, files: dict[str, str] | None, paths: list[str]) -> None:
    """The rules of ``go help build`` and ``go help install``, with and without the context."""
    assert _paths(run, files) == paths


@pytest.mark.parametrize(
    ("run", "folder", "files", "paths"),
    [
        ("go install -v ./...", "/go/src/app", {"main.go": MAIN, "x/x.go": _LIB}, ["/go/bin/app"]),
        ("go get -v ./...", "/go/src/app", {"main.go": MAIN}, ["/go/bin/app"]),
        ("go get -d -v ./...", "/go/src/app", {"main.go": MAIN}, []),
        ("go build", "/go/src/example.com/team/tool/v2", {"main.go": MAIN}, ["/go/src/example.com/team/tool/v2/v2"]),
        (
            "go build example.com/app/cmd/x",
            "/go/src/example.com/app",
            {"cmd/x/m.go": MAIN},
            ["/go/src/example.com/app/x"],
        ),
        ("go get example.com/other/tool", "/go/src/app", {"main.go": MAIN}, ["/go/bin/tool"]),
        ("go build", "/elsewhere/thing", {"main.go": MAIN}, ["/elsewhere/thing/thing"]),
    ],
)
def test_gopath_mode(run: str, folder: str, files: dict[str, str], paths: list[str]) -> None:
    """Before modules the folder below GOPATH names the program, and ``go get`` installs."""
    assert _paths(run, files, "golang:1.8", folder) == paths


def test_a_folder_below_gopath_without_modfile_builds_as_gopath() -> None:
    """An untagged image is taken for one in which the file can build at all."""
    assert _paths("go install -v ./...", {"main.go": MAIN}, "golang", "/go/src/main") == ["/go/bin/main"]


def test_seed() -> None:
    """The four-line file: a file argument names the program, in the base image's folder."""
    product = only("FROM golang\nCOPY hello.go .\nRUN go build hello.go\nCMD ./hello\n", {"hello.go": MAIN})
    assert product.path == "/go/hello"


@pytest.mark.parametrize(
    "run",
    [
        "go build -o $OUT .",
        "go build $FLAGS -o /x .",
        "go build -o /x $PKG",
        "go build -o one ./cmd/a ./cmd/b",
        "go build -C $DIR .",
        "cd $DIR && go build .",
        "GOBIN=$OUT go install ./cmd/a",
        "GOOS=$OUT go install ./cmd/a",
        "GOFLAGS=$OUT go build -o /x ./cmd/a",
        "go $VERB -o /x ./cmd/a",
    ],
)
def test_what_is_not_settled_is_said(run: str) -> None:
    """A variable where the output or the package hangs on it ends the reading, with its name."""
    text = f"FROM golang:1.22\nARG OUT\nARG FLAGS\nARG PKG\nARG DIR\nARG VERB\nWORKDIR /src\nCOPY . .\nRUN {run}\n"
    found = find(text, _TWO)
    assert found.products == ()
    if "VERB" not in run:
        assert [d.reason for d in found.not_followed] == ["build-not-followed"]


@pytest.mark.parametrize(
    "run",
    [
        'go build -ldflags "-X main.version=$(git describe)" -o /x ./cmd/a',
        "go build -tags=$TAGS -o /x ./cmd/a",
    ],
)
def test_an_open_value_elsewhere_does_no_harm(run: str) -> None:
    """A flag's value that says nothing of the output may stay open."""
    found = find(f"FROM golang:1.22\nARG TAGS\nWORKDIR /src\nCOPY . .\nRUN {run}\n", _TWO)
    assert [p.path for p in found.products] == ["/x"]


def test_files_that_come_in_steps() -> None:
    """Module files first, sources later; a folder made before; sources that are only mounted."""
    text = "FROM golang:1.22\nWORKDIR /src\nCOPY go.mod ./\nRUN go mod download\nCOPY *.go ./\nRUN mkdir /out\n{}\n"
    product = only(text.format("RUN go build -o /out"), _ONE)
    assert (product.path, product.assumptions) == ("/out/shop", ())
    product = only("FROM golang:1.22\nWORKDIR /src\nRUN --mount=type=bind,target=. go build -o /app .\n", _ONE)
    assert (product.path, product.linkage, product.assumptions) == ("/app", Linkage.STATIC, ())


def test_an_unknown_base_image_may_set_gopath() -> None:
    """Where ``go install`` leaves its program is not guessed for an image that nobody knows."""
    text = "FROM registry.example.com/go:1\n{}WORKDIR /src\nCOPY . .\nRUN go install .\n"
    assert [d.reason for d in find(text.format(""), _ONE).not_followed] == ["build-not-followed"]
    assert only(text.format("ENV GOPATH=/gp\n"), _ONE).path == "/gp/bin/shop"


def test_an_absolute_output_stands_by_itself() -> None:
    """Where the command's folder is open, ``-o`` still names the program; its sources are not known then."""
    text = "FROM golang:1.22\nARG D\nCOPY . .\nRUN cd $D && go build -o {} .\n"
    product = only(text.format("/x"), _ONE)
    assert (product.path, [a.reason for a in product.assumptions]) == ("/x", ["sources-unread"])
    assert find(text.format("x"), _ONE).products == ()
    assert find(text.format("/x/"), _ONE).products == ()


def test_commands_of_the_build() -> None:
    """Every go command serves the build; others are not Go's."""
    text = (
        "FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN go mod download\nRUN go vet && echo done && go build -o /x .\n"
    )
    assert find(text, _ONE).build_commands == {(2, 0), (3, 0), (3, 2)}
