"""``--strip``: the symbols of compiled programs, where that is asked for."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Access, Evidence
from imgslim.model import Rewritten
from imgslim.service import Options, slim
from tests.evidence_kit import contents, elf, run

_C = "FROM gcc:14\nCOPY a.c .\nRUN gcc -o /a a.c\n"
_FILES = {
    "a.c": "int main(void) { return 0; }\n",
    "main.go": "package main\nfunc main() {}\n",
    "go.mod": "module x.y/z\n",
}


def _after(text: str, *, strip: bool = True, target: str = "scratch") -> Rewritten:
    outcome = slim(text, MemoryContext(_FILES), Options(target=target, strip=strip))
    assert isinstance(outcome, Rewritten)
    return outcome


def test_only_when_asked() -> None:
    """One step of the build stage, with its price among the decisions; nothing where nobody asked."""
    text = _C + 'CMD ["/a"]\n'
    assert "strip" not in _after(text, strip=False).after
    outcome = _after(text)
    assert "\nRUN strip /a\n\nFROM scratch\n" in outcome.after
    assert any("traces without names" in note for note in outcome.plan.notes)
    assert not outcome.plan.assumptions


def test_as_root() -> None:
    """The program may be anybody's; the user of the image stays."""
    after = _after(_C + 'USER 1000\nCMD ["/a"]\n').after
    assert after.index("RUN strip /a") < after.index("FROM scratch")
    assert "USER 1000" in after.partition("FROM scratch")[2]


def test_before_libraries_are_gathered() -> None:
    """The step becomes root once, for what follows too."""
    text = 'FROM gcc:14\nCOPY . .\nRUN gcc -o /a a.c -lz\nUSER 1000\nRUN gcc -o /tmp/b a.c -lz\nCMD ["/tmp/b"]\n'
    after = _after(text).after
    assert after.count("USER root") == 1
    assert after.index("USER root") < after.index("RUN strip /tmp/b") < after.index("ldd /tmp/b")


@pytest.mark.parametrize(("base", "there"), [("golang:1.24", True), ("golang:1.24-alpine", False)])
def test_builder_without_strip(base: str, *, there: bool) -> None:
    """Golang's Alpine images bring no C compiler, and with it no strip."""
    after = _after(f'FROM {base}\nWORKDIR /s\nCOPY . .\nRUN go build -o /a .\nCMD ["/a"]\n').after
    assert ("RUN strip /a" in after) is there


_SCRIPT = 'FROM node:20\nWORKDIR /app\nCOPY . .\nCMD ["node", "main.js"]\n'
_NODE, _STRIP = "/usr/local/bin/node", "/usr/bin/strip"


def _with_node(*others: str) -> str:
    """The script on an empty base, as an engine showed its image and a run of it."""
    files = dict.fromkeys((_NODE, *others, "/lib/x86_64-linux-gnu/libc.so.6"), 0) | {
        "/app/main.js": 2,
        "/app/package.json": 2,
    }
    built = contents(files, instructions=(1, 2), elves={_NODE: elf("libc.so.6")})
    seen = run({_NODE: Access.EXECUTED, "/app/main.js": Access.READ}, ("node", "main.js"))
    options = Options(target="scratch", strip=True, evidence=Evidence(built, seen))
    outcome = slim(_SCRIPT, MemoryContext({"main.js": "console.log(1);\n", "package.json": "{}"}), options)
    assert isinstance(outcome, Rewritten), outcome
    return outcome.after


def test_an_interpreter_that_goes_along() -> None:
    """It is a compiled program as any other, where the builder has the command; slim images have none."""
    assert f"\nRUN strip {_NODE}\n" in _with_node(_STRIP)
    assert "strip" not in _with_node()


def test_an_interpreter_of_a_builder_that_nobody_looked_into() -> None:
    """The build makes the Java machine itself, and images with a JDK need not hold binutils."""
    files = {"A.java": "class A { public static void main(String[] a) { System.out.println(1); } }\n"}
    text = 'FROM eclipse-temurin:17-jdk\nWORKDIR /s\nCOPY A.java .\nRUN javac A.java\nCMD ["java", "A"]\n'
    outcome = slim(text, MemoryContext(files), Options(target="scratch", strip=True))
    assert isinstance(outcome, Rewritten)
    assert "jlink" in outcome.after
    assert "RUN strip" not in outcome.after


@pytest.mark.parametrize("there", [True, False])
def test_what_a_look_shows(*, there: bool) -> None:
    """A builder without the command does not get a step that would fail."""
    files = {"/a": 2, "/lib/x86_64-linux-gnu/libc.so.6": 0} | ({_STRIP: 0} if there else {})
    built = contents(files, instructions=(1, 2), elves={"/a": elf("libc.so.6")})
    options = Options(target="scratch", strip=True, evidence=Evidence(built))
    outcome = slim(_C + 'CMD ["/a"]\n', MemoryContext(_FILES), options)
    assert isinstance(outcome, Rewritten)
    assert ("RUN strip /a\n" in outcome.after) is there


_CRATE = {
    "Cargo.toml": '[package]\nname = "a"\nversion = "0.1.0"\n',
    "src/main.rs": "fn main() {}\n",
}
_PACKED = "-C link-arg=-Wl,-z,pack-relative-relocs"


@pytest.mark.parametrize(
    ("base", "strip", "packed"),
    [
        ("rust:1-bookworm", True, True),
        ("rust:1-trixie", True, True),
        # glibc 2.31 does not unpack them: the program would end before its first line.
        ("rust:1-bullseye", True, False),
        ("rust:1-bookworm", False, False),
    ],
)
@pytest.mark.parametrize("build", ["cargo build", "rustc -o target/debug/a src/main.rs"])
def test_packed_relocations(base: str, build: str, *, strip: bool, packed: bool) -> None:
    """A static Rust program unpacks its relocations where the builder's glibc is known to be new enough."""
    text = f'FROM {base}\nWORKDIR /s\nCOPY . .\nRUN {build}\nENTRYPOINT ["/s/target/debug/a"]\n'
    outcome = slim(text, MemoryContext(_CRATE), Options(target="scratch", strip=strip))
    assert isinstance(outcome, Rewritten)
    assert "+crt-static" in outcome.after
    assert (_PACKED in outcome.after) is packed
