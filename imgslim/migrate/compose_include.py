"""Projects of compose files: the files read together, and those that they include (compose-spec, "Include")."""

from __future__ import annotations

import posixpath
from collections import ChainMap
from typing import TYPE_CHECKING

from imgslim.migrate.found import is_remote
from imgslim.migrate.jobs import Note, Place
from imgslim.migrate.nodes import literal, parse_yaml, scalars
from imgslim.migrate.root import Refused
from imgslim.migrate.variables import Variables, read_env
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from imgslim.migrate.found import Found
    from imgslim.migrate.nodes import Node
    from imgslim.migrate.root import Root

#: Files that include one another, and projects that one of them may have in all.
DEPTH, PROJECTS = 16, 500


@dataclass(frozen=True, slots=True)
class Project:
    """Compose files that are laid over each other."""

    #: The first one is the main one.
    paths: tuple[str, ...]
    #: The folder that relative paths start in.
    folder: str
    variables: Variables
    #: What its services are looked up by: the same for all projects that are included together.
    name: str
    #: False where the main file is read by itself, too, so that only the last one has something to add.
    together: bool = False


class Includes:
    """Finds the projects that a tree's compose files make."""

    def __init__(self, root: Root, found: Found, envs: Collection[str]) -> None:
        """Note in ``found`` what is not followed; ``envs`` are the paths that may be read for variables."""
        self._root = root
        self._found = found
        self._envs = envs
        self._documents: dict[tuple[str, Variables], Node | Refused] = {}
        self._circular: set[str] = set()
        self._all: dict[Project, tuple[tuple[Project, ...], list[Note]]] = {}

    def project(self, path: str, main: str) -> Project:
        """A file of a folder, laid over the folder's main one."""
        folder = posixpath.dirname(path)
        env = f"{folder}/.env" if folder else ".env"
        variables = (
            self._read((env,), Variables(), Place(path), self._found.notes) if env in self._envs else Variables()
        )
        return Project((path,) if path == main else (main, path), folder, variables, main)

    def document(self, path: str, variables: Variables) -> Node:
        """A file with its variables filled in; what was read once is found again.

        Raises:
            Refused: it can't be read.
        """
        key = path, variables
        found = self._documents.get(key)
        if found is None:
            try:
                found = parse_yaml(self._root.read(path), variables.fill)
            except Refused as error:
                found = error
            self._documents[key] = found
        if isinstance(found, Refused):
            raise found
        return found

    def included(self, projects: Iterable[Project]) -> frozenset[str]:
        """The files that others include, those aside that include themselves in the end."""
        paths = {path for one in projects for each in self._followed(one)[0][1:] for path in each.paths}
        return frozenset(paths - self._circular)

    def all_of(self, project: Project) -> tuple[Project, ...]:
        """The project and what it includes, and so on; what is not followed is said."""
        found, notes = self._followed(project)
        self._found.notes += notes
        return found

    def _followed(self, project: Project) -> tuple[tuple[Project, ...], list[Note]]:
        if project not in self._all:
            seen: dict[Project, None] = {}
            notes: list[Note] = []
            self._follow(project, (project.paths[-1],), seen, notes)
            self._all[project] = tuple(seen), notes
        return self._all[project]

    def _follow(self, project: Project, chain: tuple[str, ...], seen: dict[Project, None], notes: list[Note]) -> None:
        if project in seen:
            return
        seen[project] = None
        for path in project.paths if project.together else project.paths[-1:]:
            try:
                items = _items(self.document(path, project.variables).get("include"))
            except Refused:  # said where the services are read
                continue
            for node in items:
                place = Place(path, node.line)
                try:
                    below = self._below(node, project, place, notes)
                    self._check(below, chain, seen)
                except Refused as error:
                    notes.append(Note(place, f"include is not followed: {error}."))
                    continue
                self._follow(below, (*chain, below.paths[0]), seen, notes)

    def _check(self, below: Project, chain: tuple[str, ...], seen: dict[Project, None]) -> None:
        if below.paths[0] in chain:
            self._circular.update(chain[chain.index(below.paths[0]) :])
            raise Refused(f"{below.paths[0]} includes itself in the end")
        if len(chain) >= DEPTH or len(seen) >= PROJECTS:
            raise Refused(f"more than {DEPTH} files include one another, or {PROJECTS} in all")

    def _below(self, node: Node, project: Project, place: Place, notes: list[Note]) -> Project:
        """The project that one entry of ``include`` names; its own paths start in the project's folder."""
        said = [node] if node.text is not None else list(scalars(node.get("path")))
        paths = tuple(self._path(one, project) for one in said)
        if not paths:
            raise Refused("it names no file")
        for path in paths:
            if self._root.kind(path) != "file":
                raise Refused(f"{path} is a folder")
        start = node.get("project_directory") if node.entries is not None else None
        folder = posixpath.dirname(paths[0]) if start is None else self._path(start, project)
        given = node.get("env_file") if node.entries is not None else None
        env = f"{folder}/.env" if folder else ".env"
        envs = (env,) if given is None and env in self._envs else tuple(self._path(e, project) for e in scalars(given))
        variables = self._read(envs, project.variables, place, notes)
        return Project(tuple(self._root.real(path) for path in paths), folder, variables, project.name, together=True)

    def _path(self, node: Node, project: Project) -> str:
        word = literal(node)
        if word is None:
            raise Refused(f"{node.text} is not literal")
        if is_remote(word):
            raise Refused(f"{word} is no file of this tree")
        path = self._root.joined(project.folder, word)
        if path is None:
            raise Refused(f"{word} lies outside of the folder that is migrated")
        return path

    def _read(self, paths: Iterable[str], outer: Variables, place: Place, notes: list[Note]) -> Variables:
        """The variables of files, the later ones win, and those of ``outer`` over all."""
        known, found, whole = dict(outer.values), dict[str, str | None](), outer.whole
        for path in paths:
            try:
                found |= read_env(self._env(path), ChainMap(known, found))
            except Refused as error:
                whole = False
                notes.append(Note(place, f"variables of {path} are not known: {error}."))
        return Variables.of(found | known, whole=whole)

    def _env(self, path: str) -> bytes:
        if path not in self._envs:
            # An ignored file holds what is one machine's, and often secrets.
            raise Refused("it is not among the files of the tree, or not called like one")
        return self._root.read(path)


def _items(node: Node | None) -> list[Node]:
    return node.list() if node is not None else []
