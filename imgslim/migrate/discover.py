"""Discover the files of a tree that matter: Dockerfiles, and what says how they are built."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imgslim.config import Finder
from imgslim.files import is_dockerfile_name
from imgslim.migrate import git
from imgslim.migrate.bake import is_bake_name
from imgslim.migrate.compose import is_compose_name
from imgslim.migrate.jobs import Place
from imgslim.migrate.root import Refused
from imgslim.migrate.variables import is_env_name
from imgslim.migrate.walk import walked
from imgslim.migrate.workflows import is_workflow
from imgslim.records import dataclass, field
from imgslim.sources import is_wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.config import Settings
    from imgslim.migrate.found import Found
    from imgslim.migrate.root import Root


@dataclass(slots=True)
class Names:
    """The paths of a tree by what they are."""

    dockerfiles: list[str] = field(default_factory=list)
    #: By folder.
    composes: dict[str, list[str]] = field(default_factory=dict)
    bakes: list[str] = field(default_factory=list)
    workflows: list[str] = field(default_factory=list)
    #: Files that may set variables of compose files.
    envs: set[str] = field(default_factory=set)
    #: How files were found, as a sentence.
    how: str = ""


def discover(root: Root, configured: Configured, found: Found) -> Names:
    """Every file of the tree by what it is; what is left alone is said in ``found``.

    Raises:
        UsageError: a configuration file makes no sense.
    """
    files, how = _files(root, found)
    names = _sorted_out(root, files, configured)
    names.how = how
    names.dockerfiles = list(_regular(root, sorted(names.dockerfiles), found))
    return names


def _files(root: Root, found: Found) -> tuple[Iterable[str], str]:
    try:
        return git.listed(root), "git: files that it tracks or would track"
    except git.NoGit as error:
        return walked(root, found.notes), f"a walk by the .gitignore files of the tree ({error})"


class Configured:
    """The settings that hold for files of a tree; each folder is looked at once."""

    def __init__(self, root: Root) -> None:
        """Know nothing yet."""
        self._root = root
        self._finder = Finder()
        self._folders: dict[str, Settings] = {}

    def of(self, path: str) -> Settings:
        """The settings for a path.

        Raises:
            UsageError: the nearest configuration file makes no sense.
        """
        return self.below(path.rpartition("/")[0])

    def below(self, folder: str) -> Settings:
        """The settings for the files of a folder.

        Raises:
            UsageError: the nearest configuration file makes no sense.
        """
        found = self._folders.get(folder)
        if found is None:
            found = self._folders[folder] = self._finder.below(self._root.text_at(folder).rstrip("/"))
        return found

    def excludes(self, path: str) -> bool:
        """Tell whether a configuration file leaves the path alone."""
        settings = self.of(path)
        return bool(settings.exclude) and settings.excludes(self._root.at(path))


def _sorted_out(root: Root, files: Iterable[str], configured: Configured) -> Names:
    names = Names()
    for path in files:
        folder, _, name = path.rpartition("/")
        settings = configured.below(folder)
        if is_wanted(root.at(path), settings) if settings.include else is_dockerfile_name(name):
            names.dockerfiles.append(path)
        elif is_compose_name(name):
            names.composes.setdefault(folder, []).append(path)
        elif is_bake_name(name):
            names.bakes.append(path)
        elif is_workflow(path):
            names.workflows.append(path)
        elif is_env_name(name):
            names.envs.add(path)
    return names


def _regular(root: Root, paths: list[str], found: Found) -> Iterator[str]:
    """The Dockerfiles themselves: regular files below the root; a link stands for the file it leads to."""
    seen = set(paths)
    for path in paths:
        try:
            if root.is_plain_file(path):
                yield path
                continue
            os.lstat(root.text_at(path))
            # Git still lists the files of a folder that a link has taken the place of.
            kind, real = root.kind(path), root.real(path)
        except FileNotFoundError:
            continue  # tracked by git and deleted since
        except OSError as error:
            found.note(Place(path), f"left alone: {error.strerror}.")
            continue
        except Refused as error:
            found.note(Place(path), f"left alone: {error}.")
            continue
        if kind != "file":
            continue  # a folder called dockerfile, or a link to one
        found.note(Place(path), f"a link to {real}, which stands for it.")
        if real not in seen:
            seen.add(real)
            yield real
