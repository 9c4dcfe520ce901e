"""What a Go program's environment asks of the image: zones and trust stores, also where the program sets it itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.effects import FromContext
from imgslim.model import NeedKind
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.model import Project
    from imgslim.toolchains.gathered import Gathered
    from imgslim.toolchains.golang.packages import Graph
    from imgslim.toolchains.golang.scan import Use

_UTC = frozenset({"", "UTC", "Etc/UTC", "GMT"})
#: Read by crypto/x509 (its documentation, SystemCertPool).
_TRUST = frozenset({"SSL_CERT_FILE", "SSL_CERT_DIR"})
#: Modules that take the lines of a file into the environment.
_DOTENV = frozenset({"github.com/joho/godotenv", "github.com/joho/godotenv/autoload", "github.com/subosito/gotenv"})
_DOTENV_FILE = regex(r"(?:.*/)?(?:[^/]*\.)?env(?:\.[^/]*)?")
_ZONE_LINE = regex(r"(?m)^[ \t]*(?:export[ \t]+)?TZ[ \t]*[=:]")


def needs(found: Gathered, project: Project, graph: Graph, uses: Iterable[tuple[str, Use]]) -> None:
    """Add the zones and files that the environment names.

    Args:
        found: where the needs go.
        project: the image's environment and files.
        graph: the packages that were read.
        uses: each place where the program sets a variable, with the evidence for it.
    """
    zone = project.image.trace.final.env.get("TZ", "")
    if zone not in _UTC and "time" in graph.standard:
        found.need(NeedKind.TIME_ZONES, "", f"{graph.standard['time']} imports time, and TZ is set")
    for why, use in uses:
        name, value = (*(use.arguments or ()), None, None)[:2]
        if "time" in graph.standard and name in (None, "TZ") and (value is None or value not in _UTC):
            what = "with a name that is not a literal" if name is None else "with TZ"
            found.need(NeedKind.TIME_ZONES, "", f"{why} {what}")
        if name in _TRUST:
            found.leave_open("computed-paths", f"{why} with {name}: what is trusted lies there.")
    if "time" in graph.standard:
        for path in _files_with_zone(project, graph):
            found.need(NeedKind.TIME_ZONES, "", f"{path}, which is taken into the environment, sets TZ")


def _files_with_zone(project: Project, graph: Graph) -> Iterator[str]:
    if not any(i.path in _DOTENV for f in graph.files(own=True) for i in f.header.imports):
        return
    for path, source in project.image.files.walk_context("/"):
        if _DOTENV_FILE.fullmatch(path) and isinstance(project.image.files.origin(path), FromContext):
            data = project.context.read(source)
            if data is not None and _ZONE_LINE.search(data.decode("utf-8", "replace")):
                yield source
