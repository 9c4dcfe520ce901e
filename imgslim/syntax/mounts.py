"""``RUN --mount``: the fields of its value and what each mount type takes (BuildKit, ``instructions.parseMount``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.errors import InputError
from imgslim.regex import regex

if TYPE_CHECKING:
    from imgslim.syntax.nodes import Flag, Instruction

_TYPES = frozenset({"bind", "cache", "tmpfs", "secret", "ssh"})
_KEYS = frozenset(
    {"type", "from", "source", "src", "target", "dst", "destination", "readonly", "ro", "readwrite", "rw", "required",
     "size", "id", "sharing", "mode", "uid", "gid", "env"}
)  # fmt: skip
_SWITCHES = frozenset({"readonly", "ro", "readwrite", "rw", "required"})
_TRUTH = frozenset({"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"})
_FIELD = regex(r'(?:"((?:[^"]|"")*)"|([^",]*))(?:,|$)')


def mount_fields(value: str) -> tuple[str, ...] | None:
    """The comma-separated fields of a mount, quoted ones unquoted (RFC 4180); None where the quotes are wrong."""
    found: list[str] = []
    at = 0
    while at <= len(value):
        match = _FIELD.match(value, at)
        if match is None:
            return None
        found.append(match[1].replace('""', '"') if match[1] is not None else match[2])
        if match.end() == len(value) and not match[0].endswith(","):
            return tuple(found)
        at = match.end()
    return tuple(found)


def mount_options(value: str) -> dict[str, str]:
    """The keys of a mount, lower-cased, with their values as written; a key alone is ``true``."""
    pairs = (field.partition("=") for field in mount_fields(value) or ())
    return {key.lower(): text if equals else "true" for key, equals, text in pairs if key}


def mounts(node: Instruction) -> tuple[dict[str, str], ...]:
    """The options of every mount of a RUN, in order."""
    return tuple(mount_options(flag.value or "") for flag in node.flags if flag.name == "mount")


def check_mount(flag: Flag) -> None:
    """Refuse a mount whose written fields can't be right; values with variables are left to the build.

    Raises:
        InputError: ``bad-mount`` or ``variable-in-copy-from``.
    """
    fields = mount_fields(flag.value or "")
    if fields is None:
        raise _bad(flag, "its quotes do not fit")
    options: dict[str, str] = {}
    for field in fields:
        key, equals, value = field.partition("=")
        key = key.lower()
        if key not in _KEYS or (not equals and key not in _SWITCHES):
            raise _bad(flag, f"{field or 'an empty field'} is no option of a mount")
        if key == "from" and "$" in value[:-1]:
            raise InputError(
                "variable-in-copy-from",
                "from= of a mount expands no variable.",
                flag.span,
                "Give the image a stage name of its own with FROM, where a global ARG works.",
            )
        options[key] = value if equals else "true"
    if not any("$" in value for value in options.values()):
        _check_settled(flag, options)


def _check_settled(flag: Flag, options: dict[str, str]) -> None:
    """The rules between a mount's options, none of which holds a variable."""
    kind = options.get("type", "bind").lower()
    if kind not in _TYPES:
        raise _bad(flag, f"there is no mount type {kind}")
    for key in ("readonly", "ro", "readwrite", "rw", "required"):
        if options.get(key, "true") not in _TRUTH:
            raise _bad(flag, f"{key} is true or false")
    allowed = {"required": {"secret", "ssh"}, "size": {"tmpfs"}, "sharing": {"cache"}}
    allowed |= {key: {"secret", "ssh", "cache"} for key in ("mode", "uid", "gid")}
    for key, kinds in allowed.items():
        if options.get(key) and kind not in kinds:
            raise _bad(flag, f"{key} is no option of a {kind} mount")
    if options.get("sharing", "").lower() not in ("", "shared", "private", "locked"):
        raise _bad(flag, "sharing is shared, private or locked")
    for key, digits in (("mode", "[0-7]+"), ("uid", "[0-9]+"), ("gid", "[0-9]+")):
        if key in options and not re.fullmatch(digits, options[key]):
            raise _bad(flag, f"{key} is a number")
    if kind == "secret":
        _check_secret(flag, options)


def _check_secret(flag: Flag, options: dict[str, str]) -> None:
    source = options.get("source") or options.get("src")
    target = options.get("target") or options.get("dst") or options.get("destination")
    if options.get("from"):
        raise _bad(flag, "a secret comes from no stage")
    if not source and not target and not options.get("id"):
        raise _bad(flag, "a secret needs an id, a source or a target")
    if source and options.get("id"):
        raise _bad(flag, "a secret has an id or a source, not both")


def _bad(flag: Flag, why: str) -> InputError:
    return InputError("bad-mount", f"This mount is not valid: {why}.", flag.span)
