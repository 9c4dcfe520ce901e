"""Packages that start a program, or ask the system for a library by its name, whenever they are used.

A package's own files are not read. These say in their documentation what must be installed beside them; the program may
lie in the base image, where no instruction names it. Keys are the names of modules, as ``import`` has them.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from imgslim.model import NeedKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imgslim.toolchains.gathered import Gathered

#: Module to programs; "*" for any, named in a way of the module's own. Sources: each project's README or manual.
_PROGRAMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ffmpeg": ("ffmpeg",),  # ffmpeg-python
        "git": ("git",),  # GitPython
        "gnupg": ("gpg",),  # python-gnupg
        "graphviz": ("dot",),
        "hglib": ("hg",),  # python-hglib
        "imgkit": ("wkhtmltoimage",),
        "pdf2image": ("pdftoppm", "pdfinfo"),
        "pdfkit": ("wkhtmltopdf",),
        "pexpect": ("*",),
        "pydot": ("dot",),
        "pydub": ("ffmpeg",),
        "pytesseract": ("tesseract",),
        "svn": ("svn",),
    }
)
#: Packages that an installed program loads as its settings say, by the names that installers take, to programs.
_PLUGINS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "gitpython": ("git",),
        "mkdocs-git-authors-plugin": ("git",),
        "mkdocs-git-revision-date-localized-plugin": ("git",),
        "mkdocs-git-revision-date-plugin": ("git",),
        "mkdocs-rss-plugin": ("git",),
        "sphinx-last-updated-by-git": ("git",),
    }
)
#: Modules that find shared libraries by `ctypes.util.find_library`, whose first way is ldconfig(8).
_FINDERS = frozenset("cairocffi cairosvg magic pyzbar usb wand weasyprint".split())


def brought_by(package: str, where: str, gathered: Gathered) -> None:
    """Add what an import of a package, found at ``where``, asks of the image."""
    for program in _PROGRAMS.get(package, ()):
        what = "programs by their names" if program == "*" else program
        gathered.need(NeedKind.COMMAND, program, f"{where} imports {package}, which starts {what}")
    if package in _FINDERS:
        finds_libraries(f"{where} imports {package}, which looks for libraries by name", gathered)


def loaded_by_settings(packages: Iterable[str], program: str, gathered: Gathered) -> None:
    """Add what packages start that an installed program may load: its settings may come with a volume.

    Args:
        packages: those that were asked for by name, as PEP 503 normalizes them.
        program: what is started.
        gathered: takes the needs.
    """
    for package in sorted(packages):
        for started in _PLUGINS.get(package, ()):
            gathered.need(NeedKind.COMMAND, started, f"{program} may load {package}, which starts {started}")


def finds_libraries(why: str, gathered: Gathered, names: Iterable[str | None] = ()) -> None:
    """Add what ``ctypes.util.find_library`` needs: any library, and first of all the loader's own tool.

    Source: CPython, Lib/ctypes/util.py, ``_findSoname_ldconfig``.
    """
    for name in names:
        if name:  # the name that a package for builds gives the library, which the loader's cache lists as well
            gathered.need(NeedKind.PLUGIN, f"lib{name}.so", why)
    gathered.need(NeedKind.PLUGIN, "*", why)
    gathered.need(NeedKind.COMMAND, "/sbin/ldconfig", why)
