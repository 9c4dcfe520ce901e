"""What each instruction asks of its arguments (BuildKit, the ``instructions`` package)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.errors import InputError
from imgslim.regex import regex
from imgslim.syntax.arguments import split_words
from imgslim.syntax.blanks import BLANKS, SPACES
from imgslim.syntax.heredocs import heredoc_word
from imgslim.syntax.instructions import env_pairs, from_parts, healthcheck, texts, words
from imgslim.syntax.json_form import NotStrings, read_array
from imgslim.syntax.variables import expand, expansion_problem, may_change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.syntax.nodes import Instruction
    from imgslim.text import Span

_STAGE_NAME = regex(r"[a-z][a-z0-9\-_.]*")
_PORTS = regex(r"([0-9]+)(?:-([0-9]+))?(?:/(?:tcp|udp|sctp))?", re.IGNORECASE)
_MAX_PORT = 65_535
_IMAGE_AS_NAME = 3
#: Instructions in whose arguments BuildKit replaces variables (Dockerfile reference, "Environment replacement").
_EXPANDED = frozenset(
    {"ADD", "ARG", "COPY", "ENV", "EXPOSE", "FROM", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)
_NEEDS_ARGUMENT = frozenset(
    {"ARG", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "SHELL", "STOPSIGNAL", "USER", "VOLUME",
     "WORKDIR"}
)  # fmt: skip


def check_arguments(node: Instruction, escape: str) -> None:
    """Refuse arguments that the instruction does not take.

    Raises:
        InputError: see :data:`imgslim.syntax.problems.CODES`.
    """
    check_form(node, escape)
    is_empty = not node.value or (node.exec_form == () and node.keyword in ("SHELL", "VOLUME"))
    if node.keyword in _NEEDS_ARGUMENT and is_empty:
        raise InputError("missing-arguments", f"{node.keyword} needs an argument.", node.keyword_span)
    match node.keyword:
        case "FROM":
            _check_from(node)
        case "COPY" | "ADD":
            _check_copy(node)
        case "HEALTHCHECK":
            _check_healthcheck(node)
        case "SHELL" if node.exec_form is None:
            raise InputError(
                "shell-not-json", "SHELL takes a JSON array.", node.value_span, 'Write it as ["/bin/sh", "-c"].'
            )
        case "VOLUME":
            for word in words(node):
                if not word.text.strip(SPACES):
                    raise InputError("empty-volume", "VOLUME names an empty path.", node.value_span)
        case "EXPOSE":
            _check_ports(node, escape)
        case "ARG":
            for word in split_words(node, escape):
                _check_name(node, word.text.partition("=")[0], word.span)
        case _:
            pass
    _check_expansion(node, escape)


def check_form(node: Instruction, escape: str) -> None:
    """Refuse what BuildKit's line parsers refuse, in ONBUILD's instruction too.

    Raises:
        InputError: ``json-not-strings``, ``bad-pair`` or ``blank-name``.
    """
    if node.keyword in ("ENV", "LABEL"):
        _check_pairs(node, escape)
    elif node.exec_form is None and "[" in node.value:
        array = None
        if node.keyword in ("ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"):
            array = read_array(node.value)
        elif node.keyword == "HEALTHCHECK":
            array = read_array(healthcheck(node).text)
        if isinstance(array, NotStrings):
            raise InputError(
                "json-not-strings",
                "This JSON array holds something else than strings.",
                node.value_span,
                "Put each element between double quotes.",
            )


def _check_pairs(node: Instruction, escape: str) -> None:
    found = split_words(node, escape)
    if found and "=" not in found[0].text:
        if BLANKS.search(node.value) is None:
            raise InputError(
                "bad-pair",
                f"{node.keyword} {found[0].text} has no value.",
                found[0].span,
                f"Write {node.keyword} {found[0].text}=VALUE.",
            )
        return
    for word in found:
        name, equals, _ = word.text.partition("=")
        if not equals:
            raise InputError(
                "bad-pair", f"There is no = in {word.text}.", word.span, "Quote a value that holds blanks."
            )
        _check_name(node, name, word.span)


def _check_name(node: Instruction, name: str, span: Span) -> None:
    if not name:
        raise InputError("blank-name", f"{node.keyword} needs a name in front of the equals sign.", span)


def _check_from(node: Instruction) -> None:
    parts = from_parts(node)
    if parts.name is None and len(found := texts(node)) != 1:
        span = node.value_span if found else node.keyword_span
        raise InputError(
            "bad-from", "FROM takes an image, or an image, AS and a name.", span, "Write FROM image AS name."
        )
    if parts.name is not None and parts.name_span is not None and not _STAGE_NAME.fullmatch(parts.name.lower()):
        raise InputError(
            "invalid-stage-name",
            f"{parts.name} can't be the name of a stage.",
            parts.name_span,
            "It starts with a letter and goes on with letters, digits, '-', '_' and '.'.",
        )


def _check_copy(node: Instruction) -> None:
    found = texts(node)
    if len(found) < 2:  # noqa: PLR2004 - a source and a destination
        span = node.value_span if found else node.keyword_span
        raise InputError(
            "copy-needs-two-arguments",
            f"{node.keyword} needs a source and a destination.",
            span,
            "Add what is missing.",
        )
    if heredoc_word(found[-1]) is not None:
        raise InputError(
            "heredoc-as-destination",
            f"The destination of {node.keyword} can't be a here-document.",
            words(node)[-1].span,
            "Name the file or folder in the image last.",
        )


def _check_healthcheck(node: Instruction) -> None:
    check = healthcheck(node)
    has_command = bool(check.argv) or bool(check.text)
    if check.kind not in ("NONE", "CMD") or (check.kind == "NONE") == has_command:
        wrong = {"NONE": "HEALTHCHECK NONE takes no arguments.", "CMD": "HEALTHCHECK CMD needs a command."}
        raise InputError(
            "bad-healthcheck",
            wrong.get(check.kind, f"HEALTHCHECK knows CMD and NONE, not {check.kind}."),
            node.value_span,
        )


def _check_ports(node: Instruction, escape: str) -> None:
    for word in words(node):
        text = expand(word.text, lambda _: None, escape)
        if "$" in word.text or not isinstance(text, str):
            continue
        match = _PORTS.fullmatch(text.rpartition(":")[2])
        if match is None or not int(match[1][:6]) <= int((match[2] or match[1])[:6]) <= _MAX_PORT:
            raise InputError(
                "bad-port", f"{word.text} is no port.", word.span, "A port is 8080, 8080/udp or 8000-8010."
            )


def _check_expansion(node: Instruction, escape: str) -> None:
    if not node.flags and (node.keyword not in _EXPANDED or not may_change(node.value, escape)):
        return
    for text, span in _expanded(node, escape):
        why = expansion_problem(text, escape)
        if why is not None:
            raise InputError("bad-substitution", f"{text} can't be expanded: {why}.", span)


def _expanded(node: Instruction, escape: str) -> Iterator[tuple[str, Span]]:
    """The texts in which BuildKit replaces variables, with their places."""
    match node.keyword:
        case "FROM":
            yield from ((word.text, word.span) for word in words(node)[:1])
        case "COPY" | "ADD":
            yield from ((w.text, w.span) for w in words(node) if not (node.heredocs and heredoc_word(w.text)))
        case "EXPOSE" | "VOLUME":
            yield from ((word.text, word.span) for word in words(node))
        case "ENV" | "LABEL":
            for pair in env_pairs(node, escape):
                yield pair.name, pair.name_span
                yield pair.value, pair.value_span
        case "ARG":
            yield from ((word.text, word.span) for word in split_words(node, escape))
        case "WORKDIR" | "USER" | "STOPSIGNAL":
            yield node.value, node.value_span
        case _:
            pass
    for flag in node.flags:
        if flag.value and flag.name in ("chown", "chmod", "checksum", "platform"):
            yield flag.value, flag.span
