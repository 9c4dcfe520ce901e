"""How Go programs are linked, and the static way."""

from __future__ import annotations

import pytest

from imgslim.images import Libc
from imgslim.model import Linkage, NeedKind
from tests.toolchains.golang.support import MAIN, MOD, build, find, kinds, only, program, rewritten

_SUM = "github.com/gorilla/mux v1.8.0"


@pytest.mark.parametrize(
    ("imports", "linkage"),
    [
        (("fmt", "os"), Linkage.STATIC),
        (("encoding/json", "html/template", "time"), Linkage.STATIC),
        (("net/http",), Linkage.DYNAMIC),
        (("net",), Linkage.DYNAMIC),
        (("os/user",), Linkage.DYNAMIC),
        (("archive/tar",), Linkage.DYNAMIC),
        (("archive/zip",), Linkage.STATIC),
        (("net/url",), Linkage.STATIC),
        (("net/netip",), Linkage.STATIC),
        (("log/syslog",), Linkage.DYNAMIC),
        (("log/slog",), Linkage.STATIC),
    ],
)
def test_go_library_decides(imports: tuple[str, ...], linkage: Linkage) -> None:
    """Packages net and os/user, however they come in, link the C library; near namesakes do not."""
    product = build({"main.go": program(*imports)})
    assert product.linkage is linkage
    assert bool(product.ways) is (linkage is Linkage.DYNAMIC)
    assert product.not_static == ""
    assert all(not way.assumptions and way.libc is Libc.NONE for way in product.ways)


def test_the_seed_needs_no_edit() -> None:
    """A hello without net is static as it is built."""
    product = only("FROM golang\nCOPY hello.go .\nRUN go build hello.go\nCMD ./hello\n", {"hello.go": program("fmt")})
    assert (product.linkage, product.libc, product.ways, product.assumptions) == (Linkage.STATIC, Libc.NONE, (), ())


@pytest.mark.parametrize(
    ("run", "after"),
    [
        ("RUN go build -o /app .", "RUN CGO_ENABLED=0 go build -o /app ."),
        ("RUN GOOS=linux go build -o /app .", "RUN CGO_ENABLED=0 GOOS=linux go build -o /app ."),
        ("RUN CGO_ENABLED=1 go build -o /app .", "RUN CGO_ENABLED=0 go build -o /app ."),
        ("RUN cd /src && go build -o /app . && ls", "RUN cd /src && CGO_ENABLED=0 go build -o /app . && ls"),
        ("RUN env A=b go build -o /app .", "RUN CGO_ENABLED=0 env A=b go build -o /app ."),
        ("RUN sudo A=b go build -o /app .", "RUN sudo A=b CGO_ENABLED=0 go build -o /app ."),
        ("RUN time go build -o /app .", "RUN CGO_ENABLED=0 time go build -o /app ."),
        ("RUN echo a \\\n  && go build \\\n  -o /app .", "RUN echo a \\\n  && CGO_ENABLED=0 go build \\\n  -o /app ."),
        ('RUN ["go", "build", "-o", "/app", "."]', 'RUN ["env", "CGO_ENABLED=0", "go", "build", "-o", "/app", "."]'),
        ("RUN <<EOF\ngo build -o /app .\nEOF", "RUN <<EOF\nCGO_ENABLED=0 go build -o /app .\nEOF"),
    ],
)
def test_the_edit(run: str, after: str) -> None:
    """The setting stands where the shell, the wrapper or the exec form takes it."""
    head = "FROM golang:1.22\nWORKDIR /src\nCOPY . .\n"
    files = {"go.mod": MOD, "main.go": program("net/http")}
    assert rewritten(head + run + "\n", only(head + run + "\n", files)) == head + after + "\n"


@pytest.mark.parametrize(
    "prefix",
    ["ENV CGO_ENABLED=0\n", "ARG CGO_ENABLED=0\n", "RUN go env -w CGO_ENABLED=0\n", "ENV CGO_ENABLED 0\n"],
)
def test_cgo_off_is_static(prefix: str) -> None:
    """Where cgo is off already nothing is edited; a package with ``import "C"`` beside it is left out by Go itself."""
    product = build({"main.go": program("net/http"), "c.go": 'package main\nimport "C"\n'}, extra=prefix)
    assert (product.linkage, product.ways, product.not_static) == (Linkage.STATIC, (), "")


