"""The keys of a configuration file: what each takes, how it is read, and the JSON schema of all."""

from __future__ import annotations

import re
import tomllib
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NoReturn

from imgslim.config.settings import LIBCS, PREFERENCES, Settings
from imgslim.errors import UsageError
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class Takes(StrEnum):
    """The form of a key's value."""

    TEXT = "a string"
    LIST = "a list of strings"
    TABLE = "a table of strings"
    SWITCH = "true or false"


@dataclass(frozen=True, slots=True)
class Key:
    """One key."""

    name: str
    #: The field of :class:`Settings` that it sets.
    field: str
    takes: Takes
    #: For the reference page and the schema.
    help: str
    #: As TOML, for the reference page.
    example: str
    #: The values it may have; empty: any.
    allowed: tuple[str, ...] = ()


KEYS = (
    Key("target", "target", Takes.TEXT, "As `--target`.", 'target = "busybox:glibc"'),
    Key("libc", "libc", Takes.TEXT, "As `--libc`.", 'libc = "musl"', LIBCS),
    Key(
        "prefer", "prefer", Takes.TEXT,
        "As `--prefer`: what `auto` takes of the targets that are safe: the smallest, or the smallest with a shell.",
        'prefer = "debuggable"', PREFERENCES,
    ),
    Key(
        "last-stage", "last_stage", Takes.SWITCH,
        "As `--last-stage`: of files with several stages the last one is planned; else they are left alone.",
        "last-stage = true",
    ),
    Key(
        "ignore", "ignore", Takes.LIST,
        "Reasons whose findings `check` and the editor leave out. With `can-be-split` among them no file is split in "
        "place. What is planned stays the same.",
        'ignore = ["unknown-base"]',
    ),
    Key(
        "include", "include", Takes.LIST,
        "Patterns of the files that are Dockerfiles, in place of the usual names, where a folder is searched.",
        'include = ["**/Dockerfile", "images/*.build"]',
    ),
    Key(
        "exclude", "exclude", Takes.LIST,
        "Patterns of files and folders that `check` and `migrate` leave alone, also where they are named.",
        'exclude = ["third_party"]',
    ),
    Key(
        "build-args", "build_args", Takes.TABLE,
        "Name and value of build arguments, as `--build-arg`; one on the command line wins over the same name here.",
        'build-args = { GO_VERSION = "1.24" }',
    ),
    Key(
        "context", "contexts", Takes.TABLE,
        "Pattern of Dockerfiles, and the folder that is their build context; the first pattern that matches holds.",
        'context = { "services/*/Dockerfile" = "." }',
    ),
)  # fmt: skip
_BY_NAME = {key.name: key for key in KEYS}


def read(data: bytes, file: Path) -> Settings | None:
    """Read a configuration file; None for a ``pyproject.toml`` without ``[tool.imgslim]``.

    Raises:
        UsageError: ``bad-config``, with the file, the line where it can be told, and what would do.
    """
    try:
        text = data.decode("utf-8").replace("\r\n", "\n")
        document: object = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise UsageError("bad-config", f"{file} is not UTF-8.", "TOML files are.") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError("bad-config", f"{file} is no TOML: {error}.") from error
    shared = file.name == "pyproject.toml"
    for name in ("tool", "imgslim") if shared else ():
        document = document.get(name) if isinstance(document, dict) else None
    if document is None:
        return None
    source = _Source(file, text, re.compile(r"^[ \t]*\[[ \t]*tool\b.*imgslim.*") if shared else None)
    if not isinstance(document, dict):
        source.refuse("imgslim", "tool.imgslim takes a table")
    return Settings(file=file, **dict(_fields(document, source)))


def _fields(document: Mapping[str, Any], source: _Source) -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        key = _BY_NAME.get(name)
        if key is None:
            near = get_close_matches(name, _BY_NAME, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(_BY_NAME)}."
            source.refuse(name, f"there is no key {name!r}", hint)
        yield key.field, _value(key, value, source)


def _value(key: Key, value: object, source: _Source) -> object:
    match key.takes, value:
        case Takes.TEXT, str() if value:
            if key.allowed and value not in key.allowed:
                source.refuse(key.name, f"{key.name} takes {' or '.join(key.allowed)}, not {value!r}")
            return value
        case Takes.SWITCH, bool():
            return value
        case Takes.LIST, list() if all(isinstance(word, str) and word for word in value):
            return _checked(key, tuple(value), source)
        case Takes.TABLE, dict() if all(isinstance(word, str) for word in value.values()):
            if key.name == "context":
                _checked(key, tuple(value), source)
            return tuple(value.items())
        case _:
            pass
    return source.refuse(key.name, f"{key.name} takes {key.takes.value}", f"Such as: {key.example}")


def _checked(key: Key, words: tuple[str, ...], source: _Source) -> tuple[str, ...]:
    """Refuse reasons that are none, and patterns that the matcher refuses."""
    if key.name == "ignore":
        from imgslim.reasons import near_hint, nearest_finding  # noqa: PLC0415  (reading all reasons takes a while)

        for word in words:
            near = nearest_finding(word)
            if near != word:
                source.refuse(key.name, f"there is no finding called {word!r}", near_hint(near))
        return words
    from e2b_dockerfile_utils import PatternMatcher  # noqa: PLC0415  (few projects set a pattern)

    try:
        PatternMatcher(list(words))
    except ValueError as error:
        source.refuse(key.name, f"{key.name}: {error}", "Patterns are those of .dockerignore.")
    return words


@dataclass(frozen=True, slots=True)
class _Source:
    """The file that is being read, for messages."""

    file: Path
    text: str
    #: The header below which keys are looked for; None: anywhere.
    header: re.Pattern[str] | None

    def refuse(self, name: str, what: str, hint: str = "") -> NoReturn:
        raise UsageError("bad-config", f"{self.file}{self._line(name)}: {what}.", hint)

    def _line(self, name: str) -> str:
        """``:LINE`` of the first line that sets ``name``; "" where none plainly does (the parser keeps no places)."""
        lines = self.text.split("\n")
        start = next((i for i, line in enumerate(lines) if self.header.match(line)), 0) if self.header else 0
        sets = re.compile(rf"""[ \t]*(\[(.*[."' \t])?)?["']?{re.escape(name)}["']?[ \t]*[=.\]]""")
        found = next((i for i in range(start, len(lines)) if sets.match(lines[i])), None)
        return "" if found is None else f":{found + 1}"


def schema() -> dict[str, Any]:
    """The JSON schema of ``.imgslim.toml``, and of ``tool.imgslim`` in ``pyproject.toml``."""
    forms: dict[Takes, dict[str, Any]] = {
        Takes.TEXT: {"type": "string", "minLength": 1},
        Takes.LIST: {"type": "array", "items": {"type": "string", "minLength": 1}},
        Takes.SWITCH: {"type": "boolean"},
        Takes.TABLE: {"type": "object", "additionalProperties": {"type": "string"}},
    }
    properties = {
        key.name: {"description": key.help} | forms[key.takes] | ({"enum": list(key.allowed)} if key.allowed else {})
        for key in KEYS
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of imgslim: .imgslim.toml, or tool.imgslim in pyproject.toml",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }
