"""Variables of compose files: what ``.env`` says, and the values that take the place of their names.

The rules are those of compose-spec, "Interpolation", and docs.docker.com, "Env file syntax".
"""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING

from imgslim.migrate.root import Refused
from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

#: How deep defaults of defaults are followed.
DEPTH = 20
_FILE = regex(r"(?:.*\.)?env(?:\..*)?$")
_NAME = regex(r"[A-Za-z_][A-Za-z0-9_]*")
_BRACES = regex(r"\$\{|\}")
_BRACED = regex(r"([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-?+])([\s\S]*))?$")
_LINE = regex(r"(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]*)(?:[ \t]*[=:][ \t]*(.*))?$")
_SINGLE = regex(r"'([^'\\]*)'[ \t]*(?:#.*)?$")
_DOUBLE = regex(r'"((?:[^"\\]|\\.)*)"[ \t]*(?:#.*)?$')
_COMMENT = regex(r"(?:^|[ \t]+)#.*")


def is_env_name(name: str) -> bool:
    """Tell whether a file's name says that it sets variables: ``.env``, ``dev.env``, ``.env.example``."""
    return "env" in name and _FILE.match(name) is not None


@dataclass(frozen=True, slots=True)
class Variables:
    """What is known of the variables that a compose file may name."""

    #: In the order of their names; None: it is set, and its value is not literal.
    values: tuple[tuple[str, str | None], ...] = ()
    #: False where more may be set than is known, so that no default may be taken.
    whole: bool = True

    @staticmethod
    def of(values: Mapping[str, str | None], *, whole: bool = True) -> Variables:
        """From names and values."""
        return Variables(tuple(sorted(values.items())), whole)

    def fill(self, text: str) -> str:
        """Put values in place of names; what is not known stays as it is written, ``$$`` too.

        A default counts: it holds wherever nobody says otherwise, as that of an ARG does. A name without one that
        nobody sets would be empty, which no author means, and is left.
        """
        return _filled(text, self.known(), DEPTH) if "$" in text else text

    def known(self) -> Mapping[str, str | None]:
        """By name."""
        return dict(self.values) if self.whole else _Partly(self.values)


class _Partly(dict[str, str | None]):
    """Names and values that may not be all: every other name may be set, too."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> None:
        return None


def _filled(text: str, values: Mapping[str, str | None], depth: int) -> str:
    parts, at = [], 0
    while (start := text.find("$", at)) >= 0:
        parts.append(text[at:start])
        at, word = _one(text, start, values, depth)
        parts.append(word)
    return "".join((*parts, text[at:]))


def _one(text: str, start: int, values: Mapping[str, str | None], depth: int) -> tuple[int, str]:
    """What stands for the dollar sign at ``start`` and its name, and where it ends."""
    named = _NAME.match(text, start + 1)
    end, value = start + 1, None
    if text.startswith("$", start + 1):
        end += 1
    elif named is not None:
        end = named.end()
        value = values.get(named[0])
    elif text.startswith("{", start + 1):
        end = _closing(text, start)
        value = _braced(text[start + 2 : end - 1], values, depth) if end else None
        end = end or len(text)
        return end, text[start:end] if value is None else value
    return end, text[start:end] if value is None else value.replace("$", "$$")


def _closing(text: str, start: int) -> int:
    """Behind the brace that ends the ``${`` at ``start``; 0 where none does."""
    level = 0
    for brace in _BRACES.finditer(text, start):
        level += 1 if brace[0] == "${" else -1
        if level == 0:
            return brace.end()
    return 0


def _braced(inner: str, values: Mapping[str, str | None], depth: int) -> str | None:
    """The value of ``${inner}``, dollar signs doubled; None where it is not known."""
    found = _BRACED.match(inner)
    if found is None or depth == 0:
        return None
    name, sign, word = found[1], found[2] or "", found[3] or ""
    if name not in values:
        return _filled(word, values, depth - 1) if sign in ("-", ":-") else None
    value = values[name]
    if value is None:
        return None
    usable = bool(value) or not sign.startswith(":")
    if sign.endswith("+"):
        return _filled(word, values, depth - 1) if usable else ""
    if not usable:
        return _filled(word, values, depth - 1) if sign == ":-" else None
    return value.replace("$", "$$")


def read_env(data: bytes, outer: MutableMapping[str, str | None]) -> dict[str, str | None]:
    """The variables of an ``.env`` file, which may name those of ``outer``. None: a value that is not literal.

    Raises:
        Refused: a line is none that can be read by itself.
    """
    found: dict[str, str | None] = {}
    try:
        lines = data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise Refused("it is not UTF-8") from error
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = _LINE.match(text)
        if match is None:
            raise Refused(f"line {number} sets no variable")
        found[match[1]] = _value(match[2], ChainMap(outer, found), number)
    return found


def _value(word: str | None, known: Mapping[str, str | None], number: int) -> str | None:
    if word is None:
        return None  # a bare name: its value comes from the environment
    if word.startswith("'"):
        single = _SINGLE.match(word)
        if single is None:
            raise Refused(f"line {number} has a quote that is not plain")
        return single[1]
    if word.startswith('"'):
        double = _DOUBLE.match(word)
        if double is None:
            raise Refused(f"line {number} has a quote that does not end there")
        value = double[1]
    else:
        value = _COMMENT.sub("", word)
        if "#" in value:
            return None  # versions of compose differ on whether it starts a comment
    filled = _filled(value, known, DEPTH)
    return None if "$" in filled or "\\" in filled else filled
