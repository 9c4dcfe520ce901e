"""The flags that each instruction takes (BuildKit, ``instructions.BFlags`` and its callers)."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING

from imgslim.errors import InputError
from imgslim.regex import regex

if TYPE_CHECKING:
    from imgslim.syntax.nodes import Flag, Instruction


class _Takes(Enum):
    """What a flag takes."""

    SWITCH = auto()
    ONE = auto()
    MANY = auto()


_COPY = {"chown": _Takes.ONE, "chmod": _Takes.ONE, "link": _Takes.SWITCH, "exclude": _Takes.MANY}
_FLAGS: dict[str, dict[str, _Takes]] = {
    "ADD": {**_COPY, "keep-git-dir": _Takes.SWITCH, "checksum": _Takes.ONE, "unpack": _Takes.SWITCH},
    "COPY": {**_COPY, "from": _Takes.ONE, "parents": _Takes.SWITCH},
    "FROM": {"platform": _Takes.ONE},
    "HEALTHCHECK": dict.fromkeys(("interval", "timeout", "start-period", "start-interval", "retries"), _Takes.ONE),
    "RUN": {"mount": _Takes.MANY, "device": _Takes.MANY, "network": _Takes.ONE, "security": _Takes.ONE},
}
#: BuildKit does not look at the flags of these.
_UNCHECKED = frozenset({"ARG", "STOPSIGNAL"})
_CHOICES = {"network": ("default", "none", "host"), "security": ("insecure", "sandbox")}
#: Go's ``time.ParseDuration``, which knows no days.
_DURATION = regex(r"[-+]?(?:0|(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)")
_DURATION_PART = regex(r"([0-9]*\.?[0-9]*)(ns|us|µs|μs|ms|s|m|h)")
_MILLISECONDS = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "μs": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4, "h": 3.6e6}
_MAX_RETRIES = 2**31 - 1


def check_flags(node: Instruction) -> None:
    """Refuse flags that the instruction does not take, twice, without a value or with a wrong one.

    Raises:
        InputError: ``unknown-flag``, ``duplicate-flag``, ``flag-needs-value`` or ``bad-flag-value``.
    """
    if node.keyword in _UNCHECKED or (node.keyword == "HEALTHCHECK" and node.value.upper() == "NONE"):
        return
    known = _FLAGS.get(node.keyword, {})
    seen: set[str] = set()
    for flag in node.flags:
        takes = known.get(flag.name)
        if takes is None:
            names = ", ".join(f"--{name}" for name in known) or "none"
            raise InputError(
                "unknown-flag", f"{node.keyword} has no flag --{flag.name}.", flag.span, f"It takes: {names}."
            )
        if flag.name in seen and takes is not _Takes.MANY:
            raise InputError(
                "duplicate-flag", f"--{flag.name} is given a second time.", flag.span, "Remove one of the two."
            )
        seen.add(flag.name)
        _check_value(flag, takes)


def _check_value(flag: Flag, takes: _Takes) -> None:
    value = flag.value
    if value is None and takes is _Takes.SWITCH:
        return
    if value is None or (value == "" and takes is _Takes.SWITCH):
        raise InputError("flag-needs-value", f"--{flag.name} needs a value.", flag.span, f"Write --{flag.name}=VALUE.")
    if takes is _Takes.SWITCH:
        if value.lower() not in ("true", "false"):
            _refuse(flag, "It is true or false.")
    elif flag.name in _CHOICES and value not in _CHOICES[flag.name]:
        _refuse(flag, f"It is one of {', '.join(_CHOICES[flag.name])}.")
    elif flag.name in ("interval", "timeout", "start-period", "start-interval"):
        _check_duration(flag, value)
    elif flag.name == "retries" and value and not (re.fullmatch(r"\+?[0-9]+", value) and int(value) <= _MAX_RETRIES):
        _refuse(flag, "It is a number that is not negative.")


def _check_duration(flag: Flag, value: str) -> None:
    """No duration at all, or zero, means the default; between zero and one millisecond is refused."""
    if not value:
        return
    if _DURATION.fullmatch(value) is None:
        _refuse(flag, "It is a duration such as 30s or 1m30s.")
    length = sum(float(number) * _MILLISECONDS[unit] for number, unit in _DURATION_PART.findall(value))
    if length and (value.startswith("-") or length < 1):
        _refuse(flag, "It is 0, or at least 1ms.")


def _refuse(flag: Flag, hint: str) -> None:
    raise InputError("bad-flag-value", f"--{flag.name} does not take the value {flag.value!r}.", flag.span, hint)
