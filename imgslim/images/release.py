"""What an image says itself where its tag leaves it open: its release, and what its entry point does."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from imgslim.images.facts import Libc
from imgslim.images.merge import version_range
from imgslim.images.sibling import BUILD_ONLY
from imgslim.images.tables import load
from imgslim.records import replace

if TYPE_CHECKING:
    from imgslim.images.facts import ImageFacts

#: Distributions, by os-release's ID, whose images organisations make theirs from.
_DISTRIBUTIONS = ("debian", "ubuntu", "alpine")
#: What Node's images start with does nothing but run its arguments, with node before what is no command
#: (nodejs/docker-node, docker-entrypoint.sh), by the lines that are no comment.
_RUNS_ARGUMENTS = frozenset(
    (
        "set -e",
        f'if [ "${{1#-}}" != "${{1}}" ] || [ -z "$(command -v "${{1}}")" ]{more}; then',
        'set -- node "$@"',
        "fi",
        'exec "$@"',
    )
    for more in ("", ' || { [ -f "${1}" ] && ! [ -x "${1}" ]; }')
)  # fmt: skip


def started_by(facts: ImageFacts, text: str) -> ImageFacts:
    """The same facts with what the entry point is known to do by its text, where no table knows the image.

    Args:
        facts: what is known of the base image.
        text: its ``docker-entrypoint.sh``; "" where there is none.
    """
    if facts.origin != "engine" or facts.entrypoint_execs_args is not None:
        return facts
    if facts.entrypoint not in {("docker-entrypoint.sh",), ("/usr/local/bin/docker-entrypoint.sh",)}:
        return facts
    lines = (line.strip() for line in text.splitlines())
    said = tuple(line for line in lines if line and not line.startswith("#"))
    return replace(facts, entrypoint_execs_args=True) if said in _RUNS_ARGUMENTS else facts


def of_release(facts: ImageFacts, os_release: str) -> ImageFacts:
    """The same facts with the one release that the image says it is of.

    ``golang:1`` is of whatever release its makers built it on last. Images of interpreters stay as they are: their slim
    member is found by its tag, which moves with theirs.

    Args:
        facts: what is known of the base image.
        os_release: the text of ``/etc/os-release`` (os-release(5)); "" where there is none.
    """
    if not facts.family and facts.origin == "engine" and facts.libc is None:
        return _of_an_organisation(facts, _fields(os_release))
    if facts.release is not None or facts.family not in BUILD_ONLY or not os_release:
        return facts
    fields = _fields(os_release)
    distribution = facts.distribution or ""
    release = _release(distribution, fields)
    known = (load(f"os/{distribution}") or {}).get("releases", {}).get(release)
    if fields.get("ID") != distribution or known is None:
        return facts
    return replace(facts, releases=(release,), libc_version=version_range([known.get("libc_version")]))


def _of_an_organisation(facts: ImageFacts, fields: dict[str, str]) -> ImageFacts:
    """An image that no table knows, with the C library of the distribution that it is made from.

    Which distribution that is stays open: what the organisation added, no other image of that one has.
    """
    distribution = fields.get("ID", "")
    table = load(f"os/{distribution}") if distribution in _DISTRIBUTIONS else None
    if table is None:
        return facts
    known = table["releases"].get(_release(distribution, fields), {})
    libc = Libc(table["common"]["libc"])
    return replace(facts, libc=libc, libc_version=version_range([known.get("libc_version")]))


def _release(distribution: str, fields: dict[str, str]) -> str:
    """The release as tags name it: Debian's by its code name, Alpine's and AlmaLinux's without the last number."""
    release = fields.get("VERSION_CODENAME" if distribution == "debian" else "VERSION_ID", "")
    if distribution == "almalinux":
        return release.split(".")[0]
    return ".".join(release.split(".")[:2]) if distribution == "alpine" else release


def _fields(text: str) -> dict[str, str]:
    """Assignments as a shell reads them (os-release(5)); a line that it would not read is passed over."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if not equals or name.startswith("#"):
            continue
        try:
            found[name] = "".join(shlex.split(value))
        except ValueError:
            continue
    return found
