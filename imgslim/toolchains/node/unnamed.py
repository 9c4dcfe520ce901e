"""Programs that node runs without a package.json: it needs none (nodejs.org/api/packages.html)."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.paths import inside
from imgslim.toolchains.node.find import steps
from imgslim.toolchains.node.manifest import Manifest
from imgslim.toolchains.node.packages import Package
from imgslim.toolchains.node.trees import SYSTEM

if TYPE_CHECKING:
    from imgslim.model import Project


def unnamed(project: Project, cwd: str, script: str) -> Package | None:
    """The folder that counts as the program's package; None where nothing tells which that is.

    Args:
        project: what reading gave.
        cwd: the folder that node starts in.
        script: the file that it runs, as an absolute path; "" where that is not known.
    """
    installed = [s.folder for s in steps(project) if s.call.is_install and s.call.operands and not s.call.is_global]
    # npm makes a package.json where packages are installed by name (docs.npmjs.com, install).
    by_name = next((f for f in installed if f is not None and inside(cwd, f)), None)
    if by_name is not None:
        return Package(by_name, Manifest())
    if not script or project.files.context_file(script) is None:
        return None
    return Package(cwd if inside(script, cwd) and cwd not in SYSTEM else posixpath.dirname(script), Manifest())