def test_cgo_on_again_is_not() -> None:
    """The command's own setting wins over ENV."""
    product = build({"main.go": program("net/http")}, "CGO_ENABLED=1 go build -o /app .", extra="ENV CGO_ENABLED=0\n")
    assert product.linkage is Linkage.DYNAMIC


@pytest.mark.parametrize(
    ("base", "extra", "linkage"),
    [
        ("golang:1.22", "", Linkage.DYNAMIC),
        ("golang:1.22-alpine", "", Linkage.STATIC),
        ("golang:1.22-alpine", "RUN apk add --no-cache git\n", Linkage.STATIC),
        ("golang:1.22-alpine", "RUN apk add --no-cache gcc musl-dev\n", Linkage.DYNAMIC),
        ("golang:1.17-alpine", "", Linkage.UNKNOWN),
        ("registry.example.com/team/go", "", Linkage.UNKNOWN),
        ("debian:bookworm", "RUN apt-get install -y golang build-essential\n", Linkage.DYNAMIC),
    ],
)
def test_the_c_compiler_decides(base: str, extra: str, linkage: Linkage) -> None:
    """Go 1.20 and later turn cgo off where there is no C compiler; the static way stands open in any case."""
    product = build({"main.go": program("net/http")}, base=base, extra=extra)
    assert product.linkage is linkage
    assert bool(product.ways) is (linkage is not Linkage.STATIC)


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"main.go": 'package main\n\nimport "C"\n\nfunc main() {}\n'}, 'main.go:3 imports "C"'),
        ({"main.go": program("example.com/shop/db"), "db/db.go": 'package db\nimport "C"\n'}, 'db/db.go:2 imports "C"'),
        ({"main.go": program("plugin")}, "main.go:4 imports plugin"),
        (
            {
                "main.go": program("github.com/mattn/go-sqlite3"),
                "go.mod": MOD + "require github.com/mattn/go-sqlite3 v1.14.0\n",
            },
            "main.go:4 imports github.com/mattn/go-sqlite3, which is C code",
        ),
        (
            {
                "main.go": program("gorm.io/driver/sqlite"),
                "go.mod": MOD + "require (\n\tgorm.io/driver/sqlite v1.5.0\n\tgithub.com/mattn/go-sqlite3 v1.14.0\n)\n",
            },
            "go.mod requires github.com/mattn/go-sqlite3, which is C code",
        ),
    ],
)
def test_c_code_has_no_static_way(files: dict[str, str], why: str) -> None:
    """C code in the program, in its modules or behind them is named."""
    product = build(files)
    assert (product.linkage, product.ways, product.not_static) == (Linkage.DYNAMIC, (), why)


@pytest.mark.parametrize(
    "files",
    [
        {"main.go": program("fmt"), "db/db.go": 'package db\nimport "C"\n'},
        {"main.go": program("fmt"), "main_test.go": 'package main\nimport "C"\n'},
        {"main.go": program("fmt"), "main_windows.go": 'package main\nimport "C"\n'},
        {"main.go": program("fmt"), "x.go": '//go:build ignore\n\npackage main\nimport "C"\n'},
        {"main.go": program("fmt"), "x.go": 'package main\n// import "C"\nvar s = `import "C"`\n'},
        {"main.go": program("fmt"), "go.mod": MOD + "require github.com/mattn/go-sqlite3 v1.14.0\n"},
    ],
)
def test_c_code_that_is_not_compiled_in_does_not_count(files: dict[str, str]) -> None:
    """Packages nobody imports, tests, other systems, excluded files, comments and unused modules."""
    assert build(files).linkage is Linkage.STATIC


