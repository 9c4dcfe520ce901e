"""Go lines behind make."""

from __future__ import annotations

import pytest

from imgslim.model import Linkage
from tests.toolchains.golang.support import MAIN, MOD, find, program, rewritten

_MAKEFILE = """# build
BINARY ?= shop
OUT := bin
export CGO_ENABLED = 0
ifeq ($(V),1)
EXTRA = -v
endif

.PHONY: build
build: tools
\t@go build -o $(OUT)/$(BINARY) .

tools:
\techo go tools

other:
\tgo build -o ${OUT}/$@ ./cmd/a

first second: common
\tgo build -o $@ .

common: first

prefixed:
\t-CGO_ENABLED=0 GOOS="linux" go build -o $@ .

broken:
\tgo build -o "x .

loose:
\tcd cmd/a && go build .

shell:
\tgo build -o $(shell pwd)/x .

conditional:
\tgo build $(EXTRA) -o x .

NAMED ?= $(shell date)
inherited:
\tgo build -o $(NAMED) .

clean:
\trm -rf $(OUT)
"""


@pytest.mark.parametrize(
    ("run", "paths"),
    [
        ("make", ["/src/bin/shop"]),
        ("make build", ["/src/bin/shop"]),
        ("make -j 4 build BINARY=named", ["/src/bin/named"]),
        ("make other", ["/src/bin/other"]),
        ("make -C . build", ["/src/bin/shop"]),
        ("cd / && make --directory src build", ["/src/bin/shop"]),
        ("BINARY=env make", ["/src/bin/env"]),
        ("make first second", ["/src/first", "/src/second"]),
        ("make prefixed", ["/src/prefixed"]),
        ("make clean", []),
        ("make nothing", []),
    ],
)
def test_literal_recipes(run: str, paths: list[str]) -> None:
    """The goal's go line, its variables expanded, its needs first."""
    files = {"go.mod": MOD, "main.go": MAIN, "cmd/a/main.go": MAIN, "Makefile": _MAKEFILE}
    found = find(f"FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN {run}\n", files)
    assert [p.path for p in found.products] == paths
    assert found.not_followed == ()


@pytest.mark.parametrize("goal", ["loose", "shell", "conditional", "broken", "inherited"])
def test_what_is_more_than_a_literal_line_is_said(goal: str) -> None:
    """A recipe with several commands, a function or an open variable is not followed."""
    files = {"go.mod": MOD, "main.go": MAIN, "Makefile": _MAKEFILE}
    found = find(f"FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN make {goal}\n", files)
    assert found.products == ()
    assert [d.reason for d in found.not_followed] == ["build-not-followed"]


@pytest.mark.parametrize("run", ["make -f other.mk", "make $GOAL", "make", "cd $GOAL && make", "cd /none && make"])
def test_another_makefile_is_not_ours(run: str) -> None:
    """A makefile that starts no go, or that is not read, is left to other toolchains."""
    files = {"main.go": MAIN, "Makefile": "all:\n\tcc -o x x.c # go build\n"}
    found = find(f"FROM golang:1.22\nARG GOAL\nWORKDIR /src\nCOPY . .\nRUN {run}\n", files)
    assert (found.products, found.build_commands, found.not_followed) == ((), frozenset(), ())


@pytest.mark.parametrize(
    ("head", "run", "linkage"),
    [
        ("export CGO_ENABLED = 0", "make", Linkage.STATIC),
        ("CGO_ENABLED = 0\nexport CGO_ENABLED", "make", Linkage.STATIC),
        ("CGO_ENABLED = 0", "make", Linkage.DYNAMIC),
        ("", "make CGO_ENABLED=0", Linkage.STATIC),
        ("", "CGO_ENABLED=0 make", Linkage.STATIC),
        ("export CGO_ENABLED = $(shell x)", "make", Linkage.UNKNOWN),
        ("ifdef X\nexport CGO_ENABLED = 0\nendif", "make", Linkage.UNKNOWN),
    ],
)
def test_recipes_see_what_is_exported(head: str, run: str, linkage: Linkage) -> None:
    """Exported variables and those of the command line are in a recipe's environment, plain ones are not."""
    files = {"go.mod": MOD, "main.go": program("net"), "Makefile": f"{head}\nall:\n\tgo build -o x .\n"}
    (product,) = find(f"FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN {run}\n", files).products
    assert product.linkage is linkage


@pytest.mark.parametrize(
    ("head", "run", "ways"),
    [("export CGO_ENABLED = 1", "make", 0), ("", "make CGO_ENABLED=1", 0), ("", "CGO_ENABLED=1 make", 1)],
)
def test_a_makefile_that_has_the_last_word(head: str, run: str, ways: int) -> None:
    """Where the makefile sets it again, a setting in front of make would change nothing."""
    files = {"go.mod": MOD, "main.go": program("net"), "Makefile": f"{head}\nall:\n\tgo build -o x .\n"}
    (product,) = find(f"FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN {run}\n", files).products
    assert len(product.ways) == ways


def test_the_setting_stands_before_make() -> None:
    """Recipes get the environment of make; the build then proves that it was obeyed."""
    text = "FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN make\n"
    files = {"go.mod": MOD, "main.go": program("net"), "Makefile": "all:\n\tgo build -o x .\n"}
    (product,) = find(text, files).products
    assert product.linkage is Linkage.DYNAMIC
    assert product.ways[0].gate
    assert rewritten(text, product).endswith("RUN CGO_ENABLED=0 make\n")


def test_variables_that_explode_stay_as_written() -> None:
    """Doubling forty times over is given up, not worked through; the last setting of a name counts."""
    doubling = "A0 = x\n" + "".join(f"A{i + 1} = $(A{i})$(A{i})\n" for i in range(40))
    text = "FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN make\n"
    found = find(text, {"main.go": MAIN, "Makefile": doubling + "all:\n\tgo build -o $(A40) .\n"})
    assert [d.reason for d in found.not_followed] == ["build-not-followed"]
    twice = "N = a\n$(N): ;\nN = b\n$(N)x:\n\tgo build -o $(N) .\nall: bx\n"
    found = find(text.replace("make", "make all"), {"main.go": MAIN, "Makefile": twice})
    assert [p.path for p in found.products] == ["/src/b"]
