"""Usage sites: who in the tree runs, builds on or copies from an image that a Dockerfile of the tree makes."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING

from imgslim.errors import InputError
from imgslim.meaning.stages import stages
from imgslim.migrate.argv import text_asks, words_ask
from imgslim.migrate.jobs import Note, Place, Use
from imgslim.migrate.names import image_name, is_open
from imgslim.model import Need, NeedKind
from imgslim.records import replace
from imgslim.syntax import parse
from imgslim.syntax.instructions import from_parts, healthcheck, words
from imgslim.syntax.mounts import mount_options
from imgslim.text import LineIndex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imgslim.meaning.stages import Stage
    from imgslim.migrate.found import Built
    from imgslim.migrate.names import Name
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
        self._by_last: dict[str, list[tuple[Name, str]]] = {}
        #: Those whose last part holds a variable.
        self._open: list[tuple[Name, str]] = []
        self._by_name: dict[str, str] = {}
        self._contexts: dict[str, dict[str, str]] = {}
        self._args: dict[str, dict[tuple[tuple[str, str], ...], None]] = {}
        #: Images that have the name of one of the tree's and another tag.
        self.notes: list[Note] = []
        for one in built:
            if one.name:
                self._by_name.setdefault(one.name, one.dockerfile)
            if one.contexts:
                self._contexts.setdefault(one.dockerfile, {}).update((n.lower(), v) for n, v in one.contexts)
            known = tuple((name, value) for name, value in one.build.args if value is not None)
            self._args.setdefault(one.dockerfile, {})[known] = None
            for image in one.images:
                self._add(image_name(image), one.dockerfile)

    def __bool__(self) -> bool:
        """Whether the tree names any image at all."""
        return bool(self._by_last or self._open or self._contexts)

    def _add(self, name: Name | None, dockerfile: str) -> None:
        if name is None:
            return
        place = self._open if name.open else self._by_last.setdefault(name.last, [])
        if (name, dockerfile) not in place:
            place.append((name, dockerfile))

    def _alike(self, image: str) -> tuple[Name | None, list[tuple[Name, str]]]:
        """The name, and what the tree makes under it, whatever the tag."""
        name = image_name(image)
        if name is None:
            return None, []
        candidates = (*self._by_last.get(name.last, ()), *self._open)
        return name, [(made, dockerfile) for made, dockerfile in candidates if made.may_be_made_as(name)]

    def makers(self, image: str, place: Place | None = None, besides: str = "") -> dict[str, str]:
        """The Dockerfiles that may make the image of that name, ``besides`` left out.

        Each with what is to be said of it: "" where no variable leaves it open. Where only the tag differs a note is
        kept for ``place``.
        """
        name, alike = self._alike(image)
        found: dict[str, str] = {}
        for made, dockerfile in alike if name is not None else ():
            if dockerfile != besides and name is not None and made.may_have_the_tag_of(name):
                unsure = f" (if {image} and {made} are one: a variable leaves it open)" if is_open(name, made) else ""
                found[dockerfile] = unsure if found.get(dockerfile, unsure) else ""
        for made, dockerfile in alike if place is not None else ():
            if dockerfile not in found and dockerfile != besides and place is not None:
                why = f"{image} is none of the tree's images: {dockerfile} makes {made}, which has another tag."
                self.notes.append(Note(place, why))
        return found

    def meant(self, name: str, dockerfile: str, place: Place | None = None) -> dict[str, str]:
        """The Dockerfiles that make what ``dockerfile`` calls ``name``, as :meth:`makers` gives them; never itself."""
        value = self._contexts.get(dockerfile, {}).get(name.lower())
        if value is None:
            return self.makers(name, place, dockerfile)
        if value in self._by_name:
            return {one: "" for one in (self._by_name[value],) if one != dockerfile}
        if value.startswith("docker-image://"):
            return self.makers(value.removeprefix("docker-image://"), place, dockerfile)
        return {}

    def used_by(self, dockerfile: str, text: str) -> Iterator[tuple[str, Use]]:
        """``(maker, use)`` of everything that a Dockerfile asks of images that others of the tree make."""
        for name in _names(text):
            if "$" in name or self._may_mean(name, dockerfile):
                break
        else:
            return
        try:
            tree = parse(text)
            first = next((at for at, n in enumerate(tree.instructions) if n.keyword == "FROM"), 0)
            # FROM knows the arguments that are declared above it, and no others.
            declared = " ".join(n.value for n in tree.instructions[:first])
            ways = {
                tuple((name, value) for name, value in way if name in declared)
                for way in self._args.get(dockerfile, ((),))
            }
            graphs = [stages(tree, dict(way)) for way in sorted(ways)]
        except InputError:  # said where the file itself is planned
            return
        lines = LineIndex(text)
        for graph in graphs:
            yield from self._of_graph(graph, dockerfile, lines)

    def _may_mean(self, name: str, dockerfile: str) -> bool:
        return name.lower() in self._contexts.get(dockerfile, {}) or bool(self._alike(name)[1])

    def _of_graph(self, graph: Sequence[Stage], dockerfile: str, lines: LineIndex) -> Iterator[tuple[str, Use]]:
        for stage in graph:
            place = Place(dockerfile, lines.position(stage.node.span.start).line + 1)
            for maker, unsure in self._makers(stage.base, stage, graph, dockerfile, place).items():
                yield from (
                    (maker, doubted(use, unsure)) for use in _on_top(stage, f"{place}: it builds on this image")
                )
            for node in stage.body:
                place = Place(dockerfile, lines.position(node.span.start).line + 1)
                for origin, paths in _copied(node):
                    for maker, unsure in self._origin(origin, graph, stage.index, dockerfile, place).items():
                        for path in paths:
                            use = Use(Need(NeedKind.FILE, path, f"{place}: it takes {path} from this image"))
                            yield maker, doubted(use, unsure)

    def _makers(
        self, base: Value, stage: Stage, graph: Sequence[Stage], dockerfile: str, place: Place
    ) -> dict[str, str]:
        """Who makes what a stage starts from; nobody where that is another stage of the file."""
        if stage.base_stage is not None:
            below = graph[stage.base_stage]
            return self._makers(below.base, below, graph, dockerfile, place)
        return self.meant(base if isinstance(base, str) else from_parts(stage.node).image, dockerfile, place)

    def _origin(self, origin: str, graph: Sequence[Stage], index: int, dockerfile: str, place: Place) -> dict[str, str]:
        names: Mapping[str, Stage] = {s.name.lower(): s for s in graph[:index] if s.name is not None}
        stage = names.get(origin.lower())
        if stage is None and origin.isdecimal() and int(origin) < index:
            stage = graph[int(origin)]
        if stage is None:
            return self.meant(origin, dockerfile, place)
        return self._makers(stage.base, stage, graph, dockerfile, place)


def doubted(use: Use, unsure: str) -> Use:
    """A use with what leaves it open."""
    return replace(use, need=replace(use.need, why=f"{use.need.why}{unsure}")) if unsure else use


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
