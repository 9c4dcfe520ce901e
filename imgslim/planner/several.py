"""Several: an entry that starts more than one program that goes on, without a supervisor."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.model import Declined
from imgslim.planner.programs import ESSENTIAL
from imgslim.syntax.simple_command import BUILTINS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.planner.started import Found

ONE_EACH = "An image for each program can be made small, each with one CMD."
#: Starts what its first word names, by a script of the package (service(8), invoke-rc.d(8)).
_SERVICES = frozenset({"service", "invoke-rc.d", "rc-service"})
_INIT_SCRIPTS = "/etc/init.d/"


def several_started(found: Found) -> Declined | None:
    """Refuse an entry that starts services, or programs in the background, beside another program."""
    if not found.background and len(found.argvs) < 2:  # noqa: PLR2004  (nothing that something could stand beside)
        return None
    missing = [(word, span) for word, span in found.missing if posixpath.basename(word) not in ESSENTIAL]
    services = dict.fromkeys(_services(found))
    back = dict.fromkeys(
        posixpath.basename(argv[0]) for argv in found.background if argv and argv[0] and not _is_helper(argv[0])
    )
    front = dict.fromkeys(
        name
        for word, _ in missing
        if (name := posixpath.basename(word)) not in back
        and name not in _SERVICES
        and not word.startswith(_INIT_SCRIPTS)
    )
    if len(services) + len(back) < 2 and not (back and front):  # noqa: PLR2004  (one daemon is what a small image is for)
        return None
    names = ", ".join((*services, *back, *front))
    return Declined(
        "several-programs",
        f"The entry starts several programs side by side: {names}.",
        missing[0][1] if missing else None,
        ONE_EACH,
    )


def _services(found: Found) -> Iterator[str]:
    for argv in found.argvs:
        name = posixpath.basename(argv[0])
        if name in _SERVICES and len(argv) > 2 and argv[2] in ("start", "restart"):  # noqa: PLR2004  (name and verb)
            yield argv[1]
        elif argv[0].startswith(_INIT_SCRIPTS) and argv[1:2] in (("start",), ("restart",)):
            yield name


def _is_helper(word: str) -> bool:
    name = posixpath.basename(word)
    return name in ESSENTIAL or name in BUILTINS
