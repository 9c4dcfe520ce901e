"""Compare what both images' configurations say to ``docker run``: as ``docker image inspect`` shows them."""

from __future__ import annotations

import shlex
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imgslim.meaning.paths import has_magic
from imgslim.verify.verdict import ProbeResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imgslim.engine.images import HealthCheck, ImageConfig

#: What the engine takes where the configuration says nothing, and other names of the same.
_DEFAULTS = {
    "WorkingDir": {"": "/"},
    "User": {"": "root", "0": "root", "0:0": "root", "root:root": "root", "0:root": "root", "root:0": "root"},
    "StopSignal": {"": "SIGTERM", "15": "SIGTERM", "TERM": "SIGTERM"},
}
_UNSET = "(not set)"


def compare_configurations(before: ImageConfig, after: ImageConfig, base: ImageConfig | None) -> Iterator[ProbeResult]:
    """One result for each part that differs, and one for each group that does not.

    ``base`` is the configuration of the original's base image where it is known. What the original only inherited
    (GOLANG_VERSION, the labels of a distribution) may go: that result holds, and its message says what is lost.
    """
    yield from _env(before, after, base)
    yield from _mapping("Labels", dict(before.labels), dict(after.labels), dict(base.labels) if base else {})
    for name, old, new in (
        # A final slash stays as it was written, and means nothing.
        ("WorkingDir", before.working_dir.rstrip("/"), after.working_dir.rstrip("/")),
        ("User", before.user, after.user),
        ("StopSignal", before.stop_signal, after.stop_signal),
    ):
        same = _DEFAULTS[name]
        yield _result(name, same.get(old, old), same.get(new, new), holds=same.get(old, old) == same.get(new, new))
    yield _set("ExposedPorts", before.exposed_ports, after.exposed_ports)
    yield _set("Volumes", before.volumes, after.volumes)
    yield _health(before.health, after.health)
    yield _entry(before, after)


def _env(before: ImageConfig, after: ImageConfig, base: ImageConfig | None) -> Iterator[ProbeResult]:
    """Compare the environment; PATH by its entries."""
    old, new = dict(before.env), dict(after.env)
    inherited = dict(base.env) if base is not None else {}
    path = old.pop("PATH", None)
    if path is not None:
        yield _path(path, new.get("PATH", ""), inherited.get("PATH"))
    new.pop("PATH", None)
    yield from _mapping("Env", old, new, inherited)


def _path(old: str, new: str, inherited: str | None) -> ProbeResult:
    """Compare PATH: the entries that the base image did not have must be there, in their order."""
    if old == new:
        return _result("Env:PATH", old, new, holds=True)
    known = set(inherited.split(":")) if inherited is not None else set()
    own = [entry for entry in old.split(":") if entry not in known]
    have = [entry for entry in new.split(":") if entry in own]
    lost = [entry for entry in old.split(":") if entry not in new.split(":")]
    holds = have == own
    message = f"lost: {', '.join(lost)}" if lost else "" if holds else "another order"
    return _result("Env:PATH", old, new, holds=holds, message=message)


def _mapping(
    name: str, old: Mapping[str, str], new: Mapping[str, str], inherited: Mapping[str, str]
) -> Iterator[ProbeResult]:
    """Compare names and values; what only the base image set may go, what is added is said."""
    said: list[str] = []
    gone: list[str] = []
    for key, value in old.items():
        if new.get(key) == value:
            continue
        if inherited.get(key) == value:
            gone.append(key)
            continue
        message = "lost" if key not in new else "changed"
        yield _result(f"{name}:{key}", value, new.get(key, _UNSET), holds=False, message=message)
    if gone:
        said.append(f"no longer as the base image had it: {', '.join(gone)}")
    if added := [key for key in new if key not in old]:
        said.append(f"added: {', '.join(added)}")
    yield _result(name, f"{len(old)} values", f"{len(new)} values", holds=True, message="; ".join(said))


def _set(name: str, old: tuple[str, ...], new: tuple[str, ...]) -> ProbeResult:
    """Compare names; what is added is said."""
    lost, added = sorted(set(old) - set(new)), sorted(set(new) - set(old))
    message = "; ".join([f"lost: {one}" for one in lost] + [f"added: {one}" for one in added])
    return _result(name, ", ".join(old), ", ".join(new), holds=not lost, message=message)


def _health(old: HealthCheck, new: HealthCheck) -> ProbeResult:
    """Compare HEALTHCHECK; NONE and nothing are the same."""
    holds = old == new or (old.is_none and new.is_none)
    before, after = (_UNSET if one.is_none else " ".join(one.test) for one in (old, new))
    return _result("Healthcheck", before, after, holds=holds, message="" if holds else "changed")


def _entry(before: ImageConfig, after: ImageConfig) -> ProbeResult:
    """Compare what ENTRYPOINT and CMD start, not how it is written."""
    old, new = (*before.entrypoint, *before.cmd), (*after.entrypoint, *after.cmd)
    shown = {"old": shlex.join(old) or _UNSET, "new": shlex.join(new) or _UNSET}
    if (before.entrypoint, before.cmd) == (after.entrypoint, after.cmd):
        return _result("entry", **shown, holds=True)
    was, now = _program(old), _program(new)
    if len(was) > len(now) > 0 and _matches(was[-len(now) :], now):
        left = was[: -len(now)]
        return _result("entry", **shown, holds=True, message=f"no longer through {shlex.join(left)}")
    if _matches(was, now):
        message = "the same program, started another way"
        if bool(before.entrypoint) != bool(after.entrypoint):
            message += ": arguments of `docker run` act otherwise"
        return _result("entry", **shown, holds=True, message=message)
    # Text that only a shell can read holds blanks: its last slash says nothing.
    same = bool(was and now) and was[1:] == now[1:] and " " not in was[0] + now[0] and _file(was[0]) == _file(now[0])
    message = "the program's file is named otherwise" if same else "another program or other arguments"
    return _result("entry", **shown, holds=same, message=message)


def _file(path: str) -> str:
    """The last part of a path."""
    return path.rpartition("/")[2]


class _Pattern(str):
    """A word that a shell takes for the names of files (POSIX, "Patterns Used for Filename Expansion")."""

    __slots__ = ()


def _matches(was: tuple[str, ...], now: tuple[str, ...]) -> bool:
    """Tell whether the words are the same; a pattern is the same as a file that it means."""
    return len(was) == len(now) and all(
        old == new or (isinstance(old, _Pattern) and old.count("/") == new.count("/") and fnmatchcase(new, old))
        for old, new in zip(was, now, strict=True)
    )


def _program(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words behind ``sh -c 'simple command'``; a command that the shell must interpret stays one word."""
    match words:
        case (*first, shell, "-c", text) if _file(shell) in {"sh", "bash", "ash", "dash"}:
            text = text.strip().removeprefix("exec ").strip()
            if any(ch in text for ch in "$`|&;<>(){}#~\\\n"):
                return (*first, text)
            try:
                found = shlex.split(text)
            except ValueError:
                return (*first, text)
            expanded = any(ch in text for ch in "*?[")
            if expanded and any(ch in text for ch in "'\""):  # quotes keep a pattern from being one
                return (*first, text)
            return (*first, *(_Pattern(word) if has_magic(word) else word for word in found))
        case _:
            return words


def _result(name: str, old: str, new: str, *, holds: bool, message: str = "") -> ProbeResult:
    """A result of kind config."""
    return ProbeResult(f"config:{name}", "config", holds, old, new, message)
