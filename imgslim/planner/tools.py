"""Tools: other programs that the program starts, and whether a target has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import Libc
from imgslim.model import Assumption, Declined, NeedKind
from imgslim.planner.assemble import STAGING, Staged, each_path, quote
from imgslim.records import dataclass

if TYPE_CHECKING:
    from imgslim.model import Project, RuntimeTarget
    from imgslim.planner.build import Build

#: What every Debian and Ubuntu image has: the programs of their essential packages (dpkg -s, "Essential: yes").
ESSENTIAL = frozenset(
    """
    arch awk base32 base64 basename bash cat chgrp chmod chown cksum cmp comm cp csplit cut date dd df diff dir
    dircolors dirname dmesg dpkg du echo egrep env expand expr factor false fgrep find findmnt fmt fold getopt
    grep groups gunzip gzip head hostid hostname id install join kill link ln logger login logname ls lsblk
    mawk md5sum mkdir mkfifo mknod mktemp more mount mountpoint mv nice nl nohup nproc numfmt od paste pathchk
    perl pinky pr printenv printf ps ptx pwd readlink realpath rm rmdir run-parts sed seq setsid sh sha1sum
    sha256sum sha512sum shred shuf sleep sort split stat stdbuf stty su sum sync tac tail tar tee tempfile test
    timeout touch tr true truncate tsort tty umount uname unexpand uniq unlink users vdir wc which who whoami
    xargs yes zcat
    """.split()
)


@dataclass(frozen=True, slots=True)
class Tools:
    """The tools' share of a plan."""

    staged: tuple[Staged, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    notes: tuple[str, ...] = ()


def carried_tools(project: Project, build: Build, target: RuntimeTarget) -> Tools | Declined:
    """Say how the programs that are started come to ``target``."""
    needs = (*build.needing(NeedKind.SHELL), *build.needing(NeedKind.COMMAND))
    span = build.used[0].product.command.span if build.used else project.trace.node.span
    products = {u.wanted_at.rsplit("/", 1)[-1] for u in build.used}
    carried: list[str] = []
    assumptions: list[Assumption] = []
    for need in needs:
        name = need.value.rsplit("/", 1)[-1] or "sh"
        if name in products:
            continue
        if need.value == "*":
            if target.name == "scratch" or (target.facts is not None and target.facts.libc is Libc.NONE):
                return Declined(
                    "needs-command",
                    f"{need.why}: which program that is was not followed, and {target.reference} has none.",
                    span,
                    "Choose a target of the builder's own family.",
                )
            assumptions.append(
                Assumption("commands-unproven", f"{need.why}: which program that is was not followed.", span)
            )
        elif offers(target, name):
            if not target.same_family and name != "sh":
                why = f"{need.why}; {target.reference} has a {name} of its own, which may behave otherwise."
                assumptions.append(Assumption("command-differs", why, span))
        elif target.name == "scratch":
            carried.append(need.value if need.value.startswith("/") else "/bin/sh" if name == "sh" else name)
        elif target.facts is None:
            why = f"{need.why}; whether {target.reference} has {name} is not known."
            assumptions.append(Assumption("unknown-target", why, span))
        else:
            return Declined(
                "needs-command",
                f"{need.why}: {target.reference} is not known to have {name}.",
                span,
                "Choose a target of the builder's own family, or scratch, where the tool comes along.",
            )
    return Tools(_staged(carried), tuple(dict.fromkeys(assumptions)))


def offers(target: RuntimeTarget, name: str) -> bool:
    """Tell whether ``target`` is known to have a program called ``name``."""
    facts = target.facts
    if facts is None:
        return False
    if name == "sh":
        return bool(facts.has_shell)
    return name in facts.applets or (facts.package_manager == "apt" and name in ESSENTIAL)


def _staged(tools: list[str]) -> tuple[Staged, ...]:
    """Lay out tools with loader and libraries, at the paths where the builder has them."""
    if not tools:
        return ()
    words = " ".join(quote(t) for t in dict.fromkeys(tools))
    why = f"{', '.join(dict.fromkeys(tools))}: started by the program, with loader and libraries"
    fragments = (
        f"which {words} > /tmp/tools",
        'while read -r t; do ldd "$t" || true; done < /tmp/tools > /tmp/libraries',
        "if grep 'not found' /tmp/libraries; then exit 1; fi",
        "grep -oh '/[^ :]*' /tmp/tools /tmp/libraries > /tmp/paths",
        each_path(STAGING, "--parents "),
    )
    return tuple(Staged(fragment, why) for fragment in fragments)
