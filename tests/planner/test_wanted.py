"""Packages that the author installed beside an application: what its modules start and open, nobody read."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Access, Evidence
from imgslim.model import Declined, Outcome, Rewritten, Unchanged
from imgslim.service import Options, slim
from tests.evidence_kit import contents, elf, run

_PYTHON = "/usr/local/bin/python3.13"


def _plan(steps: str, base: str = "python:3.13", target: str = "auto", source: str = "import ocr") -> Outcome:
    text = f'FROM {base}\nWORKDIR /app\n{steps}\nRUN pip install ocr\nCOPY a.py .\nCMD ["python", "a.py"]\n'
    built = contents(
        {_PYTHON: 0, "/app/a.py": 5},
        instructions=(1, 2, 3, 4, 5),
        elves={_PYTHON: elf("libc.so.6")},
        links={_PYTHON[:-4]: "python3.13"},
    )
    evidence = Evidence(built, run({_PYTHON: Access.EXECUTED})) if target == "scratch" else Evidence()
    return slim(text, MemoryContext({"a.py": source.encode()}), Options(target=target, evidence=evidence))


def _installs(outcome: Outcome) -> list[str]:
    assert isinstance(outcome, Rewritten), outcome
    return [line for line in outcome.after.rpartition("\nFROM ")[2].splitlines() if line.startswith("RUN apt")]


@pytest.mark.parametrize(
    ("steps", "packages"),
    [
        ("RUN apt-get update && apt-get install -y tesseract-ocr", "-y tesseract-ocr"),
        ("RUN apt-get install -y gcc libpq-dev libmagic1 curl wget vim python3-dev", "-y libmagic1"),
        ("RUN apt-get install -yq ffmpeg=7:1\nRUN apt-get install -y git", "-yq -y ffmpeg=7:1 git"),
        ("RUN apt-get install -y sqlite3 libsqlite3-dev\nRUN python manage.py collectstatic", "-y sqlite3"),
    ],
)
def test_they_come_again(steps: str, packages: str) -> None:
    """All but what builds and people need."""
    line = f"RUN apt-get update && apt-get install {packages} && rm -rf /var/lib/apt/lists/*"
    assert _installs(_plan(steps)) == [line]


@pytest.mark.parametrize(
    "steps",
    [
        "RUN apt-get install -y gcc g++-12 make cmake libpq-dev gfortran gettext pkg-config",
        "RUN apt-get install -y curl gnupg ca-certificates unzip",
        "RUN apt-get install -y swig tesseract-ocr && apt-get purge -y --auto-remove swig tesseract-ocr",
        "RUN apt-get install -y git && git clone https://example.org/x /tmp/x",
    ],
)
def test_what_builds_need_does_not(steps: str) -> None:
    """Neither does what a step took away again."""
    assert _installs(_plan(steps)) == []


_POM = """<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>a</artifactId><version>1</version>
<build><finalName>a</finalName><plugins><plugin><groupId>org.springframework.boot</groupId>
<artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build>
<dependencies><dependency><groupId>x</groupId><artifactId>y</artifactId><version>1</version></dependency></dependencies>
</project>"""
_MAIN = b"package g; public class M { public static void main(String[] a) {} }"


@pytest.mark.parametrize(
    ("packages", "base", "wanted"),
    [
        ("maven", "openjdk:17-slim", []),
        ("default-jdk maven", "debian:bookworm", []),
        ("maven graphviz", "openjdk:17-slim", ["graphviz"]),
        ("maven ant", "openjdk:17-slim", ["ant"]),
    ],
)
def test_what_drives_the_build_does_not(packages: str, base: str, wanted: list[str]) -> None:
    """Maven where a step runs it; what no step runs was installed for something else."""
    text = (
        f"FROM {base}\nWORKDIR /app\nRUN apt-get update && apt-get install -y {packages}\nCOPY . .\n"
        'RUN mvn clean package\nENTRYPOINT ["java", "-jar", "target/a.jar"]\n'
    )
    files = {"pom.xml": _POM.encode(), "src/main/java/g/M.java": _MAIN}
    found = slim(text, MemoryContext(files), Options())
    said = str(found.message) if isinstance(found, Declined) else ""
    assert isinstance(found, Declined) is bool(wanted), found
    assert said.partition(":")[0].split(", ") == (wanted or [""])


def test_where_all_was_read_nothing_is_wanted() -> None:
    """A program of Python's own library starts what its source says."""
    text = 'FROM python:3.13\nWORKDIR /app\nRUN apt-get install -y figlet\nCOPY a.py .\nCMD ["python", "a.py"]\n'
    assert _installs(slim(text, MemoryContext({"a.py": b"import json"}), Options())) == []


@pytest.mark.parametrize(
    ("source", "comes"),
    [
        ("import subprocess\nsubprocess.run(['perl', 'x.pl'])", True),
        ("import os\nos.system('perl x.pl')", True),
        ("import subprocess\nclass C:\n    tool = 'figlet'\ndef f(c):\n    subprocess.run([c.tool])", True),
        ("import sqlite3\nc = sqlite3.connect(':memory:')\nc.enable_load_extension(True)", True),
        ("import subprocess\nsubprocess.run(['perl', '-v'])", False),
        ("import subprocess\nsubprocess.run(['python', 'b.py'])", False),
        ("import bot\nbot.load_extension('cogs.x')", False),
    ],
)
def test_what_is_started_by_what_nobody_read_wants_them(source: str, comes: bool) -> None:  # noqa: FBT001
    """Files of another language, a computed name, an extension of a data base; twins that say what they start."""
    text = 'FROM python:3.13\nWORKDIR /app\nRUN apt-get install -y figlet\nCOPY . .\nCMD ["python", "a.py"]\n'
    files = {"a.py": source.encode(), "b.py": b"import json", "bot.py": b"", "x.pl": b"system('figlet')"}
    assert bool(_installs(slim(text, MemoryContext(files), Options()))) is comes


@pytest.mark.parametrize(
    ("script", "comes"),
    [
        ("perl prep.pl\nexec python a.py", True),
        ("./prep.pl\nexec python a.py", False),
        ("perl -e 'print 1'\nexec python a.py", False),
        ("python b.py\nexec python a.py", False),
    ],
)
def test_an_entry_script_may_start_what_nobody_reads(script: str, comes: bool) -> None:  # noqa: FBT001
    """Twins: a text that starts nothing, a file of a language that is read, a script that is refused as such."""
    text = 'FROM python:3.13\nWORKDIR /app\nRUN apt-get install -y figlet\nCOPY . .\nENTRYPOINT ["sh", "s.sh"]\n'
    files = {"a.py": b"import json", "b.py": b"import json", "s.sh": script.encode(), "x.pl": b""}
    assert bool(_installs(slim(text, MemoryContext(files), Options()))) is comes


def test_scripts_of_other_languages_want_them_as_well() -> None:
    """A program starts one by its path, and the kernel finds the interpreter."""
    text = 'FROM python:3.13\nWORKDIR /app\nRUN apt-get install -y figlet\nCOPY . .\nCMD ["python", "a.py"]\n'
    files = {"a.py": "import subprocess\nsubprocess.run(['./t'])"}
    for first, comes in (("#!/usr/bin/perl", True), ("#!/bin/sh", False)):
        found = slim(text, MemoryContext({**files, "t": f"{first}\nexit 0\n"}), Options())
        assert any("figlet" in line for line in _installs(found)) is comes


@pytest.mark.parametrize(("word", "named"), [("'magic'", True), ("NAME[0]", False)])
def test_a_library_that_is_looked_for_by_a_literal_comes_from_what_builds_need(word: str, named: bool) -> None:  # noqa: FBT001
    """libmagic-dev is left out, and brings the library with the name that the loader lists; twin: a computed one."""
    source = f"import ctypes.util\nimport sys\nNAME = sys.argv\nctypes.util.find_library({word})\n"
    text = 'FROM python:3.13\nWORKDIR /app\nRUN apt-get install -y libmagic-dev\nCOPY . .\nCMD ["python", "a.py"]\n'
    found = slim(text, MemoryContext({"a.py": source.encode()}), Options())
    assert isinstance(found, Rewritten)
    assert ("libmagic.so > /tmp/names" in found.after) is named


def test_compiled_programs_want_them_as_well() -> None:
    """A name that is computed may be that of what somebody installed; a literal is what it says."""
    text = (
        "FROM debian:bookworm\nRUN apt-get update && apt-get install -y gcc figlet\nCOPY a.c .\nRUN gcc a.c -o /a\n"
        'CMD ["/a"]\n'
    )
    for call, comes in (("execvp(v[1], v + 1)", True), ('execlp("ls", "ls", (char *)0)', False)):
        source = f"#include <unistd.h>\nint main(int c, char **v) {{ {call}; return 0; }}\n"
        found = slim(text, MemoryContext({"a.c": source.encode()}), Options(target="debian:bookworm-slim"))
        assert bool(_installs(found)) is comes


def test_an_empty_base_has_none() -> None:
    """A run shows what it was asked for, and not that nothing else is started."""
    found = _plan("RUN apt-get install -y tesseract-ocr", target="scratch")
    assert isinstance(found, Declined)
    assert found.reason == "needs-command"
    assert found.message.startswith("tesseract-ocr: what the program's modules start")
    assert isinstance(_plan("RUN apt-get install -y gcc curl", target="scratch"), Rewritten)


@pytest.mark.parametrize(
    "steps",
    [
        "RUN echo deb https://x y > /etc/apt/sources.list.d/x.list && apt-get install -y google-chrome-stable",
        "COPY x.deb .\nRUN apt-get install -y ./x.deb",
        "RUN apt-get install -y -t trixie-backports ffmpeg",
    ],
)
def test_what_can_not_come_again_is_not_left_out(steps: str) -> None:
    """Packages of other sources, files and releases."""
    found = _plan(steps)
    assert isinstance(found, Declined), found
    assert found.reason == "needs-command"


def test_the_slim_image_with_them_is_as_small_as_it_gets() -> None:
    """Where nothing stays behind, there is nothing to split."""
    assert isinstance(_plan("RUN apt-get install -y ffmpeg", "python:3.13-slim"), Unchanged)
    assert isinstance(_plan("RUN apt-get install -y ffmpeg gcc", "python:3.13-slim"), Rewritten)


@pytest.mark.parametrize(("name", "again"), [("ctypes.util.find_library('sodium')", True), ("print(1)", False)])
def test_a_library_that_is_looked_for(name: str, again: bool) -> None:  # noqa: FBT001
    """No module is unread, but which library a program opens is not known: what the author installed comes again."""
    text = 'FROM python:3.13\nRUN apt-get install -y libsodium23\nWORKDIR /app\nCOPY a.py .\nCMD ["python", "a.py"]\n'
    outcome = slim(text, MemoryContext({"a.py": f"import ctypes.util\n{name}\n".encode()}), Options())
    line = "RUN apt-get update && apt-get install -y libsodium23 && rm -rf /var/lib/apt/lists/*"
    assert (line in _installs(outcome)) is again
