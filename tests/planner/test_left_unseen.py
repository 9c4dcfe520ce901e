"""What a step leaves elsewhere stays open by reading alone where the language's computed paths are not followed."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

_FILES = {
    "app.py": b"import pathlib\nprint((pathlib.Path('/opt') / 'a').read_text())\n",
    "seed.py": b"1\n",
    "app.rb": b"puts File.read(File.join('/opt', 'a'))\n",
    "seed.rb": b"1\n",
}


def _open(base: str, step: str, start: str) -> list[str]:
    text = f"FROM {base}\nWORKDIR /app\nCOPY . .\n{step}CMD {start}\n"
    found = slim(text, MemoryContext(_FILES), Options(target=f"{base}-slim"))
    assert isinstance(found, Rewritten), found
    return [a.reason for a in found.plan.assumptions]


@pytest.mark.parametrize(
    ("base", "step", "start"),
    [
        ("python:3.11", "RUN python seed.py\n", '["python", "app.py"]'),
        ("ruby:3.1", "RUN ruby seed.rb\n", '["ruby", "app.rb"]'),
    ],
)
def test_a_step_that_nobody_followed_is_named(base: str, step: str, start: str) -> None:
    """It may have made what the program opens."""
    assert "run-effects-unproven" in _open(base, step, start)


@pytest.mark.parametrize(
    ("base", "step", "start"),
    [
        ("python:3.11", "", '["python", "app.py"]'),
        ("python:3.11", "RUN chmod +x app.py\n", '["python", "app.py"]'),
        ("python:3.11", "RUN locale-gen\n", '["python", "app.py"]'),
        ("ruby:3.1", "", '["ruby", "app.rb"]'),
    ],
)
def test_any_other_is_safe(base: str, step: str, start: str) -> None:
    """What copies and followed steps made goes along."""
    assert _open(base, step, start) == []


@pytest.mark.parametrize(
    ("path", "unsafe"),
    [
        ("/etc/mime.types", False),  # goes along where it is there
        ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", True),
        ("/usr/bin/git", True),
        ("/var/lib/geoip/a.dat", True),
        ("/etc/debian_version", False),
        ("/usr/lib/os-release", False),
        ("/usr/local/lib/python3.11/os.py", False),
        ("/usr/bin/sort", False),
        ("/usr/share", False),
        ("/data/a.txt", False),
    ],
)
def test_a_file_of_the_base_image_may_be_of_a_package_that_the_slim_one_lacks(path: str, unsafe: bool) -> None:  # noqa: FBT001
    """What belongs to the distribution's core is in both."""
    text = 'FROM python:3.11\nWORKDIR /app\nCOPY . .\nCMD ["python", "app.py"]\n'
    context = MemoryContext({"app.py": f"import os\nprint(os.path.exists({path!r}))\n"})
    found = slim(text, context, Options(target="python:3.11-slim"))
    assert isinstance(found, Rewritten), found
    assert ("file-unproven" in {a.reason for a in found.plan.assumptions}) is unsafe


@pytest.mark.parametrize(
    ("files", "unsafe"),
    [
        ({"fast.c": b"", "extconf.rb": b""}, True),
        ({"fast.so": b""}, True),
        ({"fast.txt": b""}, False),
    ],
)
def test_ruby_modules_of_machine_code_are_linked_with_libraries(files: dict[str, bytes], unsafe: bool) -> None:  # noqa: FBT001  (a table's column)
    """They are looked through as those of gems are."""
    text = 'FROM ruby:3.1\nWORKDIR /app\nCOPY . .\nRUN make\nCMD ["ruby", "app.rb"]\n'
    found = slim(
        text, MemoryContext({"app.rb": b"require_relative 'fast'\n", **files}), Options(target="ruby:3.1-slim")
    )
    assert isinstance(found, Rewritten), found
    assert ("find /app" in found.after) is unsafe
    assert any("no Ruby" in a.message for a in found.plan.assumptions) is unsafe


@pytest.mark.parametrize(
    ("start", "reads"),
    [
        ('["ruby", "-Isrc", "-rwork", "app.rb"]', True),
        ('["ruby", "-I", "src", "-r", "work", "-e", "1"]', True),
        ('["ruby", "-r./src/work", "app.rb"]', True),
        ('["ruby", "-Isrc", "app.rb"]', False),
        ('["ruby", "-rwork", "app.rb"]', False),
    ],
)
def test_what_ruby_is_told_to_load_first_is_read(start: str, reads: bool) -> None:  # noqa: FBT001  (a table's column)
    """From the folders that it is told to look in (ruby(1), -I and -r)."""
    files = {"app.rb": b"puts 1\n", "src/work.rb": b"system('git', 'log')\n"}
    text = f"FROM ruby:3.1\nWORKDIR /app\nCOPY . .\nCMD {start}\n"
    found = slim(text, MemoryContext(files), Options(target="ruby:3.1-slim"))
    assert isinstance(found, Rewritten), found
    assert ("which git" in found.after) is reads
