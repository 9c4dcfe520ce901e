"""CI workflows: the jobs of GitHub's and GitLab's, by the combinations of their matrices, with what they call."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from imgslim.migrate.ci_job import CiJob
from imgslim.migrate.gitlab import extended
from imgslim.migrate.jobs import Note, Place
from imgslim.migrate.matrix import Unbounded, github_matrix, gitlab_matrix
from imgslim.migrate.nodes import parse_yaml, scalars
from imgslim.migrate.root import Refused
from imgslim.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imgslim.migrate.found import Found
    from imgslim.migrate.nodes import Node
    from imgslim.migrate.root import Root

_NAME = re.compile(r"\.github/workflows/[^/]+\.ya?ml$|\.gitlab-ci\.ya?ml$")
#: A workflow, or the folder of an action, of the repository itself.
_LOCAL = re.compile(r"\./([^@\s]+)$")
#: Workflows and actions that call one another; GitHub takes ten.
_DEPTH = 10
#: Jobs of one workflow, combinations and what they call counted.
_JOBS = 2000


def is_workflow(path: str) -> bool:
    """Tell whether a path below the root is that of a workflow."""
    return path.endswith(("yml", "yaml")) and _NAME.fullmatch(path) is not None


class Workflows:
    """Reads the workflows of a tree. Their paths start at the root of the repository."""

    def __init__(self, root: Root, found: Found) -> None:
        """Collect into ``found``."""
        self._root = root
        self._found = found
        self._read: dict[str, Node | Refused] = {}
        self._left = _JOBS

    def read(self, paths: Iterable[str]) -> None:
        """Read workflows; one that others of them call, and nothing else starts, is read as they call it."""
        paths = sorted(paths)
        called = {name for path in paths for name in self._calls(path)}
        for path in paths:
            self._left = _JOBS
            try:
                document = self._document(path)
                if not (path in called and _only_called(document)):
                    self._workflow(CiJob(self._root, path, "", self._found), document, _DEPTH)
            except Refused as error:
                self._found.note(Place(path), f"not read: {error}.")

    def _document(self, path: str) -> Node:
        found = self._read.get(path)
        if found is None:
            try:
                found = parse_yaml(self._root.read(path))
            except Refused as error:
                found = error
            self._read[path] = found
        if isinstance(found, Refused):
            raise found
        return found

    def _calls(self, path: str) -> Iterator[str]:
        try:
            for _, job in _jobs(self._document(path).get("jobs")):
                local = _LOCAL.match(_text(job, "uses"))
                if local is not None:
                    yield local[1]
        except Refused:  # said where it is read
            return

    def _workflow(self, frame: CiJob, document: Node, depth: int) -> None:
        """The jobs of a workflow; ``frame`` knows the values that it is called with."""
        github = frame.path.startswith(".github/")
        jobs = dict(_jobs(document.get("jobs") if github else document))
        for name, node in jobs.items() if github else extended(jobs):
            job = CiJob(self._root, frame.path, f"job {name}", self._found, frame.row)
            matrix = node.get("strategy", "matrix") if github else node.get("parallel", "matrix")
            if not github:
                for each in _combined(job, matrix, gitlab=True):
                    _gitlab(each, node, document.get("variables"))
                continue
            for each in _combined(job, matrix):
                self._github(each, node, document.get("env"), depth)

    def _github(self, job: CiJob, node: Node, outer: Node | None, depth: int) -> None:
        self._left -= 1
        if self._left < 0:
            raise Refused(f"its jobs and what they call are more than {_JOBS}")
        local = _LOCAL.match(_text(node, "uses"))
        if local is not None:
            self._call(job, local[1], node, depth)
            return
        steps = node.get("steps")
        # A step may set variables for those behind it (docs.github.com, "Workflow commands").
        changed = "\n".join(text for text in _runs(steps) if "GITHUB_ENV" in text)
        known = {**job.environment(outer), **job.environment(node.get("env"))}
        known = {name: value for name, value in known.items() if f"{name}=" not in changed}
        self._steps(job, steps, job.folder(node.get("defaults", "run", "working-directory")), known, depth)

    def _steps(
        self, job: CiJob, steps: Node | None, folder: str | None, known: Mapping[str, str | None], depth: int
    ) -> None:
        for step in steps.list() if steps is not None else ():
            local = _LOCAL.match(_text(step, "uses"))
            if local is not None:
                self._call(job, local[1], step, depth)
            else:
                job.step(step, folder, known)

    def _call(self, job: CiJob, name: str, node: Node, depth: int) -> None:
        """A workflow (docs.github.com, "Reuse workflows") or a composite action of the repository itself."""
        place = Place(job.path, node.line)
        try:
            path = self._located(name, depth)
            if not path:
                return
            document = self._document(path)
        except Refused as error:
            self._found.note(place, f"{job.who}: what it calls is not followed: {error}.")
            return
        given = node.get("with")
        if is_workflow(path):
            row = job.inputs(document.get("on", "workflow_call", "inputs"), given)
            self._workflow(CiJob(self._root, path, "", self._found, row), document, depth - 1)
            return
        row = job.inputs(document.get("inputs"), given)
        inner = CiJob(self._root, path, job.who, self._found, row)
        self._steps(inner, document.get("runs", "steps"), "", {}, depth - 1)

    def _located(self, name: str, depth: int) -> str:
        """The file; "" where there is none, because a step checks out another commit or repository."""
        if depth == 0:
            raise Refused(f"more than {_DEPTH} call one another")
        path = self._root.joined("", name)
        if path is None:
            raise Refused(f"{name} lies outside of the folder that is migrated")
        files = (path,) if is_workflow(path) else (f"{path}/action.yml", f"{path}/action.yaml")
        return next((file for file in files if os.path.lexists(self._root.text_at(file))), "")


def _jobs(node: Node | None) -> Iterator[tuple[str, Node]]:
    for name, job in node.mapping().items() if node is not None else ():
        if job.entries is not None:
            yield name, job


def _only_called(document: Node) -> bool:
    """Tell whether nothing but a call starts a workflow."""
    on = document.get("on")
    names: set[str | None] = {*(on.mapping() if on is not None else ()), *(one.text for one in scalars(on))}
    return names == {"workflow_call"}


def _combined(job: CiJob, matrix: Node | None, *, gitlab: bool = False) -> Iterator[CiJob]:
    """The job once for each combination of its matrix."""
    if matrix is None:
        yield job
        return
    try:
        rows = gitlab_matrix(matrix) if gitlab else github_matrix(matrix)
    except Unbounded as error:
        why = f"its matrix {error}; what depends on it is taken for not literal."
        yield replace(job, matrix=Note(Place(job.path, matrix.line), f"{job.who}: {why}"))
        return
    front = "" if gitlab else "matrix."
    for row in rows:
        values = {f"{front}{name}": text for name, text in row.items()}
        yield replace(job, row={**job.row, **values} if gitlab else {**job.row, **values, "matrix.": ""})


def _gitlab(job: CiJob, node: Node, variables: Node | None) -> None:
    known = {**_variables(variables), **_variables(node.get("variables")), **job.row}
    for key in ("before_script", "script", "after_script"):
        job.script(list(scalars(node.get(key))), "", known)


def _variables(node: Node | None) -> dict[str, str | None]:
    """GitLab's ``variables``; one with a description has its text in ``value``."""
    return {
        name: value.text if value.text is not None else text.text if (text := value.get("value")) else None
        for name, value in (node.mapping().items() if node is not None else ())
    }


def _runs(steps: Node | None) -> Iterator[str]:
    for step in steps.list() if steps is not None else ():
        yield _text(step, "run")


def _text(node: Node, name: str) -> str:
    value = node.get(name)
    return (value.text or "").strip() if value is not None else ""
