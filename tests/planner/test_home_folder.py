"""HOME: Docker sets it by /etc/passwd, so an empty base without that file gives a program another one."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

_C = 'FROM gcc\nCOPY a.c .\nRUN gcc -o a a.c\n{}CMD ["./a"]\n'
_JAVA = 'FROM eclipse-temurin:17\nCOPY A.java .\nRUN javac A.java\n{}CMD ["java", "A"]\n'
_ASKS = "#include <stdio.h>\n#include <stdlib.h>\nint main(void) {{ puts({}); return 0; }}\n"
_CLASS = "public class A {{ public static void main(String[] a) {{ System.out.println({}); }} }}\n"
_USERS = "COPY --from=build /etc/passwd /etc/passwd"
_FOLDER = "install -d -m 700 /runtime/root"


def _after(text: str, name: str, body: str) -> str:
    found = slim(text, MemoryContext({name: body.encode()}), Options(target="scratch"))
    assert isinstance(found, Rewritten), found
    return found.after


@pytest.mark.parametrize(
    ("text", "name", "body"),
    [
        (_C, "a.c", _ASKS.format('getenv("HOME")')),
        (_C, "a.c", _ASKS.format('secure_getenv("HOME")')),
        (_JAVA, "A.java", _CLASS.format('System.getProperty("user.home")')),
        (_JAVA, "A.java", _CLASS.format('System.getenv("HOME")')),
    ],
)
def test_who_asks_for_the_home_folder_finds_it(text: str, name: str, body: str) -> None:
    """With the file that says which it is, and root's folder itself."""
    after = _after(text.format(""), name, body)
    assert _USERS in after
    assert _FOLDER in after


def test_a_static_program_stays_one() -> None:
    """A variable takes no name service."""
    assert "gcc -static" in _after(_C.format(""), "a.c", _ASKS.format('getenv("HOME")'))


@pytest.mark.parametrize(
    ("line", "body"),
    [
        ("", _ASKS.format('getenv("PATH")')),
        ("", _ASKS.format('"HOME"')),
        ("USER 1000\n", _ASKS.format('getenv("SHELL")')),
    ],
)
def test_any_other_brings_nothing(line: str, body: str) -> None:
    """Another variable is the image's own, and a word is no question."""
    after = _after(_C.format(line), "a.c", body)
    assert _USERS not in after
    assert _FOLDER not in after


def test_a_home_that_the_image_sets_has_no_folder_made() -> None:
    """What ENV says holds on every target."""
    assert _FOLDER not in _after(_C.format("ENV HOME=/data\n"), "a.c", _ASKS.format('getenv("HOME")'))


_APP = "FROM {}\n{}WORKDIR /app\nCOPY . .\nCMD {}\n"
_LEFT = "RUN echo a > ~/.thing\n"
_OWN = "COPY --from=build /root/.thing /root/.thing"
_PY, _JS, _RB, _SH = '["python", "app.py"]', '["node", "app.js"]', '["ruby", "app.rb"]', '["./s.sh"]'
_ENTRY = "#!/bin/sh\n{}\nexec python app.py\n"


def _slim(base: str, start: str, files: dict[str, str], step: str = _LEFT) -> Rewritten:
    text = _APP.format(base, step, start)
    found = slim(text, MemoryContext({n: t.encode() for n, t in files.items()}), Options(target=f"{base}-slim"))
    assert isinstance(found, Rewritten), found
    return found


@pytest.mark.parametrize(
    ("base", "start", "files"),
    [
        ("python:3.13", _PY, {"app.py": "import os\nopen(os.path.expanduser('~/.thing'))\n"}),
        ("python:3.13", _PY, {"app.py": "import pathlib\n(pathlib.Path.home() / '.thing').read_text()\n"}),
        ("python:3.13", _PY, {"app.py": "import os\nopen(os.environ['HOME'] + '/.thing')\n"}),
        ("python:3.13", _PY, {"app.py": "import netrc\nnetrc.netrc()\n"}),
        ("python:3.13", _PY, {"app.py": "import subprocess\nsubprocess.run(['git', 'log'])\n"}),
        ("node:20", _JS, {"package.json": "{}", "app.js": "f(require('os').homedir() + '/.thing')\n"}),
        ("ruby:3.1", _RB, {"app.rb": "File.read(File.join(Dir.home, '.thing'))\n"}),
        ("python:3.13", _SH, {"app.py": "1\n", "s.sh": _ENTRY.format("cat $HOME/.thing")}),
        ("python:3.13", _SH, {"app.py": "1\n", "s.sh": _ENTRY.format("cat ~/.thing")}),
        ("python:3.13", _SH, {"app.py": "1\n", "s.sh": _ENTRY.format("X=~/.thing; cat $X")}),
        ("python:3.13", "cat ~/.thing; python app.py", {"app.py": "1\n"}),
    ],
)
def test_what_a_step_leaves_there_goes_along(base: str, start: str, files: dict[str, str]) -> None:
    """Where a source, a script or a program that has settings may ask for it."""
    found = _slim(base, start, files)
    assert _OWN in found.after
    assert not found.plan.assumptions


@pytest.mark.parametrize(
    ("files", "start"),
    [
        ({"app.py": "print(1)\n"}, _PY),
        ({"app.py": "print('~/.thing')\n"}, _PY),
        ({"app.py": "1\n", "s.sh": _ENTRY.format("echo '~' \"~/.thing\" a~/.thing; HOME=/x cat /y")}, _SH),
    ],
)
def test_who_does_not_ask_gets_nothing(files: dict[str, str], start: str) -> None:
    """A tilde within quotes or a word is one."""
    assert "/root" not in _slim("python:3.13", start, files).after


@pytest.mark.parametrize("path", ["~/.cache/pip/a", "~/.npm/a", "~/a.tar.gz"])
def test_what_installers_keep_there_stays(path: str) -> None:
    """They look for it when they install again."""
    files = {"app.py": "import os\nopen(os.path.expanduser('~/.thing'))\n"}
    assert "/root" not in _slim("python:3.13", _PY, files, f"RUN echo a > {path}\n").after


def test_a_secret_that_only_packages_may_ask_for_is_named() -> None:
    """Nobody read them: it stays, and that is said."""
    files, step = {"app.py": "import x\n"}, "RUN pip install x && echo a > ~/.pgpass && echo a > ~/.thing\n"
    found = _slim("python:3.13", _PY, files, step)
    assert _OWN in found.after
    assert "/root/.pgpass" not in found.after
    assert any("/root/.pgpass" in a.message for a in found.plan.assumptions)
