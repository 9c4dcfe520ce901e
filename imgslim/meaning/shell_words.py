"""Shell words: quote removal, variables, field splitting (POSIX.1-2017, XCU 2.6), as far as reading settles them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass, numerous
from imgslim.regex import regex
from imgslim.syntax.variables import expand
from imgslim.values import Unknown, joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from imgslim.syntax.shell_source import ShellSource
    from imgslim.values import Value

Lookup = "Callable[[str], Value | None]"

_SIMPLE = regex(r"\$\{?([A-Za-z_]\w*)\}?")
_DEFAULTED = regex(r"\$\{([A-Za-z_]\w*)(:?[-+])([^$`\"'\\{}]*)\}")
_TRIMMED = regex(r"\$\{[A-Za-z_]\w*(?:##?|%%?)[^$`\"'\\{}]+\}")
_PWD = regex(r"\$\(\s*pwd\s*\)|`\s*pwd\s*`")
_BRACES = regex(r"\{[^{}]*(?:,|\.\.)[^{}]*\}")
_WILDCARDS = regex(r"[*?]|\[[^\]]+\]")
_SEGMENT = regex(r"('[^']*')|(\"[^\"]*\")|(\$\w+|\$\{\w+\}|\$\([^()]*\))|([^'\"$]+)", re.ASCII)
_QUOTED = regex(r"([^$]+)|(\$\w+|\$\{\w+\}|\$\([^()]*\))", re.ASCII)
#: Text without a backslash, a brace or a tilde.
_ORDINARY = regex(r"[^\\{~]+")
#: A backslash with what it quotes, or text without any.
_PIECE = regex(r"\\.|[^\\]+|\\$", re.DOTALL)
_BLANKS = " \t\r\n"
#: The default IFS.
_BLANK = regex(r"[ \t\n]")
#: What a word without any of it is left whole by: blanks, and what patterns are made of.
_TAKEN_APART = regex(r"[ \t\n*?\[]")


@numerous
@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a word."""

    value: Value
    #: Inside quotes: neither split nor matched against file names.
    quoted: bool = False
    #: It is an expansion, not text of the word itself.
    expanded: bool = False


def parts(node: Node, lookup: Callable[[str], Value | None], source: ShellSource) -> list[Part]:
    """The pieces of the word that ``node`` is."""
    text = source.raw(node)
    match node.type:
        case "command_name":
            return [part for child in node.children for part in parts(child, lookup, source)]
        case "concatenation":
            return _concatenation(node, lookup, source)
        case "word" | "number" | "variable_name" | "special_variable_name" | "test_operator":
            return _unquoted(text, lookup)
        case "raw_string":
            return [Part(text[1:-1], quoted=True, expanded=False)]
        case "string":
            return _string(node, lookup, source)
        case "simple_expansion" | "expansion" | "command_substitution":
            return [Part(_expanded(text.lstrip(_BLANKS), lookup), quoted=False, expanded=True)]
        case _ if not node.is_named:
            return _unquoted(text, lookup)
        case _:
            return [Part(Unknown(f"{text} is not followed"), quoted=False, expanded=True)]


def plain_parts(raw: str, lookup: Callable[[str], Value | None]) -> list[Part]:
    """The same for a word of bare text, quoted text without escapes, ``$NAME``, ``${NAME}`` and ``$(plain words)``."""
    found: list[Part] = []
    for single_quoted, double_quoted, variable, bare in _SEGMENT.findall(raw):
        if variable:
            found.append(Part(_expanded(variable, lookup), quoted=False, expanded=True))
        elif bare:
            found += _unquoted(bare, lookup)
        elif "$" not in double_quoted:
            found.append(Part(single_quoted[1:-1] or double_quoted[1:-1], quoted=True, expanded=False))
        else:
            found.append(Part("", quoted=True, expanded=False))
            for text, name in _QUOTED.findall(double_quoted[1:-1]):
                value = _expanded(name, lookup) if name else text
                found.append(Part(value, quoted=True, expanded=bool(name)))
    return found


def _concatenation(node: Node, lookup: Callable[[str], Value | None], source: ShellSource) -> list[Part]:
    if _BRACES.search(source.raw(node)) and any(source.raw(c).startswith("{") for c in node.children):
        return [Part(Unknown("what braces mean depends on the shell"), quoted=False, expanded=True)]
    return [part for child in node.children for part in parts(child, lookup, source)]


def _value(found: Value | None) -> Value:
    """An unset variable is the empty string."""
    return "" if found is None else found