@pytest.mark.parametrize(
    ("run", "linkage", "not_static"),
    [
        ("go build -race -o /app .", Linkage.DYNAMIC, "-race needs cgo"),
        ("go build -buildmode=pie -o /app .", Linkage.DYNAMIC, "-buildmode=pie asks for a loader"),
        ("go build -tags netgo -o /app .", Linkage.STATIC, ""),
        ("go build -tags=osusergo -o /app .", Linkage.DYNAMIC, ""),
        ("go build -tags 'osusergo,netgo' -o /app .", Linkage.STATIC, ""),
        ("go build -ldflags '-linkmode external -extldflags \"-static\"' -o /app .", Linkage.STATIC, ""),
        ("go build -ldflags '-extldflags \"-static\"' -o /app .", Linkage.DYNAMIC, ""),
        ("go build -ldflags '-linkmode external -extldflags \"-static-libgcc\"' -o /app .", Linkage.DYNAMIC, ""),
        ("GOFLAGS=-race go build -o /app .", Linkage.DYNAMIC, "-race needs cgo"),
        ("CGO_ENABLED=$X go build -o /app .", Linkage.UNKNOWN, ""),
        ("GOARCH=$X go build -o /app .", Linkage.UNKNOWN, ""),
        ("GOOS=$X go build -o /app .", Linkage.UNKNOWN, ""),
        ("GOARCH=arm64 go build -o /app .", Linkage.UNKNOWN, ""),
    ],
)
def test_flags_decide(run: str, linkage: Linkage, not_static: str) -> None:
    """What the command's flags do to linking, for a program that imports net/http."""
    product = build({"main.go": program("net/http")}, run, extra="ARG X\n")
    assert (product.linkage, product.not_static) == (linkage, not_static)


def test_static_flags_with_c_code() -> None:
    """With C code Go always links by the C linker, which then obeys -static."""
    files = {"main.go": 'package main\n\nimport "C"\n\nfunc main() {}\n'}
    assert build(files, "go build -ldflags '-extldflags \"-static\"' -o /app .").linkage is Linkage.STATIC


def test_shared_libraries() -> None:
    """A plugin or a C library is no program and has no static way."""
    product = build({"main.go": MAIN}, "go build -buildmode=plugin -o /p.so .")
    assert (product.shared, product.executable, product.ways) == (True, False, ())


@pytest.mark.parametrize(
    ("mod", "path", "reasons"),
    [
        (f"require {_SUM}\n", "github.com/gorilla/mux", []),
        ("require example.com/other v1.0.0\n", "example.com/other/x", ["modules-unread"]),
        (
            f"require {_SUM}\nrequire example.com/deep v1.0.0 // indirect\n",
            "github.com/gorilla/mux",
            ["modules-unread"],
        ),
        ("", "github.com/gorilla/mux", ["modules-unread"]),
    ],
)
def test_fetched_modules(mod: str, path: str, reasons: list[str]) -> None:
    """A module that was read beforehand is believed; others, and what they need in turn, are an assumption."""
    product = build({"main.go": program("net/http", path), "go.mod": MOD + mod})
    assert [a.reason for a in product.ways[0].assumptions] == reasons
    assert product.linkage is Linkage.DYNAMIC
    assert product.libraries_known is not bool(reasons)


def test_old_go_sum_counts() -> None:
    """Before Go 1.17 go.mod does not list what modules need: go.sum does."""
    files = {
        "main.go": program("github.com/gorilla/mux"),
        "go.mod": f"module example.com/shop\ngo 1.16\nrequire {_SUM}\n",
        "go.sum": "example.com/deep v1.0.0 h1:x=\nexample.com/only v1.0.0/go.mod h1:y=\n",
    }
    product = build(files)
    (assumption,) = product.ways[0].assumptions
    assert "example.com/deep" in assumption.message
    assert "example.com/only" not in assumption.message
    assert product.linkage is Linkage.UNKNOWN


def test_vendored_modules_are_read() -> None:
    """A vendor folder in use takes the place of the assumption."""
    files = {
        "main.go": program("example.com/dep"),
        "go.mod": MOD + "require example.com/dep v1.0.0\n",
        "vendor/modules.txt": "# example.com/dep v1.0.0\nexample.com/dep\n",
        "vendor/example.com/dep/d.go": 'package dep\nimport "net"\n',
    }
    product = build(files)
    assert (product.linkage, product.ways[0].assumptions) == (Linkage.DYNAMIC, ())
    with_c = build({**files, "vendor/example.com/dep/c.go": 'package dep\nimport "C"\n'})
    assert with_c.not_static == 'vendor/example.com/dep/c.go:2 imports "C"'
    ignored = build(files, "go build -mod=mod -o /app .")
    assert [a.reason for a in ignored.ways[0].assumptions] == ["modules-unread"]


