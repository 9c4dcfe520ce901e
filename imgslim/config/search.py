"""Find the configuration file that holds for a Dockerfile."""

from __future__ import annotations

import os
from pathlib import Path

from imgslim.config.settings import Settings
from imgslim.errors import UsageError
from imgslim.regex import regex

#: In one folder the first of them wins.
OWN, SHARED = ".imgslim.toml", "pyproject.toml"
#: Bytes of a configuration file at most.
_LIMIT = 1 << 20
_NONE = Settings()
#: How TOML may set something of ``tool.imgslim``: by its own header or key, or inside of ``tool``.
_SPEAKS = regex(rb"""(?m)tool["']?[ \t]*\.[ \t]*["']?imgslim|^[ \t]*\[?[ \t]*["']?tool["']?[ \t]*[\]=]""")


def find(path: Path) -> Settings:
    """The settings for a Dockerfile: those of the nearest configuration file, never a mix of several.

    The search goes upwards from the file's folder and ends at the repository's root, outside of a repository at the
    file system's. A ``pyproject.toml`` without ``[tool.imgslim]`` is passed over.

    Raises:
        UsageError: ``bad-config``: the nearest file can't be read, is no TOML, or holds what it must not.
    """
    return Finder().find(path)


class Finder:
    """Finds settings for many files; each folder is looked at once."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: dict[str, Settings | UsageError] = {}

    def find(self, path: Path) -> Settings:
        """As :func:`find`."""
        return self.below(os.path.dirname(os.path.abspath(path)))  # noqa: PTH100, PTH120  (links stay)

    def below(self, folder: str) -> Settings:
        """As :func:`find`, for the files of a folder whose path is absolute and normalised."""
        found = self._known.get(folder)
        if found is None:
            found = self._below(folder)
        if isinstance(found, UsageError):
            raise found
        return found

    def _below(self, folder: str) -> Settings | UsageError:
        passed = []
        while True:
            known = self._known.get(folder)
            if known is None:
                passed.append(folder)
                known = _in(folder)
            parent = folder.rpartition("/")[0] or "/"
            if known is None and (parent == folder or os.access(f"{folder}/.git", os.F_OK)):
                known = _NONE
            if known is not None:
                self._known |= dict.fromkeys(passed, known)
                return known
            folder = parent


def _in(folder: str) -> Settings | UsageError | None:
    """What one folder's configuration file says; None where it has none."""
    for name in (OWN, SHARED):
        path = f"{folder}/{name}"
        # The first question is answered without an exception: nearly always there is nothing.
        if not os.access(path, os.F_OK) or not os.path.isfile(path):  # noqa: PTH113
            continue
        try:
            with open(path, "rb") as file:  # noqa: PTH123
                data = file.read(_LIMIT + 1)
            # Most projects' pyproject.toml says nothing of us, and the parser takes longer to import than to look.
            if name == SHARED and not (b"imgslim" in data and _SPEAKS.search(data)):
                continue
            if len(data) > _LIMIT:
                return UsageError("bad-config", f"{path} has more than {_LIMIT} bytes.", "A configuration is smaller.")
            from imgslim.config.keys import read  # noqa: PLC0415

            settings = read(data, Path(path))
        except OSError as error:
            return UsageError("bad-config", f"{path} can't be read: {error.strerror}.")
        except UsageError as error:
            return error
        if settings is not None:
            return settings
    return None
