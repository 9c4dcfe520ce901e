"""CI workflows: Docker's actions, and ``docker build`` and bake in the commands of GitHub's and GitLab's jobs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.migrate.bake_calls import called
from imgslim.migrate.docker_command import DockerBake, docker_calls
from imgslim.migrate.found import Asked
from imgslim.migrate.gitlab import extended
from imgslim.migrate.jobs import Note, Place
from imgslim.migrate.matrix import Unbounded, filled, github_matrix, gitlab_matrix
from imgslim.migrate.nodes import parse_yaml, scalars
from imgslim.migrate.root import Refused
from imgslim.records import dataclass, field, replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imgslim.migrate.docker_command import DockerBuild
    from imgslim.migrate.found import Found
    from imgslim.migrate.nodes import Node
    from imgslim.migrate.root import Root

_NAME = re.compile(r"\.github/workflows/[^/]+\.ya?ml$|\.gitlab-ci\.ya?ml$")
_BUILD = re.compile(r"docker/build-push-action(?:@|$)")
_META = re.compile(r"docker/metadata-action(?:@|$)")
_META_TAGS = re.compile(r"\$\{\{\s*steps\.([\w-]+)\.outputs\.tags\s*\}\}$")
_BAKE = re.compile(r"docker/bake-action(?:@|$)")
#: The repository itself, as the action writes it.
_DEFAULT = re.compile(r"\{\{\s*defaultContext\s*\}\}:?")


def is_workflow(path: str) -> bool:
    """Tell whether a path below the root is that of a workflow."""
    return _NAME.fullmatch(path) is not None


def read_workflow(root: Root, path: str, found: Found) -> None:
    """Collect what a workflow builds. Its paths start at the root of the repository."""
    try:
        document = parse_yaml(root.read(path))
        github = path.startswith(".github/")
        variables = document.get("env") if github else document.get("variables")
        jobs = dict(_jobs(document.get("jobs") if github else document))
        for name, job in jobs.items() if github else extended(jobs):
            _job(_Job(root, path, f"job {name}", found), job, variables, github=github)
    except Refused as error:
        found.note(Place(path), f"not read: {error}.")


def _jobs(node: Node | None) -> Iterator[tuple[str, Node]]:
    for name, job in node.mapping().items() if node is not None else ():
        if job.entries is not None:
            yield name, job


def _job(job: _Job, node: Node, variables: Node | None, *, github: bool) -> None:
    """Read a job once for each combination of its matrix."""
    matrix = node.get("strategy", "matrix") if github else node.get("parallel", "matrix")
    rows: Sequence[Mapping[str, str | None]] = ({},)
    if matrix is not None:
        try:
            rows = (github_matrix if github else gitlab_matrix)(matrix) or rows
        except Unbounded as error:
            why = f"its matrix {error}; what depends on it is taken for not literal."
            job = replace(job, row=None, matrix=Note(Place(job.path, matrix.line), f"{job.who}: {why}"))
            rows = ({},)
    for row in rows:
        one = replace(job, row=row) if matrix is not None and job.matrix is None else job
        if github:
            one.github(node, (variables, node.get("env")))
        else:
            known = {**_variables(variables), **_variables(node.get("variables")), **(one.row or {})}
            for key in ("before_script", "script", "after_script"):
                one.script(list(scalars(node.get(key))), "", known)


def _runs(steps: Node | None) -> Iterator[str]:
    for step in steps.list() if steps is not None else ():
        yield _raw(step, "run")


def _variables(node: Node | None) -> dict[str, str | None]:
    """GitLab's ``variables``; one with a description has its text in ``value``."""
    return {
        name: value.text if value.text is not None else text.text if (text := value.get("value")) else None
        for name, value in (node.mapping().items() if node is not None else ())
    }


