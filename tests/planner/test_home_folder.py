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
