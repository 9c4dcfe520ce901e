"""Home: the folder of the user that a program runs as, where it or packages that nobody read may write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.paths import inside
from imgslim.model import Need, NeedKind
from imgslim.planner.programs import has_settings
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project
    from imgslim.planner.build import Build

#: What installers keep for their next run, below the home folder of who started them; compiled modules.
KEPT = regex(
    r".*/(?:\.cache/(?:pip|uv|pypoetry|pdm|pipenv|virtualenv|yarn|node-gyp|gem|go-build)|\.local/share/(?:uv|pypoetry|pdm)|"
    r"\.npm|\.yarn|\.cargo|\.rustup|\.gem|\.bundle|\.gradle|\.m2|__pycache__)(?:/.*)?|.*\.pyc"
)
#: Fields of a line of passwd(5): the name, the number, the home folder.
_NAME, _NUMBER, _HOME, _FIELDS = 0, 2, 5, 7


def home(project: Project, build: Build) -> Iterator[Need]:
    """The home folder, where a program asks for it, or packages of an application that nobody read may.

    Settings and caches lie there: Docker takes HOME from /etc/passwd where the image does not set it. Homes that steps
    of the file made are seen to by planner/folders; of a user that the base image brought only the built image tells.
    """
    asked = _asked(build)
    folder = home_of(project)
    if folder and asked and "HOME" not in project.trace.final.env:
        yield Need(NeedKind.FILE, folder, asked)


def _asked(build: Build) -> str:
    asked = next((n.why for n in build.needing(NeedKind.USERS) if n.value == "home"), "")
    if build.applications and not build.packaged:
        asked = asked or next((a.message.rstrip(".") for a in build.open_ends), "")
    return asked


def at_home(project: Project, build: Build, path: str) -> bool:
    """Tell whether what lies at ``path`` is the user's own, and may be asked for; what installers keep there is not."""
    folder = home_of(project)
    own = bool(folder) and path != folder and inside(path, folder) and KEPT.fullmatch(path) is None
    return own and bool(build.open_ends or asks_for_home(build))


def asks_for_home(build: Build) -> bool:
    """Tell whether something is known to look at the home folder: a source, a script, a program with settings."""
    started = (n.value.rsplit("/", 1)[-1] for n in build.needing(NeedKind.COMMAND))
    return any(n.value == "home" for n in build.needing(NeedKind.USERS)) or any(map(has_settings, started))


def home_of(project: Project) -> str:
    """The home folder of the user that the program runs as; "" where it is not known."""
    final = project.trace.final
    said = final.env.get("HOME")
    if isinstance(said, str) and said.startswith("/"):
        return said.rstrip("/")
    return _folder_of(project, final.user.partition(":")[0]) if said is None and isinstance(final.user, str) else ""


def _folder_of(project: Project, user: str) -> str:
    if user in ("", "root", "0"):
        return "/root"
    built = project.evidence.built
    for line in (built.texts.get("/etc/passwd", "") if built is not None else "").splitlines():
        fields = line.split(":")
        if len(fields) == _FIELDS and user in (fields[_NAME], fields[_NUMBER]):
            return fields[_HOME].rstrip("/")
    return ""
