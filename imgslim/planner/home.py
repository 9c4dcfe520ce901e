"""Home: the folder of the user that a program runs as, where it or packages that nobody read may write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.model import Need, NeedKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project
    from imgslim.planner.build import Build

#: Fields of a line of passwd(5): the name, the number, the home folder.
_NAME, _NUMBER, _HOME, _FIELDS = 0, 2, 5, 7


def home(project: Project, build: Build) -> Iterator[Need]:
    """The home folder, where a program asks for it, or packages of an application that nobody read may.

    Settings and caches lie there: Docker takes HOME from /etc/passwd where the image does not set it. Homes that steps
    of the file made are seen to by planner/folders; of a user that the base image brought only the built image tells.
    """
    final = project.trace.final
    asked = next((n.why for n in build.needing(NeedKind.USERS) if n.value == "home"), "")
    if build.applications and not build.packaged:
        asked = asked or next((a.message.rstrip(".") for a in build.open_ends), "")
    folder = _folder_of(project, final.user.partition(":")[0]) if isinstance(final.user, str) else ""
    if folder and asked and "HOME" not in final.env:
        yield Need(NeedKind.FILE, folder, asked)


def _folder_of(project: Project, user: str) -> str:
    if user in ("", "root", "0"):
        return "/root"
    built = project.evidence.built
    for line in (built.texts.get("/etc/passwd", "") if built is not None else "").splitlines():
        fields = line.split(":")
        if len(fields) == _FIELDS and user in (fields[_NAME], fields[_NUMBER]):
            return fields[_HOME].rstrip("/")
    return ""
