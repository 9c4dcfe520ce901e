"""Libraries that a program opens when it runs (dlopen(3)): by a name that the loader looks up, or by a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.model import Assumption, NeedKind
from imgslim.planner.libraries import calm, linker_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.planner.build import Build
    from imgslim.text import Span


#: What the C library itself opens when a thread ends early; a static program holds it (see libgcc, unwind-dw2).
_HELD_WHEN_STATIC = frozenset({"libgcc_s.so.1"})


def opens_libraries(build: Build) -> bool:
    """Tell whether a program opens a library that no way of linking it can hold."""
    return any(n.value not in _HELD_WHEN_STATIC for n in build.needing(NeedKind.PLUGIN))


def opened_by_name(build: Build) -> tuple[str, ...]:
    """Libraries that are opened by a name of the system's, not by a path and not of the build's own."""
    own = {u.wanted_at.rsplit("/", 1)[-1] for u in build.used if u.product.shared}
    names = (n.value for n in build.needing(NeedKind.PLUGIN) if n.value != "*" and "/" not in n.value)
    return tuple(dict.fromkeys(n for n in names if n not in own))


def opening(build: Build, span: Span) -> Iterator[Assumption]:
    """What opening a library leaves open: which it is, whether it is there, or what it opens in turn."""
    own = {u.wanted_at for u in build.used if u.product.shared}
    system = opened_by_name(build)
    for need in build.needing(NeedKind.PLUGIN):
        if need.value == "*":
            yield Assumption("plugins-unproven", f"{need.why}: which library that is was not followed.", span)
        elif "/" in need.value and not any(path.endswith(need.value.lstrip("./")) for path in own):
            yield Assumption("plugins-unproven", f"{need.why}: {need.value} is not of the build and not copied.", span)
        elif need.value in system and not calm(linker_name(need.value)):
            why = f"{need.why}: what {need.value} opens by itself is not known."
            yield Assumption("libraries-unproven", why, span)
