"""Which Go files a build takes: build constraints and file names (``go help buildconstraint``)."""

from __future__ import annotations

from imgslim.records import dataclass
from imgslim.regex import regex

_SYSTEMS_TEXT = """
aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows
zos
"""
#: From ``go tool dist list`` and cmd/go's knownOS and knownArch (go/build/syslist.go), old ones included.
_SYSTEMS = frozenset(_SYSTEMS_TEXT.split())
_MACHINES_TEXT = """
386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64
ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm
"""
_MACHINES = frozenset(_MACHINES_TEXT.split())
_UNIX_TEXT = """
aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris
"""
_UNIX = frozenset(_UNIX_TEXT.split())
_WORD = regex(r"\|\||&&|[!()]|[\w.]+")
#: Parts of an expression that are looked at; Go itself refuses one of more than 1,000 (go/build/constraint).
_LARGEST = 200
_RELEASE = regex(r"go1\.(\d+)")


@dataclass(frozen=True, slots=True)
class Platform:
    """What build tags hold."""

    system: str = "linux"
    machine: str = "amd64"
    cgo: bool = True
    #: Of the Go release, 1.x; large where it is not known: current code is written for current releases.
    minor: int = 99
    tags: frozenset[str] = frozenset()

    def holds(self, tag: str) -> bool:
        """Tell whether a build tag is satisfied."""
        if tag in (self.system, self.machine, "gc") or tag in self.tags:
            return True
        if tag == "cgo":
            return self.cgo
        if tag == "unix":
            return self.system in _UNIX
        release = _RELEASE.fullmatch(tag)
        return release is not None and int(release[1]) <= self.minor


def name_fits(name: str, platform: Platform) -> bool:
    """Tell whether a file's name lets it into the build; files that begin with ``_`` or ``.`` never are."""
    stem, dot, kind = name.rpartition(".")
    if not dot or name.startswith(("_", ".")) or (kind == "go" and stem.endswith("_test")):
        return False
    parts = stem.split("_")[1:]
    if not parts:
        return True
    if parts[-1] in _MACHINES:
        before = parts[-2] if len(parts) > 1 else ""
        return parts[-1] == platform.machine and (before not in _SYSTEMS or before == platform.system)
    return parts[-1] not in _SYSTEMS or parts[-1] == platform.system


def expression_holds(text: str, platform: Platform) -> bool:
    """Evaluate what follows ``//go:build``; a malformed expression holds nowhere, as in the go command."""
    words = _WORD.findall(text)
    if len(words) > _LARGEST:
        return False
    value, rest = _either(words, 0, platform)
    return value and rest == len(words)


def _either(words: list[str], at: int, platform: Platform) -> tuple[bool, int]:
    value, at = _both(words, at, platform)
    while at < len(words) and words[at] == "||":
        other, at = _both(words, at + 1, platform)
        value = value or other
    return value, at


def _both(words: list[str], at: int, platform: Platform) -> tuple[bool, int]:
    value, at = _not(words, at, platform)
    while at < len(words) and words[at] == "&&":
        other, at = _not(words, at + 1, platform)
        value = value and other
    return value, at


def _not(words: list[str], at: int, platform: Platform) -> tuple[bool, int]:
    negated = False
    while at < len(words) and words[at] == "!":
        negated, at = not negated, at + 1
    if at >= len(words):
        return False, at + 1
    if words[at] == "(":
        value, at = _either(words, at + 1, platform)
        return value is not negated, at + 1
    return platform.holds(words[at]) is not negated, at + 1


def old_lines_hold(lines: tuple[str, ...], platform: Platform) -> bool:
    """Evaluate ``// +build`` lines: blanks are "or", commas are "and", several lines are "and"."""
    return all(
        any(all(_old_term(term, platform) for term in option.split(",")) for option in line.split()) for line in lines
    )


def _old_term(term: str, platform: Platform) -> bool:
    return not platform.holds(term[1:]) if term.startswith("!") else platform.holds(term)
