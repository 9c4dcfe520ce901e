"""Jobs of CI: Docker's actions, and ``docker build`` and bake in their commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.migrate.bake_calls import called
from imgslim.migrate.docker_command import DockerBake, docker_calls
from imgslim.migrate.found import Asked
from imgslim.migrate.jobs import Note, Place
from imgslim.migrate.matrix import filled
from imgslim.records import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imgslim.migrate.docker_command import DockerBuild
    from imgslim.migrate.found import Found
    from imgslim.migrate.nodes import Node
    from imgslim.migrate.root import Root

_BUILD = re.compile(r"docker/build-push-action(?:@|$)")
_META = re.compile(r"docker/metadata-action(?:@|$)")
_META_TAGS = re.compile(r"\$\{\{\s*steps\.([\w-]+)\.outputs\.tags\s*\}\}$")
_BAKE = re.compile(r"docker/bake-action(?:@|$)")
#: The repository itself, as the action writes it.
_DEFAULT = re.compile(r"\{\{\s*defaultContext\s*\}\}:?")
#: What a shell text gives a value: bake reads its variables from the environment.
_ASSIGNED = re.compile(r"\b([A-Za-z_]\w*)=")
#: The folder that it is checked out in, where every path starts.
_WORKSPACE = re.compile(r"\$\{\{\s*github\.workspace\s*\}\}")


@dataclass(frozen=True, slots=True)
class CiJob:
    """One combination of a job, or of what it calls: its steps, and what is known of the values that they name."""

    root: Root
    path: str
    who: str
    found: Found
    #: What :func:`~imgslim.migrate.matrix.filled` puts in place of names.
    row: Mapping[str, str | None] = field(default_factory=dict)
    #: By the id of a step: the images whose tags it makes.
    meta: dict[str, list[str]] = field(default_factory=dict)
    #: What is to be said where something depends on a matrix that is not followed.
    matrix: Note | None = None
    #: Scripts that were read: most are the same for all combinations.
    seen: set[tuple[object, ...]] = field(default_factory=set)

    def step(self, step: Node, default: str | None, known: Mapping[str, str | None]) -> None:
        """One step of GitHub's, in the folder ``default`` and with the variables ``known``."""
        used = _raw(step, "uses")
        if _META.match(used):
            images = re.split(r"[\n,]+", self._given(step, "images"))
            self.meta[_raw(step, "id")] = [f"{name.strip()}:${{TAG}}" for name in images if name.strip()]
        elif _BUILD.match(used):
            self._action(step)
        elif _BAKE.match(used):
            self._bake_action(step, {**known, **self.environment(step.get("env"))})
        run = step.get("run")
        if run is not None:
            own = step.get("working-directory")
            inner = {**known, **self.environment(step.get("env"))}
            self.script([run], default if own is None else self.folder(own), inner)

    def inputs(self, declared: Node | None, given: Node | None) -> dict[str, str | None]:
        """The values of ``inputs`` for what is called with ``given``: texts by ``inputs.NAME``, or their defaults."""
        found: dict[str, str | None] = {"inputs.": ""}
        for name, node in declared.mapping().items() if declared is not None else ():
            value = given.get(name) if given is not None else None
            self._depends(value.text or "" if value is not None else "")
            if value is not None:
                found[f"inputs.{name}"] = _plain(self._filled(value.text)) if value.text is not None else None
            else:
                default = node.get("default")
                found[f"inputs.{name}"] = "" if default is None else default.text
        return found

    def environment(self, node: Node | None) -> dict[str, str | None]:
        """The variables of an ``env``; None: not literal."""
        return {
            name: _plain(self._filled(value.text)) if value.text is not None else None
            for name, value in (node.mapping().items() if node is not None else ())
        }

    def _filled(self, text: str) -> str:
        return filled(text, self.row)

    def _given(self, step: Node, name: str) -> str:
        text = _raw(step.get("with"), name)
        self._depends(text)
        return _WORKSPACE.sub(".", self._filled(text))

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

    def _bake_action(self, step: Node, known: Mapping[str, str | None]) -> None:
        """``docker/bake-action``: its files are found by their names, unless they are given."""
        files = [_plain(word) for word in re.split(r"[\n,]+", self._given(step, "files")) if word.strip()]
        settings = [line.strip() for line in self._given(step, "set").split("\n") if line.strip()]
        folder = _plain(_DEFAULT.sub("", self._given(step, "workdir") or self._given(step, "source")))
        call = DockerBake(0, "", [word and word.strip() for word in files], settings, dict(known))
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
                call.environment = {**known, **dict.fromkeys(_ASSIGNED.findall(key[1]))}
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
        if not call.files and not call.settings and not call.environment:
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

    def folder(self, node: Node | None) -> str | None:
        """A ``working-directory``; "" where none is given, None where it is not literal."""
        return "" if node is None else _plain(_WORKSPACE.sub(".", self._filled(node.text or "")))


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
