"""Resources: files beside the classes that code finds by the class path, not by a path ("Class.getResource", Java SE).

What lies in an archive, or in a folder that the build made, goes along with it. A folder of the context on the class
path holds them too: of one that is there for them all go along, of the working directory those that sources name.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from imgslim.model import Assumption, Need, NeedKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project
    from imgslim.toolchains.java.scan import Call, Scan

#: Of Class, ClassLoader and Module; a name with a slash in front is one from the class path's top.
_LOADS = frozenset({
    "getResource", "getResourceAsStream", "getResources", "getSystemResource", "getSystemResourceAsStream",
    "getSystemResources", "resources",
})  # fmt: skip
#: What is no resource: it is compiled, or it is what was.
_CODE = (".java", ".kt", ".scala", ".groovy", ".class", ".jar")


def resources(
    project: Project, scans: dict[str, Scan], folders: tuple[str, ...], *, closed: bool
) -> Iterator[Need | Assumption]:
    """Name the context's files that the program may find by its class path, or say that any may be one.

    Args:
        project: what reading gave.
        scans: what the program's sources say.
        folders: the class path's folders that hold files of the context.
        closed: True where that is all of its code.
    """
    workdir = project.trace.final.workdir
    for folder in folders:
        files = [p for p, _ in project.files.walk_context(folder) if not p.endswith(_CODE)]
        if not (str(workdir) + "/").startswith(folder.rstrip("/") + "/"):
            yield from (Need(NeedKind.FILE, p, f"{folder} is on the class path") for p in files)
            continue
        above = folder.rstrip("/") + "/"
        services = f"{above}META-INF/services/"
        yield from (Need(NeedKind.FILE, p, "services are found by it") for p in files if p.startswith(services))
        for label, one in scans.items():
            for call in one.calls:
                yield from _called(call, f"{label}:{call.line}", one.package, above, files)
        if files and not closed:
            yield Assumption("computed-paths", f"Libraries may open any resource below {folder}.")


def _called(call: Call, at: str, package: str, above: str, files: list[str]) -> Iterator[Need | Assumption]:
    """What one call opens below a folder of the class path."""
    bundle = call.name.endswith("ResourceBundle.getBundle")
    if not (bundle or call.last in _LOADS) or not call.arguments or not files:
        return
    why, name = f"{at} calls {call.last}", call.arguments[0]
    if name is None:
        yield Assumption("computed-paths", f"{why} with a name that is not a literal.")
        return
    if bundle:
        pattern = re.compile(re.escape(above + name.replace(".", "/")) + r"(?:_\w+)*\.properties")
        yield from (Need(NeedKind.FILE, p, f"{why} of {name!r}") for p in files if pattern.fullmatch(p))
        return
    there = {posixpath.join(above, *parts) for parts in ((name.lstrip("/"),), (package.replace(".", "/"), name))}
    for path in files:
        if path in there or any(path.startswith(one.rstrip("/") + "/") for one in there if one != above):
            yield Need(NeedKind.FILE, path, f"{why} of {name!r}")
