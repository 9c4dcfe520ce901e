"""Compose files: what they build, include and extend, and what their services ask of the images they run."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from imgslim.migrate.compose_include import Includes
from imgslim.migrate.compose_service import Source, laid_over, own, pairs
from imgslim.migrate.compose_uses import service_uses
from imgslim.migrate.found import Asked
from imgslim.migrate.jobs import Place
from imgslim.migrate.nodes import literal, scalars
from imgslim.migrate.root import Refused

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from imgslim.migrate.compose_include import Project
    from imgslim.migrate.compose_service import Service
    from imgslim.migrate.found import Found
    from imgslim.migrate.nodes import Node
    from imgslim.migrate.root import Root

_NAME = re.compile(r"(?:docker-)?compose(?:[._-].*)?\.ya?ml$", re.IGNORECASE)
#: The files that compose reads by itself, the first one that exists; others of the folder are laid over it.
_MAIN = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
#: Services that follow one another by ``extends``.
_EXTENDS = 8


def is_compose_name(name: str) -> bool:
    """Tell whether a file's name says that it is a compose file."""
    return "compose" in name.lower() and _NAME.match(name) is not None


class Compose:
    """Reads the compose files of a tree."""

    def __init__(self, root: Root, found: Found, envs: Collection[str] = ()) -> None:
        """Collect into ``found``; ``envs`` are the paths that may be read for variables."""
        self._root = root
        self._found = found
        self._includes = Includes(root, found, envs)

    def read(self, folders: Mapping[str, list[str]]) -> None:
        """Read the compose files of all folders; each but the main one of a folder is laid over that one.

        A file that another one includes is read as that one means it, and not by itself.
        """
        projects: list[Project] = []
        for folder in sorted(folders):
            paths = folders[folder]
            main = next((p for name in _MAIN for p in paths if posixpath.basename(p) == name), "")
            order = sorted(paths, key=lambda p: (p != main, p))
            projects += (self._includes.project(path, main or path) for path in order)
        included = self._includes.included(projects)
        for project in projects:
            if project.paths[-1] not in included:
                for each in self._includes.all_of(project):
                    self._project(each)

    def _project(self, project: Project) -> None:
        """Add the services of one project: those of its last file, or of all where they were included together."""
        try:
            layers = [(path, self._services(path, project)) for path in project.paths]
            for name in dict.fromkeys(n for _, layer in (layers if project.together else layers[-1:]) for n in layer):
                service: Service = {}
                place = Place(project.paths[-1])
                for path, layer in layers:
                    if name in layer:
                        own_one = self._service(Source(path, project.folder), layer[name], project, _EXTENDS)
                        service = laid_over(service, own_one)
                        place = Place(path, layer[name].line)
                if service:
                    self._one(place, name, service, project)
        except Refused as error:
            self._found.note(Place(project.paths[-1]), f"not read: {error}.")

    def _services(self, path: str, project: Project) -> dict[str, Node]:
        services = self._includes.document(path, project.variables).get("services")
        return services.mapping() if services is not None else {}

    def _service(self, source: Source, node: Node, project: Project, depth: int) -> Service:
        """A service with what it extends; a file it names stands in the folder that paths start in."""
        service = own(node, source)
        extends = service.pop("extends", None)
        if extends is None:
            return service
        wanted, file = _extended(extends[1])
        other = source.file if file == "" else self._root.joined(source.folder, file) if file else None
        why = "it is not literal, or leads nowhere"
        base = None
        try:
            if other is not None and wanted and depth:
                base = self._services(other, project).get(wanted)
        except Refused as error:
            why = f"{other}: {error}"
        if base is None or other is None:
            self._found.note(Place(source.file, extends[1].line), f"extends is not followed: {why}.")
            return service
        # Paths of another file start where that file is (compose-spec, "extends").
        folder = source.folder if other == source.file else posixpath.dirname(other)
        return laid_over(self._service(Source(other, folder), base, project, depth - 1), service)

    def _one(self, at: Place, name: str, service: Service, project: Project) -> None:
        who = f"service {name}"
        uses = tuple(service_uses(service, who))
        images = _names(_get(service, "image"))
        if "build" not in service:
            self._found.run += [(image, uses) for image in images if uses]
            return
        origin, build = service["build"]
        place = Place(origin.file, build.line) if origin.file == at.file else at
        if "build.dockerfile_inline" in service:
            self._found.note(place, f"{who}: its Dockerfile stands in this file (dockerfile_inline); it is left alone.")
            return
        origin, context = service.get("build.context", (origin, None))
        dockerfile, target = _get(service, "build.dockerfile"), _get(service, "build.target")
        asked = Asked(
            place, who, origin.folder,
            "." if context is None else literal(context),
            context.text or "?" if context is not None else ".",
            "" if dockerfile is None else literal(dockerfile),
            in_context=True,
            args=tuple(pairs(_get(service, "build.args")).items()),
            target="" if target is None else literal(target),
        )  # fmt: skip
        tags = _names(_get(service, "build.tags"))
        contexts = tuple(
            (key, f"{project.name} {text.removeprefix('service:')}" if text.startswith("service:") else text)
            for key, text in pairs(_get(service, "build.additional_contexts")).items()
            if text is not None
        )
        images, name = (*images, *tags), f"{project.name} {name}"
        self._found.add(self._root, asked, images=images, uses=uses, name=name, contexts=contexts)


def _get(service: Service, key: str) -> Node | None:
    return service[key][1] if key in service else None


def _names(node: Node | None) -> tuple[str, ...]:
    """Image names with their variables' values, and without: a push with other values makes the same image."""
    return tuple(dict.fromkeys(name for one in scalars(node) for name in (one.text, one.raw) if name))


def _extended(node: Node) -> tuple[str | None, str | None]:
    """The service and the file ("": the same one) that ``extends`` names; None: not literal."""
    if node.text is not None:
        return literal(node), ""
    file = node.get("file")
    return literal(node.get("service")), "" if file is None else literal(file)
