"""What an instruction's arguments say: words, pairs, images, health checks and mounts, as BuildKit splits them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass, numerous
from imgslim.syntax.arguments import Argument, split_blanks, split_words
from imgslim.syntax.blanks import BLANKS, first_word
from imgslim.syntax.heredocs import heredoc_word
from imgslim.syntax.variables import expand, may_change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.syntax.nodes import Dockerfile, Instruction, OffsetMap
    from imgslim.text import Span

_WITH_AS = 3


@numerous
@dataclass(frozen=True, slots=True)
class FromParts:
    """``FROM [--platform=…] image [AS name]``."""

    node: Instruction
    #: As written; "" where there is none.
    image: str
    #: The stage name as written; BuildKit lower-cases it.
    name: str | None
    platform: str | None

    @property
    def image_span(self) -> Span:
        """Where the image stands, or would stand."""
        node = self.node
        return node.line_map.span(node.value_start, node.value_start + len(self.image))

    @property
    def name_span(self) -> Span | None:
        """Where the stage name stands."""
        return words(self.node)[2].span if self.name is not None else None


@numerous
@dataclass(frozen=True, slots=True)
class Pair:
    """``name=value`` of ENV, LABEL or ARG; both as written, with quotes and escapes."""

    name: str
    value: str
    name_span: Span
    value_span: Span
    #: ``ENV name value``: the form without ``=``, which takes one pair per instruction.
    legacy: bool = False


@dataclass(frozen=True, slots=True)
class Healthcheck:
    """``HEALTHCHECK [options] CMD command`` or ``HEALTHCHECK NONE``."""

    #: Upper-cased: ``CMD``, ``NONE``, or what else stands there.
    kind: str
    #: Exec form's words, None in shell form.
    argv: tuple[str, ...] | None
    #: Shell form's text, "" in exec form.
    text: str


def from_parts(node: Instruction) -> FromParts:
    """The parts of a FROM."""
    found = texts(node)
    platform = node.flag("platform")
    return FromParts(
        node,
        found[0] if found else "",
        found[2] if len(found) == _WITH_AS and found[1].lower() == "as" else None,
        platform.value if platform else None,
    )


def words(node: Instruction) -> tuple[Argument, ...]:
    """The arguments of COPY, ADD, EXPOSE, VOLUME or FROM: split at blanks, quotes without meaning.

    The strings of an exec form all have the span of the whole array.
    """
    if node.exec_form is not None:
        return tuple(Argument(text, node.value_span) for text in node.exec_form)
    return split_blanks(node.value, node.value_map)


def texts(node: Instruction) -> tuple[str, ...]:
    """What :func:`words` are, without where they stand."""
    if node.exec_form is not None:
        return node.exec_form
    value = node.value
    # Of blanks only the space is printable: then any way to split gives the same.
    return tuple(value.split() if value.isprintable() else BLANKS.split(value))


def env_pairs(node: Instruction, escape: str = "\\") -> tuple[Pair, ...]:
    """The pairs of ENV or LABEL; words without ``=`` among others are left out (BuildKit refuses them)."""
    found = split_words(node, escape)
    if found and "=" not in found[0].text:
        # The first word decides (BuildKit, ``parser.parseNameVal``).
        name, *rest = split_blanks(node.value, node.value_map, maxsplit=1)
        value = rest[0] if rest else Argument("", name.span)
        return (Pair(name.text, value.text, name.span, value.span, legacy=True),)
    where = node.value_map
    return tuple([_pair(where, word) for word in found if "=" in word.text])


def _pair(where: OffsetMap, word: Argument) -> Pair:
    name, _, value = word.text.partition("=")
    start, cut, end = word.start, word.start + len(name), word.start + len(word.text)
    return Pair(name, value, where.span(start, cut), where.span(cut + 1, end))


def arg_pairs(node: Instruction, escape: str = "\\") -> tuple[tuple[str, str | None], ...]:
    """The names that ARG declares, each with its default as written, None without."""
    found = (word.text.partition("=") for word in split_words(node, escape))
    return tuple((name, value if equals else None) for name, equals, value in found)


def healthcheck(node: Instruction) -> Healthcheck:
    """What a HEALTHCHECK runs; its options are flags."""
    kind, text = first_word(node.value)
    return Healthcheck(kind.upper(), node.exec_form, "" if node.exec_form is not None else text)


def context_sources(dockerfile: Dockerfile) -> tuple[tuple[str, ...], ...]:
    """The sources of each COPY and ADD that reads the build context, without quotes; the same ones are told once.

    Left out: ``--from``, here-documents, URLs and Git references, and words that hold a variable.
    """
    found: dict[tuple[str, ...], None] = {}
    for node in dockerfile.instructions:
        if node.keyword in ("COPY", "ADD") and node.flag("from") is None:
            found[_local_sources(node, dockerfile.escape)] = None
    found.pop((), None)
    return tuple(found)


def _local_sources(node: Instruction, escape: str) -> tuple[str, ...]:
    words = texts(node)[:-1]
    if node.keyword == "COPY" and not node.heredocs and node.value.isascii() and not may_change(node.value, escape):
        return words  # as most are: none of what is looked for below can be there
    return tuple(_plain_sources(node, words, escape))


def _plain_sources(node: Instruction, words: tuple[str, ...], escape: str) -> Iterator[str]:
    for text in words:
        announced = node.heredocs and heredoc_word(text) is not None
        remote = node.keyword == "ADD" and ("://" in text or text.startswith("git@"))
        if not announced and not remote and "$" not in text:
            # They split at blanks wherever those stand; then quotes go (BuildKit, ``shell.Lex``).
            plain = expand(text, lambda _: None, escape)
            if isinstance(plain, str):
                yield plain
