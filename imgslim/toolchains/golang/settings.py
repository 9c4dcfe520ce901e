"""The environment that the go command sees (``go help environment``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass, numerous
from imgslim.regex import regex
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.meaning.trace import Command, Scope
    from imgslim.values import Value

_RELEASE = regex(r"(?:go)?1\.(\d+)")
_IMAGE = regex(r"(?:docker\.io/)?(?:library/)?golang(?::([\w.-]+))?(?:@.*)?")


@numerous
@dataclass(frozen=True, slots=True)
class Settings:
    """What steers a go command."""

    #: ``"0"`` or ``"1"``; None where it is unset, Unknown where it is set to what is not settled.
    cgo: Value | None
    system: Value
    machine: Value | None
    #: ``on``, ``off`` or ``auto``.
    modules: str
    #: First folder of GOPATH.
    gopath: Value
    gobin: Value | None
    #: GOFLAGS, split.
    flags: tuple[Value, ...]
    #: Of the Go release, 1.x; None where it is not known.
    minor: int | None


def settings(command: Command, written: Mapping[str, Value], scope: Scope, base: str | Unknown) -> Settings:
    """Fold the environment of one go command.

    Args:
        command: the command, wrappers such as ``env A=b`` taken off.
        written: what ``go env -w`` wrote before; the environment wins over it.
        scope: what is in effect at its instruction.
        base: the image after FROM.
    """
    assigned = dict(command.assignments)

    def value(name: str) -> Value | None:
        found = assigned.get(name)
        found = command.env.get(name) if found is None else found
        return written.get(name) if found is None else found

    home = value("HOME") or "/root"
    default: Value = f"{home}/go" if isinstance(home, str) else home
    if not scope.env_complete:
        default = Unknown("the base image may set GOPATH")
    gopath = value("GOPATH") or default
    minor = release(value("GOLANG_VERSION"), base)
    return Settings(
        cgo=value("CGO_ENABLED"),
        system=value("GOOS") or "linux",
        machine=value("GOARCH") or None,
        modules=_modules(value("GO111MODULE"), minor),
        gopath=gopath.split(":", 1)[0] if isinstance(gopath, str) else gopath,
        gobin=value("GOBIN") or None,
        flags=_split(value("GOFLAGS") or ""),
        minor=minor,
    )


def release(version: Value | None, base: str | Unknown) -> int | None:
    """The x of Go 1.x: from GOLANG_VERSION of the official image, else from its tag."""
    if isinstance(version, str) and (match := _RELEASE.match(version)):
        return int(match[1])
    if isinstance(base, str) and (image := _IMAGE.fullmatch(base)) and (match := _RELEASE.match(image[1] or "")):
        return int(match[1])
    return None


def _modules(setting: Value | None, minor: int | None) -> str:
    """GO111MODULE: "on" by default since Go 1.16, "auto" from 1.11, nothing before (Go 1.16 release notes)."""
    if minor is not None and minor < 11:  # noqa: PLR2004
        return "off"
    if isinstance(setting, str) and setting in ("on", "off", "auto"):
        return setting
    return "auto" if minor is not None and minor < 16 else "on"  # noqa: PLR2004


def _split(flags: Value) -> tuple[Value, ...]:
    return tuple(flags.split()) if isinstance(flags, str) else (flags,)
