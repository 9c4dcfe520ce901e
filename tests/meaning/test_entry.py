"""The entry point, by Docker's rules."""

from __future__ import annotations

import pytest

from imgslim.meaning import BaseState
from imgslim.values import Unknown
from tests.meaning.reading import read, show

BASE = BaseState(entrypoint=("base",), cmd=("arg",))
SH = ("/bin/sh", "-c")


CASES: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    ("", ("base",), ("arg",)),
    ('CMD ["a"]', ("base",), ("a",)),
    ("CMD a b", ("base",), (*SH, "a b")),
    ('ENTRYPOINT ["e"]', ("e",), ()),
    ("ENTRYPOINT e f", (*SH, "e f"), ()),
    ('CMD ["a"]\nENTRYPOINT ["e"]', ("e",), ("a",)),
    ('ENTRYPOINT ["e"]\nCMD ["a"]', ("e",), ("a",)),
    ('CMD ["a"]\nCMD ["b"]', ("base",), ("b",)),
    ("ENTRYPOINT []", (), ()),
    ('ENTRYPOINT []\nCMD ["a"]', (), ("a",)),
    ("CMD []", ("base",), ()),
    ('SHELL ["/bin/bash", "-c"]\nCMD a\nSHELL ["/bin/sh", "-c"]', ("base",), ("/bin/bash", "-c", "a")),
    ('ENV X=1\nCMD ["$X"]', ("base",), ("$X",)),
]


@pytest.mark.parametrize(("text", "entrypoint", "cmd"), CASES)
def test_entry(text: str, entrypoint: tuple[str, ...], cmd: tuple[str, ...]) -> None:
    """The last of each counts; ENTRYPOINT empties the base image's CMD, not the file's own."""
    entry = read(f"FROM x\n{text}\n", base=BASE).entry
    assert (entry.entrypoint_argv, entry.cmd_argv) == (entrypoint, cmd)


def test_unknown_base() -> None:
    """What an unknown image starts is open, unless the file says it."""
    unknown = BaseState.unknown("private")
    entry = read("FROM x\n", base=unknown).entry
    assert isinstance(entry.entrypoint_argv, Unknown)
    assert isinstance(entry.cmd_argv, Unknown)
    entry = read('FROM x\nENTRYPOINT ["e"]\n', base=unknown).entry
    assert (entry.entrypoint_argv, entry.cmd_argv) == (("e",), ())


def test_entry_commands() -> None:
    """Shell text is read as the started container reads it: ENV is there, ARG is not, later WORKDIR and USER count."""
    text = "FROM x\nARG A=1\nENV E=e\nCMD cd x && app $A $E\nWORKDIR /late\nUSER joe\n"
    entry = read(text).entry
    assert [show(c) for c in entry.commands] == ["/late$ cd x", "/late/x$ app e"]
    assert entry.commands[1].user == "joe"
    assert entry.commands[1].span.of(text) == "app $A $E"
    assert (entry.cmd_shell, entry.entrypoint_shell) == ("cd x && app $A $E", None)


def test_which_text_is_read() -> None:
    """A shell ENTRYPOINT hides CMD; exec form has no commands; a shell of another language is not read."""
    assert [show(c) for c in read("FROM x\nENTRYPOINT e\nCMD c\n").entry.commands] == ["/$ e"]
    assert [show(c) for c in read('FROM x\nENTRYPOINT ["e"]\nCMD c\n').entry.commands] == ["/$ c"]
    assert read('FROM x\nCMD ["c"]\n').entry.commands == ()
    entry = read('FROM x\nSHELL ["pwsh", "-c"]\nCMD c\n').entry
    assert (entry.commands, entry.shell) == ((), ("pwsh", "-c"))