@dataclass(frozen=True, slots=True)
class _Job:
    root: Root
    path: str
    who: str
    found: Found
    #: The combination of the matrix; None: there is no matrix.
    row: Mapping[str, str | None] | None = None
    #: By the id of a step: the images whose tags it makes.
    meta: dict[str, list[str]] = field(default_factory=dict)
    #: What is to be said where something depends on a matrix that is not followed.
    matrix: Note | None = None
    #: Scripts that were read: most are the same for all combinations.
    seen: set[tuple[object, ...]] = field(default_factory=set)

    def github(self, job: Node, environments: tuple[Node | None, ...]) -> None:
        """The steps of a job of GitHub's."""
        steps = job.get("steps")
        default = self._folder(job.get("defaults", "run", "working-directory"))
        changed = "\n".join(text for text in _runs(steps) if "GITHUB_ENV" in text)
        for step in steps.list() if steps is not None else ():
            used = _raw(step, "uses")
            if _META.match(used):
                images = re.split(r"[\n,]+", self._given(step, "images"))
                self.meta[_raw(step, "id")] = [f"{name.strip()}:${{TAG}}" for name in images if name.strip()]
            elif _BUILD.match(used):
                self._action(step)
            elif _BAKE.match(used):
                self._bake_action(step)
            run = step.get("run")
            if run is not None:
                own = step.get("working-directory")
                outer = dict(each for one in environments for each in self._environment(one))
                # A step may set variables for those behind it (docs.github.com, "Workflow commands").
                known = {name: value for name, value in outer.items() if f"{name}=" not in changed}
                known.update(self._environment(step.get("env")))
                self.script([run], default if own is None else self._folder(own), known)

    def _environment(self, node: Node | None) -> Iterator[tuple[str, str | None]]:
        for name, value in node.mapping().items() if node is not None else ():
            yield name, _plain(self._filled(value.text)) if value.text is not None else None

    def _filled(self, text: str) -> str:
        return filled(text, self.row) if self.row is not None else text

    def _given(self, step: Node, name: str) -> str:
        text = _raw(step.get("with"), name)
        self._depends(text)
        return self._filled(text)

    def _depends(self, text: str) -> None:
        if self.matrix is not None and "matrix." in text:
            self.found.notes.append(self.matrix)

    def _action(self, step: Node) -> None:
        context = _DEFAULT.sub("", self._given(step, "context")) or "."
        file, target = self._given(step, "file"), self._given(step, "target")
        asked = Asked(
            Place(self.path, step.line), self.who, "", _plain(context), context, _plain(file), in_context=False,
            args=tuple(_arguments(self._given(step, "build-args"))), target=_plain(target),
        )  # fmt: skip
        tags = tuple(
            name for tag in re.split(r"[\n,]+", self._given(step, "tags")) for name in self._named(tag.strip())
        )
        lines = (line.partition("=") for line in self._given(step, "build-contexts").split("\n"))
        contexts = tuple((name.strip(), value.strip()) for name, sign, value in lines if sign)
        self.found.add(self.root, asked, images=tags, contexts=contexts)

    def _named(self, tag: str) -> Sequence[str]:
        """A tag, or what a step of ``docker/metadata-action`` makes: names that are given to it, with any tag."""
        made = _META_TAGS.match(tag)
        return self.meta.get(made[1], ()) if made is not None else (tag,) if tag else ()

    def _bake_action(self, step: Node) -> None:
        """``docker/bake-action``: its files are found by their names, unless they are given."""
        files = [_plain(word) for word in re.split(r"[\n,]+", self._given(step, "files")) if word.strip()]
        settings = [line.strip() for line in self._given(step, "set").split("\n") if line.strip()]
        folder = _plain(_DEFAULT.sub("", self._given(step, "workdir") or self._given(step, "source")))
        call = DockerBake(0, "", [word and word.strip() for word in files], settings)
        self._bake(Place(self.path, step.line), call, folder)

    def script(self, texts: list[Node], folder: str | None, known: Mapping[str, str | None]) -> None:
        """The builds of commands that run one after the other in one shell."""
        lines = [self._filled(text.text or "") for text in texts]
        plain = {name: value for name, value in known.items() if value is not None}
        key = texts[0].line if texts else 0, "\n".join(lines), folder, tuple(sorted(plain.items()))
        if key in self.seen:
            return
        self.seen.add(key)
        for call in docker_calls(key[1], plain):
            self._depends(key[1])
            row, at = call.row, 0
            while at < len(lines) - 1 and row > lines[at].count("\n"):
                row -= lines[at].count("\n") + 1
                at += 1
            place = Place(self.path, texts[at].line + row)
            if isinstance(call, DockerBake):
                self._bake(place, call, folder)
            else:
                self._command(place, call, folder)

    def _command(self, place: Place, build: DockerBuild, folder: str | None) -> None:
        start = self._start(place, "docker build", folder, build.folder if build.raw else None)
        if start is None:
            return
        asked = Asked(
            place, self.who, start, build.context, build.raw, build.file, in_context=False,
            args=tuple(build.args.items()), target=build.target,
        )  # fmt: skip
        self.found.add(self.root, asked, images=build.tags, contexts=build.contexts)

    def _bake(self, place: Place, call: DockerBake, folder: str | None) -> None:
        if not call.files and not call.settings:
            return  # the files that bake reads by itself are found by their names
        start = self._start(place, "bake", folder, call.folder)
        if start is not None:
            called(self.root, self.found, (place, self.who), start, call)

    def _start(self, place: Place, what: str, folder: str | None, below: str | None) -> str | None:
        """The folder that a command is run in; None, and said, where that is not known."""
        if folder is None or below is None:
            why = f"{what} in a folder, or of a context, that is not literal; it is left out."
            self.found.note(place, f"{self.who}: {why}")
            return None
        start = self.root.joined(folder, below)
        if start is None:
            why = f"{what} outside of the folder that is migrated; it is left out."
            self.found.note(place, f"{self.who}: {why}")
        return start

    def _folder(self, node: Node | None) -> str | None:
        return "" if node is None else _plain(self._filled(node.text or ""))


def _raw(node: Node | None, name: str) -> str:
    value = node.get(name) if node is not None else None
    return (value.text or "").strip() if value is not None else ""


def _plain(text: str) -> str | None:
    """The text where GitHub replaces nothing in it."""
    return None if "{{" in text else text


def _arguments(text: str) -> Iterator[tuple[str, str | None]]:
    for line in text.split("\n"):
        name, sign, value = line.strip().partition("=")
        if name:
            yield name, _plain(value) if sign else None
