"""What the arguments of each instruction say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imgslim.syntax import parse
from imgslim.syntax.instructions import arg_pairs, context_sources, env_pairs, from_parts, healthcheck, words
from imgslim.syntax.mounts import mount_fields, mounts

if TYPE_CHECKING:
    from imgslim.syntax.nodes import Instruction


def only(line: str, head: str = "") -> Instruction:
    """The instruction that ``line`` is."""
    return parse(head + line + "\n").instructions[0]


def test_from() -> None:
    """Image, stage name and platform, each with its place."""
    text = "FROM --platform=linux/$A golang:$V  aS Build\n"
    parts = from_parts(only(text))
    assert (parts.image, parts.name, parts.platform) == ("golang:$V", "Build", "linux/$A")
    assert parts.image_span.of(text) == "golang:$V"
    assert parts.name_span is not None
    assert parts.name_span.of(text) == "Build"


def test_from_without_the_rest() -> None:
    """What is not there is None, or empty for the image."""
    assert from_parts(only("FROM a")).name is None
    assert from_parts(only("FROM a b c")).name is None
    assert from_parts(only("FROM")).image == ""


def test_pairs() -> None:
    """Names and values keep their quotes; the legacy form has one pair."""
    assert [(p.name, p.value) for p in env_pairs(only("ENV A=b C=\"d e\" F=g\\ h 'I'=j"))] == [
        ("A", "b"),
        ("C", '"d e"'),
        ("F", "g\\ h"),
        ("'I'", "j"),
    ]
    (legacy,) = env_pairs(only("LABEL a  b c=d"))
    assert (legacy.name, legacy.value, legacy.legacy) == ("a", "b c=d", True)
    (bare,) = env_pairs(only("ENV A"))
    assert (bare.name, bare.value) == ("A", "")
    assert env_pairs(only("ENV")) == ()
    assert [p.name for p in env_pairs(only("ENV A=b c"))] == ["A"]


def test_pairs_with_the_other_escape() -> None:
    """The file's escape character keeps blanks together."""
    assert [p.value for p in env_pairs(only("ENV A=b` c D=\\", "# escape=`\n"), "`")] == ["b` c", "\\"]


def test_arguments() -> None:
    """ARG takes names with or without a default."""
    assert arg_pairs(only('ARG A B=1 C= D="x y"')) == (("A", None), ("B", "1"), ("C", ""), ("D", '"x y"'))


def test_words() -> None:
    """Quotes mean nothing between blanks; exec form's strings are taken as they are."""
    assert [w.text for w in words(only('COPY "a b" c'))] == ['"a', 'b"', "c"]
    assert [w.text for w in words(only('COPY ["a b", "c"]'))] == ["a b", "c"]
    assert words(only("EXPOSE")) == ()


def test_healthcheck() -> None:
    """The three forms."""
    assert (check := healthcheck(only("HEALTHCHECK cmd a  b"))).kind == "CMD"
    assert (check.argv, check.text) == (None, "a  b")
    assert (check := healthcheck(only('HEALTHCHECK --retries=1 CMD ["a"]'))).argv == ("a",)
    assert check.text == ""
    assert healthcheck(only("HEALTHCHECK none")).kind == "NONE"
    assert healthcheck(only("HEALTHCHECK")).kind == ""


def test_mounts() -> None:
    """Fields are those of CSV; a key alone is true."""
    node = only('RUN --mount=type=cache,target=/x,RO --mount=\'"source=a,""b",dst=c\' --network=none d')
    assert mounts(node) == (
        {"type": "cache", "target": "/x", "ro": "true"},
        {"source": 'a,"b', "dst": "c"},
    )
    assert mount_fields('a"b') is None
    assert mount_fields("a,") == ("a", "")


def test_context_sources() -> None:
    """Sources that the build context must hold, each once."""
    text = (
        "FROM a\nCOPY b c /x/\nADD https://e.org/f g@h:i git@j:k b /y\nCOPY --from=z l m\nCOPY <<E n\nE\nCOPY $O p ./\n"
        'COPY ["q r", "s"]\n'
    )
    assert context_sources(parse(text)) == (("b", "c"), ("g@h:i", "b"), ("p",), ("q r",))


@pytest.mark.parametrize(
    ("line", "sources"),
    [
        ('COPY "src/" "/tmp/"', ("src/",)),
        ("COPY 'a'b /tmp/", ("ab",)),
        ('COPY "a b" /tmp/', ()),
        (r"COPY a\"b /tmp/", ('a"b',)),
        ('COPY ["a\\"b", "/tmp/"]', ()),  # an array's words are expanded as well, and refused here
        ('COPY "$A" /tmp/', ()),
    ],
)
def test_context_sources_have_no_quotes(line: str, sources: tuple[str, ...]) -> None:
    """Quotes go after the words are split; variables stay out."""
    found = context_sources(parse(f"FROM a\n{line}\n"))
    assert found == ((sources,) if sources else ())


@pytest.mark.parametrize(
    ("line", "sources"),
    [
        ("COPY a\t\fb  c /tmp/", ("a", "b", "c")),
        ("COPY a\x1cb c\xa0d /tmp/", ("a\x1cb", "c\xa0d")),  # blanks of Python's, none of BuildKit's
        ("COPY a\u2003b /tmp/", ("a\u2003b",)),
        ("COPY a\udcff /tmp/", ("a\ufffd",)),  # a byte that is not UTF-8
    ],
)
def test_context_sources_are_split_at_blanks_of_buildkit(line: str, sources: tuple[str, ...]) -> None:
    """Words end where BuildKit ends them, and hold what Go holds."""
    assert context_sources(parse(f"FROM a\n{line}\n")) == (sources,)


def test_stages() -> None:
    """Each FROM with what follows it."""
    tree = parse("ARG A\nFROM a\nRUN b\nFROM c\n")
    assert [(f.value, [n.value for n in body]) for f, body in tree.stages()] == [("a", ["b"]), ("c", [])]
