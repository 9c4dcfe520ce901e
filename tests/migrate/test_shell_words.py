"""The commands of shell texts: plain lines are read without the grammar, and to the same end."""

from __future__ import annotations

import random

from imgslim.migrate.shell_words import Commands, commands

WORDS = (
    "build", "buildx", "-t", "-", "--", "-f=x", "--build-arg", "A=b", "=", "A=", "2", "07", "a.b/c:1", "@x", "%1", "+x",
    ",", "_", "if", "for", "in", "do", "function", "time", "export", ":", ".", "..", "//", "-2", "1.5", "docker",
    "A_1=2=3",
)  # fmt: skip
#: What stands between words, and between lines.
BLANKS, ENDS = (" ", "\t", "  ", " \t "), ("\n", "\n\n", " \n", "\n \t", "\n\n\n")


def _text(chance: random.Random) -> str:
    lines = []
    for _ in range(chance.randrange(4)):
        words = [
            chance.choice(("docker", "podman", "buildah", "nerdctl")),
            *chance.choices(WORDS, k=chance.randrange(6)),
        ]
        lines += [chance.choice(("", " ")), *(word + chance.choice(BLANKS) for word in words), chance.choice(ENDS)]
    return "".join(lines).rstrip(chance.choice(("", "\n")))


def test_plain_lines_are_those_of_the_grammar() -> None:
    """Words that are no more to a shell than what they are: the same rows and the same words."""
    chance = random.Random(3)  # noqa: S311  (nothing secret)
    for _ in range(3_000):
        text = _text(chance)
        found = commands(text, {"A": "1"})
        assert isinstance(found, list), text
        assert [(row, [*raws], [*values]) for row, raws, values in found] == list(Commands(text, {})), text


def test_what_is_not_plain_is_left_to_the_grammar() -> None:
    """A sign of the shell, another program, or one of its own words."""
    for text in (
        "docker build $A",
        "docker build .;x",
        "cd a",
        "docker build 'a'",
        "docker build a\\\n b",
        "# docker x",
    ):
        assert isinstance(commands(text, {}), Commands), text
    assert [values for *_, values in commands("docker build .\ncd a\ndocker build $A", {"A": "x"})] == [
        ["docker", "build", "."], ["cd", "a"], ["docker", "build", "x"],
    ]  # fmt: skip
