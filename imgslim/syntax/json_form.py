"""The exec form: a JSON array of strings (BuildKit, ``parser.parseJSON``)."""

from __future__ import annotations

import json
from typing import Never

from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.syntax.blanks import SPACES, replaced

_STRING = r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"'
_BLANK = r"[ \t\r\n]*"
_STRINGS = regex(rf"\[{_BLANK}(?:{_STRING}{_BLANK}(?:,{_BLANK}{_STRING}{_BLANK})*)?\]{_BLANK}")


@dataclass(frozen=True, slots=True)
class NotStrings:
    """A JSON array that holds something else than strings: BuildKit refuses it."""


def read_array(text: str) -> tuple[str, ...] | NotStrings | None:
    """The strings of the JSON array ``text``; None where it is no JSON array, so that shell form is meant."""
    text = text.lstrip(SPACES)
    if not text.startswith("["):
        return None
    if _STRINGS.fullmatch(text):
        return tuple(replaced(item) for item in json.loads(text))
    return NotStrings() if _is_json(text) else None


def _is_json(text: str) -> bool:
    """Tell whether Go's ``encoding/json`` would accept ``text``."""
    try:
        json.loads(text, parse_constant=_refuse, parse_float=_finite, parse_int=_finite)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(name: str) -> Never:
    """NaN and Infinity are Python's own idea of JSON."""
    raise ValueError(name)


def _finite(number: str) -> float:
    """Go reads every number as a float64 and fails where it does not fit."""
    value = float(number)
    if value in (float("inf"), float("-inf")):
        raise ValueError(number)
    return value
