"""Usage sites: who in the tree runs, builds on or copies from an image that a Dockerfile of the tree makes."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING

from imgslim.errors import InputError
from imgslim.meaning.stages import stages
from imgslim.migrate.argv import text_asks, words_ask
from imgslim.migrate.jobs import Use
from imgslim.migrate.names import last_part, may_be_same, repository
from imgslim.model import Need, NeedKind
from imgslim.syntax import parse
from imgslim.syntax.instructions import from_parts, healthcheck, words
from imgslim.syntax.mounts import mount_options
from imgslim.text import LineIndex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imgslim.meaning.stages import Stage
    from imgslim.migrate.found import Built
    from imgslim.syntax.nodes import Instruction
    from imgslim.values import Value

#: What stands behind the word that may name an image in a Dockerfile.
_NAMED = re.compile(r"[ \t]+(?:--\S+[ \t]+)*(\S+)|=([^\s,]+)")
#: Other letters change their number when they are lowered.
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def _names(text: str) -> set[str]:
    """What may name an image in a Dockerfile: a cheap look before the file is parsed."""
    found = set()
    lower = text.lower() if text.isascii() else text.translate(_LOWER)
    at = lower.find("from")
    while at >= 0:
        match = _NAMED.match(text, at + 4)
        if match is not None:
            found.add((match[1] or match[2]).strip("\"'"))
        at = lower.find("from", at + 4)
    return found


class Images:
    """The images that the tree makes, by name."""

    def __init__(self, built: Sequence[Built]) -> None:
        """Index what was found."""
        self._by_last: dict[str, list[tuple[str, str]]] = {}
        #: Those whose last part holds a variable.
        self._open: list[tuple[str, str]] = []
        self._by_name: dict[str, str] = {}
        self._contexts: dict[str, dict[str, str]] = {}
        self._args: dict[str, dict[str, str]] = {}
        for one in built:
            if one.name:
                self._by_name.setdefault(one.name, one.dockerfile)
            self._contexts.setdefault(one.dockerfile, {}).update((n.lower(), v) for n, v in one.contexts)
            known = {name: value for name, value in one.build.args if value is not None}
            self._args.setdefault(one.dockerfile, {}).update(known)
            for image in one.images:
                self._add(repository(image), one.dockerfile)

    def __bool__(self) -> bool:
        """Whether the tree names any image at all."""
        return bool(self._by_last or self._open or any(self._contexts.values()))

    def _add(self, name: str, dockerfile: str) -> None:
        if not name:
            return
        place = self._open if "\0" in last_part(name) else self._by_last.setdefault(last_part(name), [])
        if (name, dockerfile) not in place:
            place.append((name, dockerfile))

    def makers(self, image: str) -> tuple[str, ...]:
        """The Dockerfiles that may make the image of that name."""
        name = repository(image)
        found = [d for n, d in (*self._by_last.get(last_part(name), ()), *self._open) if name and may_be_same(n, name)]
        return tuple(dict.fromkeys(found))

    def meant(self, name: str, dockerfile: str) -> tuple[str, ...]:
        """The Dockerfiles that make what ``dockerfile`` calls ``name``; never itself."""
        value = self._contexts.get(dockerfile, {}).get(name.lower())
        if value is None:
            found = self.makers(name)
        elif value in self._by_name:
            found = (self._by_name[value],)
        elif value.startswith("docker-image://"):
            found = self.makers(value.removeprefix("docker-image://"))
        else:
            found = ()
        return tuple(one for one in found if one != dockerfile)

    def used_by(self, dockerfile: str, text: str) -> Iterator[tuple[str, Use]]:
        """``(maker, use)`` of everything that a Dockerfile asks of images that others of the tree make."""
        if not any("$" in name or self.meant(name, dockerfile) for name in _names(text)):
            return
        try:
            tree = parse(text)
            graph = stages(tree, self._args.get(dockerfile, {}))
        except InputError:  # said where the file itself is planned
            return
        lines = LineIndex(text)
        for stage in graph:
            for maker in self._makers(stage.base, stage, graph, dockerfile):
                where = f"{dockerfile}:{lines.position(stage.node.span.start).line + 1}: it builds on this image"
                yield from ((maker, use) for use in _on_top(stage, where))
            for node in stage.body:
                where = f"{dockerfile}:{lines.position(node.span.start).line + 1}"
                for origin, paths in _copied(node):
                    for maker in self._origin(origin, graph, stage.index, dockerfile):
                        for path in paths:
                            why = f"{where}: it takes {path} from this image"
                            yield maker, Use(Need(NeedKind.FILE, path, why))

    def _makers(self, base: Value, stage: Stage, graph: Sequence[Stage], dockerfile: str) -> tuple[str, ...]:
        """Who makes what a stage starts from; nobody where that is another stage of the file."""
        if stage.base_stage is not None:
            below = graph[stage.base_stage]
            return self._makers(below.base, below, graph, dockerfile)
        return self.meant(base if isinstance(base, str) else from_parts(stage.node).image, dockerfile)

    def _origin(self, origin: str, graph: Sequence[Stage], index: int, dockerfile: str) -> tuple[str, ...]:
        names: Mapping[str, Stage] = {s.name.lower(): s for s in graph[:index] if s.name is not None}
        stage = names.get(origin.lower())
        if stage is None and origin.isdecimal() and int(origin) < index:
            stage = graph[int(origin)]
        return self.meant(origin, dockerfile) if stage is None else self._makers(stage.base, stage, graph, dockerfile)


def _copied(node: Instruction) -> Iterator[tuple[str, tuple[str, ...]]]:
    """``(origin, paths)`` of COPY --from, ADD --from and RUN --mount=from."""
    for flag in node.flags:
        if flag.name == "from" and flag.value:
            yield flag.value, tuple(word.text for word in words(node)[:-1])
        elif flag.name == "mount":
            options = mount_options(flag.value or "")
            origin = options.get("from")
            if origin:
                yield origin, (options.get("source") or options.get("src") or "*",)


def _on_top(stage: Stage, where: str) -> Iterator[Use]:
    """What a stage asks of the image that it starts from."""
    if any(node.keyword in ("RUN", "ONBUILD") for node in stage.body):
        yield Use(Need(NeedKind.FILE, "*", f"{where} and runs commands in it"))
        return
    own_entry = any(node.keyword == "ENTRYPOINT" for node in stage.body)
    for node in stage.body:
        why = f"{where}, and its {node.keyword} starts a program"
        if node.keyword == "HEALTHCHECK":
            check = healthcheck(node)
            if check.kind == "CMD":
                yield from _asked(check.argv, check.text, why)
        elif node.keyword == "ENTRYPOINT" or (node.keyword == "CMD" and not own_entry):
            yield from _asked(node.exec_form, node.value, why, command=node.keyword == "CMD")


def _asked(argv: tuple[str, ...] | None, text: str, why: str, *, command: bool = False) -> Iterator[Use]:
    if argv is not None:
        return words_ask(argv, why, command=command)
    return text_asks(text, why, command=command)
