"""What steps put outside of an application's folders goes along where a source or a setting names its path."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Evidence
from imgslim.model import Rewritten
from imgslim.service import Options, slim
from tests.evidence_kit import contents, run

_BASE = {"/usr/local/bin/python3": 0, "/usr/local/lib/python3.11/os.py": 0, "/usr/share/words/a.txt": 0, "/bin/sh": 0}
_PLACE = "/usr/local/share/words.gz"


def _read(base: str, entry: str, files: dict[str, str], step: str) -> str:
    """The runtime stage by reading alone."""
    text = f"FROM {base}\nWORKDIR /app\nCOPY . .\n{step}\nCMD {entry}\n"
    found = slim(text, MemoryContext({name: data.encode() for name, data in files.items()}), Options())
    assert isinstance(found, Rewritten), found
    return found.after.rpartition("\nFROM ")[2]


@pytest.mark.parametrize(
    ("base", "entry", "files"),
    [
        ("python:3.12", '["python3", "a.py"]', {"a.py": f'import gzip\ngzip.open("{_PLACE}")\n'}),
        ("python:3.12", '["python3", "a.py"]', {"a.py": "import b\n", "b.py": f"X = '{_PLACE}'\n"}),
        ("python:3.12", '["python3", "a.py"]', {"a.py": "1\n", "conf/x.yaml": f"words: {_PLACE}  # these\n"}),
        ("python:3.12", '["python3", "a.py"]', {"a.py": "1\n", "x.ini": f"words={_PLACE}\n"}),
        ("python:3.12", '["python3", "a.py"]', {"a.py": 'n = "/usr/local/share/%s.gz" % "words"\n'}),
        ("node:20", '["node", "a.js"]', {"a.js": f"require('./b')(`{_PLACE}`)\n", "b.js": "module.exports = 1\n"}),
        ("ruby:3.1", '["ruby", "a.rb"]', {"a.rb": f"require 'zlib'\nZlib::GzipReader.open('{_PLACE}')\n"}),
    ],
)
def test_a_named_archive(base: str, entry: str, files: dict[str, str]) -> None:
    """Elsewhere what is named so is what a build has downloaded."""
    step = f"RUN echo a | gzip > {_PLACE}"
    named = "/usr/local/share/%s" not in str(files)
    assert (f"COPY --from=build {_PLACE} {_PLACE}\n" in _read(base, entry, files, step)) is named


@pytest.mark.parametrize(
    "text",
    [
        'x = "/usr/local/share/other.gz"\n',
        'x = "http://example.org/usr/local/share/words.gz"\n',
        'x = "data/usr/local/share/words.gz"\n',
        'x = "/words.gz"\n',
    ],
)
def test_one_that_nothing_names(text: str) -> None:
    """Another path, the end of a longer one, a part of an address."""
    assert _PLACE not in _read("python:3.12", '["python3", "a.py"]', {"a.py": text}, f"RUN echo a | gzip > {_PLACE}")


def _looked(source: str, left: tuple[str, ...], owned: dict[str, str] | None = None) -> str:
    """The runtime stage where a step nobody follows left these files."""
    text = 'FROM python:3.11\nWORKDIR /app\nCOPY . .\nRUN sh get.sh\nCMD ["python3", "app.py"]\n'
    files = {"app.py": source.encode(), "get.sh": b"./x\n"}
    entries = {**_BASE, "/app/app.py": 2, "/app/get.sh": 2, **dict.fromkeys(left, 3)}
    built = contents(entries, instructions=(1, 2, 3), packages=owned or {})
    found = slim(text, MemoryContext(files), Options(target="python:3.11-slim", evidence=Evidence(built, run({}))))
    assert isinstance(found, Rewritten), found
    return found.after.rpartition("\nFROM ")[2]


@pytest.mark.parametrize(
    ("source", "left", "place"),
    [
        ('linecache.getlines("/opt/words/%d.txt" % 1)\n', ("/opt/words/1.txt", "/opt/words/2.txt"), "/opt/words"),
        ("linecache.getlines(f'/opt/words/{n}.txt')\n", ("/opt/words/1.txt", "/opt/words/2.txt"), "/opt/words"),
        ('x = "/opt/words"\n', ("/opt/words/1.txt", "/opt/words/b/2.txt"), "/opt/words"),
        ('x = "/root/x.db"\n', ("/root/x.db", "/root/y.db"), "/root/x.db"),
        ('x = "/usr/share/words"\n', ("/usr/share/words/b.txt",), "/usr/share/words/b.txt"),
        ('x = "/usr/lib/thing"\n', ("/usr/lib/thing/1.so",), "/usr/lib/thing"),
    ],
)
def test_what_layers_show(source: str, left: tuple[str, ...], place: str) -> None:
    """A folder as a whole, where it holds nothing of the base image; of a name that is computed in part its folder."""
    assert f"COPY --from=build {place} {place}\n" in _looked(source, left)


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ('x = "/opt/other"\n', ("/opt/words/1.txt",)),
        ('x = "/opt"\n', ("/opt/words/1.txt",)),
        ('x = "/usr/share/words"\n', ()),
        ('x = "/tmp/words"\n', ("/tmp/words/1.txt",)),  # noqa: S108 (a path in the image)
    ],
)
def test_what_layers_show_of_others(source: str, left: tuple[str, ...]) -> None:
    """Folders that every system has, what the base image brought, and what goes by rules of its own."""
    after = _looked(source, left)
    assert not [name for name in ("/words", "/thing") if name in after]


def test_what_a_package_brought_goes_along_where_a_source_names_it() -> None:
    """Another target has other packages."""
    owned = {"/usr/share/dict/words": "wamerican"}
    assert "/usr/share/dict" in _looked('x = "/usr/share/dict"\n', tuple(owned), owned)
    assert "/usr/share/dict" not in _looked('x = "dict"\n', tuple(owned), owned)
