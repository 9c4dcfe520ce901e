"""Compiled: modules of the machine's own code among the files of a program, linked with libraries of the system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.regex import regex

if TYPE_CHECKING:
    from imgslim.model import Project

#: Shared libraries, as extension modules are (importlib.machinery.EXTENSION_SUFFIXES), and what such are made of.
_LIBRARY = regex(r".*\.so(?:\.[\d.]+)?")
_SOURCE = regex(r".*\.(?:c|cc|cpp|cxx|pyx|pxd|rs|f|f90|i)")
#: What makes modules of it in the folder that it lies in, by a word of a command.
_MAKERS = regex(
    r"build_ext|cythonize|maturin|f2py|swig|extconf\.rb|rake|(?:.*-)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+)|make|cmake|ninja|meson|cargo"
)


def compiled_in(project: Project, folder: str) -> str:
    """The first file below ``folder`` that is a library, or becomes a part of one there; "" where there is none.

    Args:
        project: what reading gave.
        folder: a folder of the image.
    """
    paths = [image for image, _ in project.files.walk_context(folder)]
    found = next((path for path in paths if _LIBRARY.fullmatch(path)), "")
    if found or not _are_made(project):
        return found
    return next((path for path in paths if _SOURCE.fullmatch(path)), "")


def _are_made(project: Project) -> bool:
    return any(
        _MAKERS.fullmatch(word.rsplit("/", 1)[-1])
        for _, _, command in project.trace.commands()
        for word in command.argv
        if isinstance(word, str)
    )
