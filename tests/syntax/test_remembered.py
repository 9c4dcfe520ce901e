"""What is remembered of an instruction's text changes no answer."""

from __future__ import annotations

import pytest

from imgslim.errors import InputError
from imgslim.syntax import grammar, parse, read
from imgslim.syntax.parser import SHORT


def test_the_escape_character_counts() -> None:
    """The same text is read anew where another character escapes."""
    line = 'COPY --from=a` b\\ c "d" /e\n'
    plain = parse(f"FROM x\n{line}")
    ticked = parse(f"# escape=`\nFROM x\n{line}")
    assert plain.instructions[1].flags[0].value == "a`"
    assert ticked.instructions[1].flags[0].value == "a b\\"
    assert parse(f"FROM x\n{line}").instructions == plain.instructions


def test_places_are_the_files_own() -> None:
    """An instruction that was read in another file stands where it stands in this one."""
    near, far = parse("FROM x\nENV  a=b\n"), parse("# far\n\nFROM x\nRUN x\nENV  a=b\n")
    for tree in (near, far):
        node = tree.instructions[-1]
        assert node.span.of(tree.text) == "ENV  a=b"
        assert node.keyword_span.of(tree.text) == "ENV"
        assert node.value_span.of(tree.text) == "a=b"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("EXPOSE 80\nFROM x\n", "before-from"),
        ("FROM x\nCOPY --from=late a b\nFROM y AS late\n", "copy-from-later-stage"),
        ("FROM x\nEXPOSE 99999\n", "bad-port"),
    ],
)
def test_what_passed_elsewhere_is_refused_here(text: str, code: str) -> None:
    """What rests on the place in the file, and what was refused, is asked each time."""
    read("FROM x\nEXPOSE 80\nCOPY --from=late a b\n")
    for _ in range(2):
        with pytest.raises(InputError) as caught:
            read(text + " " * _)
        assert caught.value.code == code


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long instructions are not kept, and no more than so many."""
    passed: set[str] = set()
    monkeypatch.setattr(grammar, "REMEMBERED", 3)
    monkeypatch.setattr(grammar, "_passed", {"\\": passed})
    read("FROM x\n" + "".join(f"ENV A={number}\n" for number in range(20)))
    assert len(passed) <= 3
    passed.clear()
    read(f"FROM x\nENV A={'a' * SHORT}\n")
    assert passed == {"FROM x"}
