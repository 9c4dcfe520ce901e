"""Files of the system that settings or sources name, where the program opens computed paths."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Access, Evidence
from imgslim.model import Rewritten
from imgslim.service import Options, slim
from tests.evidence_kit import contents, elf, run

_FILE = 'FROM gcc:12-bookworm\nWORKDIR /src\nCOPY . .\nRUN gcc -o /usr/local/bin/app app.c\nCMD ["app"]\n'
_APP, _LIBC = "/usr/local/bin/app", "/usr/lib/x86_64-linux-gnu/libc.so.6"
_OPENS = '#include <stdio.h>\nint main(int n, char **a) { fopen("%s", "r"); fopen(a[1], "r"); return 0; }\n'
_STARTS = '#include <stdio.h>\n#include <unistd.h>\nint main(int n, char **a) { fopen("%s", "r"); execv(a[1], a); }\n'
_FIXED = '#include <stdio.h>\nint main(int n, char **a) { return fopen("%s", "r") == 0; }\n'


def _after(source: str, settings: str, name: str = "server.ini") -> str:
    built = contents(
        {
            _APP: 3,
            _LIBC: 0,
            "/src/server.ini": 2,
            "/src/notes.txt": 2,
            "/usr/share/dict/words": 0,
            "/usr/bin/sort": 0,
            "/etc/issue": 0,
        },
        elves={_APP: elf("libc.so.6"), _LIBC: elf(program=False), "/usr/bin/sort": elf("libc.so.6")},
        instructions=(1, 2, 3),
        packages={"/usr/share/dict/words": "wamerican", "/usr/bin/sort": "coreutils"},
    )
    seen = run({_APP: Access.EXECUTED, "/usr/bin/sort": Access.EXECUTED}, (_APP,), ("/usr/bin/sort",))
    context = MemoryContext({"app.c": source % name, "server.ini": settings, "notes.txt": settings})
    outcome = slim(_FILE, context, Options(target="scratch", evidence=Evidence(built, seen)))
    assert isinstance(outcome, Rewritten), outcome
    return outcome.after


@pytest.mark.parametrize(
    ("source", "settings", "name", "taken"),
    [
        (_OPENS, "words = /usr/share/dict/words\n", "server.ini", True),
        (_STARTS, "words = /usr/share/dict/words\n", "server.ini", True),
        (_OPENS, "# words = /usr/share/dict/words\n", "server.ini", False),
        (_OPENS, "words = /usr/share/dict/others\n", "server.ini", False),
        # Nothing computes a path, and no settings.
        (_FIXED, "words = /usr/share/dict/words\n", "server.ini", False),
        (_OPENS, "words = /usr/share/dict/words\n", "notes.txt", False),
    ],
)
def test_a_file_of_the_system(source: str, settings: str, name: str, taken: bool) -> None:  # noqa: FBT001
    """It goes along though the run did not open it."""
    assert ("/usr/share/dict" in _after(source, settings, name)) is taken


_JOINS = (
    '#include <stdio.h>\nint main(int n, char **a) { char p[99]; sprintf(p, "%%s/%%s", "%s", a[1]); fopen(p, "r"); }\n'
)


@pytest.mark.parametrize(
    ("source", "name", "taken"),
    [
        (_JOINS, "/etc", True),
        (_JOINS, "/etc/%%s", True),
        # Too much to take along on that, and what the program names itself.
        (_JOINS, "/usr", False),
        (_JOINS, "/etc/shop.conf", False),
        (_FIXED, "/etc/shop.conf", False),
    ],
)
def test_settings_of_the_system(source: str, name: str, taken: bool) -> None:  # noqa: FBT001
    """Any file of /etc may be meant by a path that is made of its name."""
    assert ("cp -a /etc /runtime/" in _after(source, "", name)) is taken


_SAYS = '#include <stdio.h>\nint main(void) { return puts("%s"); }\n'


@pytest.mark.parametrize(
    ("source", "name", "taken"),
    [
        (_JOINS, "/usr/share/dict", True),
        (_JOINS, "/usr/share/dict/%%s", True),
        (_JOINS, "/usr/share/dict/words", True),
        (_JOINS, "/usr/share/others", False),
        (_JOINS, "see /usr/share/dict", False),
        # Nothing computes a path.
        (_SAYS, "/usr/share/dict", False),
    ],
)
def test_what_sources_name(source: str, name: str, taken: bool) -> None:  # noqa: FBT001
    """A folder in a literal may be joined to a name that comes later."""
    assert ("/usr/share/dict" in _after(source, "", name).partition("FROM scratch")[2]) is taken
