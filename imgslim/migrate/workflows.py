"""CI workflows: docker/build-push-action, and ``docker build`` in the commands of GitHub's and GitLab's jobs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.migrate.docker_command import docker_builds
from imgslim.migrate.found import Asked
from imgslim.migrate.jobs import Place
from imgslim.migrate.nodes import parse_yaml, scalars
from imgslim.migrate.root import Refused
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.migrate.docker_command import DockerBuild
    from imgslim.migrate.found import Found
    from imgslim.migrate.nodes import Node
    from imgslim.migrate.root import Root

_NAME = re.compile(r"\.github/workflows/[^/]+\.ya?ml$|\.gitlab-ci\.ya?ml$")
_ACTION = re.compile(r"docker/build-push-action(?:@|$)")
#: The repository itself, as the action writes it.
_DEFAULT = re.compile(r"\{\{\s*defaultContext\s*\}\}:?")


def is_workflow(path: str) -> bool:
    """Tell whether a path below the root is that of a workflow."""
    return _NAME.fullmatch(path) is not None


def read_workflow(root: Root, path: str, found: Found) -> None:
    """Collect what a workflow builds. Its paths start at the root of the repository."""
    try:
        document = parse_yaml(root.read(path))
        if path.startswith(".github/"):
            for name, job in _jobs(document.get("jobs")):
                _Job(root, path, f"job {name}", found).github(job)
        else:
            for name, job in _jobs(document):
                for key in ("before_script", "script", "after_script"):
                    _Job(root, path, f"job {name}", found).script(list(scalars(job.get(key))), "")
    except Refused as error:
        found.note(Place(path), f"not read: {error}.")


def _jobs(node: Node | None) -> Iterator[tuple[str, Node]]:
    for name, job in node.mapping().items() if node is not None else ():
        if job.entries is not None:
            yield name, job


@dataclass(frozen=True, slots=True)
class _Job:
    root: Root
    path: str
    who: str
    found: Found

    def github(self, job: Node) -> None:
        """The steps of a job of GitHub's."""
        steps = job.get("steps")
        default = _text(job.get("defaults", "run", "working-directory"))
        for step in steps.list() if steps is not None else ():
            used = step.get("uses")
            if used is not None and _ACTION.match(used.text or ""):
                self._action(step)
            run = step.get("run")
            if run is not None:
                own = step.get("working-directory")
                self.script([run], default if own is None else _text(own))

    def _action(self, step: Node) -> None:
        given = step.get("with")
        context = _DEFAULT.sub("", _raw(given, "context")) or "."
        file, target = _raw(given, "file"), _raw(given, "target")
        asked = Asked(
            Place(self.path, step.line), self.who, "", _plain(context), context, _plain(file), in_context=False,
            args=tuple(_arguments(_raw(given, "build-args"))), target=_plain(target),
        )  # fmt: skip
        tags = tuple(tag for tag in re.split(r"[\s,]+", _raw(given, "tags")) if tag)
        lines = (line.partition("=") for line in _raw(given, "build-contexts").split("\n"))
        contexts = tuple((name.strip(), value.strip()) for name, sign, value in lines if sign)
        self.found.add(self.root, asked, images=tags, contexts=contexts)

    def script(self, texts: list[Node], folder: str | None) -> None:
        """The builds of commands that run one after the other in one shell."""
        lines = [text.text or "" for text in texts]
        for build in docker_builds("\n".join(lines)):
            row, at = build.row, 0
            while at < len(lines) - 1 and row > lines[at].count("\n"):
                row -= lines[at].count("\n") + 1
                at += 1
            self._command(Place(self.path, texts[at].line + row), build, folder)

    def _command(self, place: Place, build: DockerBuild, folder: str | None) -> None:
        if folder is None or build.folder is None or not build.raw:
            why = "docker build in a folder, or of a context, that is not literal; it is left out."
            self.found.note(place, f"{self.who}: {why}")
            return
        start = self.root.joined(folder, build.folder)
        if start is None:
            why = "docker build outside of the folder that is migrated; it is left out."
            self.found.note(place, f"{self.who}: {why}")
            return
        asked = Asked(
            place, self.who, start, build.context, build.raw, build.file, in_context=False,
            args=tuple(build.args.items()), target=build.target,
        )  # fmt: skip
        self.found.add(self.root, asked, images=build.tags, contexts=build.contexts)


def _raw(node: Node | None, name: str) -> str:
    value = node.get(name) if node is not None else None
    return (value.text or "").strip() if value is not None else ""


def _text(node: Node | None) -> str | None:
    return "" if node is None else _plain(node.text or "")


def _plain(text: str) -> str | None:
    """The text where GitHub replaces nothing in it."""
    return None if "{{" in text else text


def _arguments(text: str) -> Iterator[tuple[str, str | None]]:
    for line in text.split("\n"):
        name, sign, value = line.strip().partition("=")
        if name:
            yield name, _plain(value) if sign else None