def _unquoted(text: str, lookup: Callable[[str], Value | None]) -> list[Part]:
    """Plain characters: backslashes, ``~`` at the start, patterns."""
    if _ORDINARY.fullmatch(text):
        return [Part(text)]
    if _BRACES.search(text):
        return [Part(Unknown("what braces mean depends on the shell"), quoted=False, expanded=True)]
    found: list[Part] = []
    if text == "~" or text.startswith("~/"):
        found.append(Part(_value(lookup("HOME")), quoted=True, expanded=True))
        text = text[1:]
    elif text.startswith("~"):
        return [Part(Unknown(f"{text} depends on the image's passwd file"), quoted=False, expanded=True)]
    for piece in _PIECE.findall(text):
        if piece != "\\\n":
            escaped = piece.startswith("\\") and len(piece) > 1
            found.append(Part(piece[1:] if escaped else piece, quoted=escaped, expanded=False))
    return found


def _string(node: Node, lookup: Callable[[str], Value | None], source: ShellSource) -> list[Part]:
    """A double-quoted string: what no named child covers is text too (blanks around expansions)."""
    found: list[Part] = [Part("", quoted=True, expanded=False)]
    at = node.start_byte + 1
    end = node.end_byte - 1
    for child in node.children:
        if child.type not in ("simple_expansion", "expansion", "command_substitution", "arithmetic_expansion"):
            continue
        found.append(_quoted_text(source.between(at, child.start_byte) + _blanks_before(source.raw(child))))
        found += [Part(p.value, quoted=True, expanded=True) for p in parts(child, lookup, source)]
        at = child.end_byte
    found.append(_quoted_text(source.between(at, end)))
    return found


def _blanks_before(raw: str) -> str:
    """The blanks between two expansions of a string, which the grammar takes into the second."""
    return raw[: len(raw) - len(raw.lstrip(_BLANKS))]


def _quoted_text(raw: str) -> Part:
    return Part(re.sub(r'\\([$`"\\])|\\\n', r"\1", raw), quoted=True, expanded=False)


def _expanded(text: str, lookup: Callable[[str], Value | None]) -> Value:
    """The value of an expansion or command substitution."""
    if match := _SIMPLE.fullmatch(text):
        return _value(lookup(match[1]))
    if match := _DEFAULTED.fullmatch(text):
        value = lookup(match[1])
        if isinstance(value, Unknown):
            return value
        is_set = value is not None and (value != "" or not match[2].startswith(":"))
        if match[2].endswith("-"):
            return _value(value) if is_set else match[3]
        return match[3] if is_set else ""
    if _TRIMMED.fullmatch(text):
        # The same rules as in an instruction (POSIX.1-2017, XCU 2.6.2).
        return expand(text, lookup)
    if _PWD.fullmatch(text):
        return _value(lookup("PWD"))
    why = "is the output of a command" if text.startswith(("$(", "`")) else "is not followed"
    return Unknown(f"{text} {why}")


def fields(pieces: list[Part]) -> list[Value]:
    """The words that the pieces become: unquoted expansions are split at blanks and may vanish; patterns are open."""
    whole = single(pieces)
    if isinstance(whole, Unknown) or (whole and not _TAKEN_APART.search(whole)):
        return [whole]
    words: list[Value] = []
    # The word so far, and the same with its quoted characters blanked out: only a bare one is a pattern's.
    text: str | None = None
    bare = ""
    for piece in pieces:
        value = str(piece.value)
        if piece.quoted or not piece.expanded:
            text = (text or "") + value
            bare += "\0" * len(value) if piece.quoted else value
            continue
        for number, chunk in enumerate(_BLANK.split(value)):
            if number and text is not None:
                words.append(_matched(text, bare))
                text, bare = None, ""
            if chunk:
                text = (text or "") + chunk
                bare += chunk
    if text is not None:
        words.append(_matched(text, bare))
    return words


def _matched(text: str, bare: str) -> Value:
    """A word after pathname expansion; ``bare`` has its quoted characters blanked out."""
    return Unknown(f"{text} is a pattern") if _WILDCARDS.search(bare) else text


def single(pieces: list[Part]) -> Value:
    """The pieces as one word, unsplit: the right side of an assignment, the target of a redirection."""
    return joined([piece.value for piece in pieces], _written(pieces))


def _written(pieces: list[Part]) -> int:
    """The characters that stand in the text itself."""
    return sum([len(str(piece.value)) for piece in pieces if not piece.expanded])
