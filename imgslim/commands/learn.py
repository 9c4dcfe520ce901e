"""Learn: what a rewritten image lacked, from a watched run of it beside that of the original."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.evidence import Access
from imgslim.regex import regex

if TYPE_CHECKING:
    from imgslim.evidence import Contents, Observed
    from imgslim.verify.verdict import Verdict

#: What the loaders of glibc and musl say of a program that can't start (ld.so(8)).
_LOADER = regex(
    r"[^\n]*(?:error while loading shared libraries|Error loading shared library|Error relocating"
    r"|version `[^'\n]*' not found)[^\n]*"
)
_USED = Access.READ | Access.WRITTEN | Access.CREATED | Access.EXECUTED | Access.LISTED | Access.ENTERED | Access.SOCKET
_ACCOUNTS = ("/etc/passwd", "/etc/group")


def lacked(built: Contents, known: Observed, seen: Observed | None) -> dict[str, Access]:
    """What the rewritten image's run looked for in vain, or was not let at, and the original has.

    Args:
        built: the original's image.
        known: what is known of the original's runs, or taken for known by now.
        seen: the run of the rewritten image; None where it did not start: then its user may be missing.
    """
    if seen is None:
        return {
            path: Access.READ
            for path in _ACCOUNTS
            if built.config.get("User")
            and built.get(path) is not None
            and not known.uses.get(path, Access.MISSING) & _USED
        }
    # The loader looks in many places for a library and then finds it in another one.
    loaded = {posixpath.basename(path) for path in seen.having(Access.LOADED)}
    found = {
        path: Access.READ
        for path in seen.having(Access.MISSING)
        if built.resolve(path) is not None
        and posixpath.basename(path) not in loaded
        and not known.uses.get(path, Access.MISSING) & Access.READ
    }
    for path in seen.having(Access.DENIED):
        if known.uses.get(path, Access.MISSING) & Access.DENIED:
            continue
        # Its own right may be wrong, or that of the folder it is to be made in.
        there = path
        while built.resolve(there) is None:
            there = posixpath.dirname(there)
        access = Access.READ | Access.ENTERED
        if there != "/" and access & ~known.uses.get(there, Access.MISSING):
            found[there] = access
    return found


def loader_said(verdict: Verdict) -> str:
    """The loader's own line, where a program of the rewritten image did not start; "" where there is none."""
    for probe in verdict.probes:
        if not probe.holds and (match := _LOADER.search(probe.after)) and match[0].strip() not in verdict.message:
            return match[0].strip()
    return ""