def test_replaced_modules_are_read() -> None:
    """A replacement by a folder of the context is read, and so is a workspace's other module."""
    files = {
        "app/main.go": program("example.com/dep/x"),
        "app/go.mod": MOD + "require example.com/dep v1.0.0\nreplace example.com/dep => ../dep\n",
        "dep/go.mod": "module example.com/dep\n",
        "dep/x/x.go": 'package x\nimport "C"\n',
    }
    assert build(files, "cd app && go build -o /app .").not_static == 'dep/x/x.go:2 imports "C"'
    files["app/go.mod"] = MOD
    files["go.work"] = "go 1.22\nuse (\n\t./app\n\t./dep\n)\n"
    assert build(files, "cd app && go build -o /app .").not_static == 'dep/x/x.go:2 imports "C"'


def test_gopath_vendor_is_read() -> None:
    """In GOPATH mode the nearest vendor folder wins."""
    text = "FROM golang:1.9\nWORKDIR /go/src/example.com/app\nCOPY . .\nRUN go build -o /app .\n"
    files = {"main.go": program("example.com/dep"), "vendor/example.com/dep/d.go": 'package dep\nimport "C"\n'}
    assert only(text, files).not_static == 'vendor/example.com/dep/d.go:2 imports "C"'
    assert only(text, {"main.go": program("example.com/app/x"), "x/x.go": "package x\n"}).linkage is Linkage.STATIC


def test_unread_sources_are_an_assumption() -> None:
    """Without the context, with a missing package or a fetched program nothing is certain."""
    product = only("FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\n")
    assert (product.linkage, product.ways[0].assumptions[0].reason) == (Linkage.UNKNOWN, "sources-unread")
    assert [a.reason for a in product.assumptions] == ["sources-unread"]
    product = build({"main.go": program("example.com/shop/generated")})
    assert [a.reason for a in product.ways[0].assumptions] == ["sources-unread"]
    product = build({"main.go": MAIN}, "go install example.com/tool@v1.0.0")
    assert [a.reason for a in product.assumptions] == ["sources-unread"]


def test_cgo_libraries() -> None:
    """``#cgo LDFLAGS`` names libraries; pkg-config leaves them open."""
    source = 'package main\n\n// #cgo linux LDFLAGS: -L. -lfoo -lm\n// #include "x.h"\nimport "C"\n\nfunc main() {}\n'
    product = build({"main.go": source})
    assert {(NeedKind.LIBRARY, "foo"), (NeedKind.LIBRARY, "m")} <= kinds(product)
    assert product.libraries_known
    product = build({"main.go": source.replace("linux LDFLAGS: -L. -lfoo -lm", "pkg-config: foo")})
    assert not product.libraries_known
    product = build({"main.go": source.replace("-lfoo", "${SRCDIR}/libfoo.a")})
    assert not product.libraries_known
    comment = build({"main.go": "package main\n\n// #cgo LDFLAGS: -lfoo\n\nfunc main() {}\n"})
    assert not kinds(comment)


def test_other_systems_are_noted() -> None:
    """A program for another system can't be what this image runs."""
    product = build({"main.go": MAIN}, "GOOS=windows go build -o /app.exe .")
    assert [a.reason for a in product.assumptions] == ["other-platform"]
    assert build({"main.go": MAIN}, "GOOS=linux GOARCH=amd64 go build -o /app .").assumptions == ()


_EMBEDS = """package main

import _ "embed"

//go:embed web/*.html logo.png all:conf
var s string

func main() {}
"""


def test_sources() -> None:
    """Go files, module files, vendored and embedded files are the build's; data beside them is not."""
    files = {
        "main.go": _EMBEDS,
        "go.sum": "",
        "web/a.html": "",
        "web/a.css": "",
        "logo.png": "",
        "conf/x/y": "",
        "data.json": "",
        "lib/l.go": "package lib\n",
        "vendor/x/LICENSE": "",
    }
    assert build(files).sources == (
        "conf/x/y", "go.mod", "go.sum", "lib/l.go", "logo.png", "main.go", "vendor/x/LICENSE", "web/a.html",
    )  # fmt: skip


def test_several_programs() -> None:
    """Each has its own linkage."""
    files = {"go.mod": MOD, "cmd/a/main.go": program("net"), "cmd/b/main.go": program("fmt")}
    found = find("FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/ ./...\n", files)
    assert [p.linkage for p in found.products] == [Linkage.DYNAMIC, Linkage.STATIC]
