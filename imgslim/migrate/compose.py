"""Compose files: what they build, and what their services ask of the images they run (compose-spec)."""

from __future__ import annotations

import posixpath
import re
import shlex
from typing import TYPE_CHECKING

from imgslim.migrate.argv import text_asks, words_ask
from imgslim.migrate.found import Asked
from imgslim.migrate.jobs import Place
from imgslim.migrate.nodes import literal, parse_yaml, scalars
from imgslim.migrate.root import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.migrate.found import Found
    from imgslim.migrate.jobs import Use
    from imgslim.migrate.nodes import Node
    from imgslim.migrate.root import Root

_NAME = re.compile(r"(?:docker-)?compose(?:[._-].*)?\.ya?ml$", re.IGNORECASE)
#: The files that compose reads by itself, the first one that exists; others of the folder are laid over it.
_MAIN = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
#: Files that follow one another by ``extends``.
_EXTENDS = 8

#: What a service says, by key, each with the file that says it; the later file wins.
_Service = dict[str, "tuple[str, Node]"]


def is_compose_name(name: str) -> bool:
    """Tell whether a file's name says that it is a compose file."""
    return _NAME.match(name) is not None


class Compose:
    """Reads the compose files of a tree."""

    def __init__(self, root: Root, found: Found) -> None:
        """Collect into ``found``."""
        self._root = root
        self._found = found
        self._read: dict[str, dict[str, Node]] = {}

    def folder(self, paths: list[str]) -> None:
        """Read the compose files of one folder; each but the main one is laid over that one."""
        main = next((p for name in _MAIN for p in paths if posixpath.basename(p) == name), None)
        for path in sorted(paths, key=lambda p: (p != main, p)):
            try:
                self._file(path, main if path != main else None)
            except Refused as error:
                self._found.note(Place(path), f"not read: {error}.")

    def _services(self, path: str) -> dict[str, Node]:
        if path not in self._read:
            self._read[path] = {}
            document = parse_yaml(self._root.read(path))
            services = document.get("services")
            self._read[path] = dict(services.mapping()) if services is not None else {}
            for node in scalars(document.get("include")):
                self._found.note(Place(path, node.line), f"include of {node.text} is not followed from here.")
        return self._read[path]

    def _file(self, path: str, main: str | None) -> None:
        below = self._services(main) if main is not None else {}
        for name, node in self._services(path).items():
            service: _Service = {}
            if name in below and main is not None:
                service = self._service(main, below[name], _EXTENDS)
            service = _laid_over(service, self._service(path, node, _EXTENDS))
            if service:
                self._one(path, name, node.line, service)

    def _service(self, path: str, node: Node, depth: int) -> _Service:
        """A service with what it extends."""
        own = {key: (path, value) for key, value in node.mapping().items()}
        extends = own.pop("extends", None)
        if extends is None:
            return own
        wanted, file = _extended(extends[1])
        other = path if file == "" else self._root.joined(posixpath.dirname(path), file) if file else None
        base = self._services(other).get(wanted) if other is not None and wanted is not None and depth else None
        if base is None or other is None:
            self._found.note(
                Place(path, extends[1].line), "extends is not followed: it is not literal, or leads nowhere."
            )
            return own
        return _laid_over(self._service(other, base, depth - 1), own)

    def _one(self, path: str, name: str, line: int, service: _Service) -> None:
        who = f"service {name}"
        uses = tuple(_uses(service, who))
        images = tuple(node.text for _, node in filter(None, [service.get("image")]) if node.text is not None)
        if "build" not in service:
            self._found.run += [(image, uses) for image in images if uses]
            return
        origin, build = service["build"]
        place = Place(path, build.line if origin == path else line)
        if build.entries is None:
            asked = Asked(place, who, posixpath.dirname(origin), literal(build), build.text or "?", "", in_context=True)
            self._found.add(self._root, asked, images=images, uses=uses, name=f"{path} {name}")
            return
        if build.get("dockerfile_inline") is not None:
            self._found.note(place, f"{who}: its Dockerfile stands in this file (dockerfile_inline); it is left alone.")
            return
        context, dockerfile, target = build.get("context"), build.get("dockerfile"), build.get("target")
        asked = Asked(
            place, who, posixpath.dirname(origin),
            "." if context is None else literal(context),
            context.text or "?" if context is not None else ".",
            "" if dockerfile is None else literal(dockerfile),
            in_context=True,
            args=tuple(arguments(build.get("args"))),
            target="" if target is None else literal(target),
        )  # fmt: skip
        tags = tuple(node.text for node in scalars(build.get("tags")) if node.text)
        contexts = tuple(
            (key, _whole(path, text)) for key, text in _pairs(build.get("additional_contexts")) if text is not None
        )
        self._found.add(self._root, asked, images=(*images, *tags), uses=uses, name=f"{path} {name}", contexts=contexts)


def _whole(path: str, text: str) -> str:
    """``service:web`` with the file that means it."""
    return f"{path} {text.removeprefix('service:')}" if text.startswith("service:") else text


def _extended(node: Node) -> tuple[str | None, str | None]:
    """The service and the file ("": the same one) that ``extends`` names; None: not literal."""
    if node.text is not None:
        return literal(node), ""
    file = node.get("file")
    return literal(node.get("service")), "" if file is None else literal(file)


def _laid_over(below: _Service, above: _Service) -> _Service:
    """A service of two files: mappings are merged key by key, the rest replaced (compose-spec, "Merge")."""
    merged = {**below, **above}
    if "build" in below and "build" in above:
        (file, old), (_, new) = below["build"], above["build"]
        if old.entries is not None and new.entries is not None:
            node = new.empty()
            for key, value in (old.mapping() | new.mapping()).items():
                node.add(key, value)
            if "args" in new.mapping() and old.get("args") is not None:
                together = new.empty()
                for part in (old.get("args"), new.get("args")):
                    for key, value in _entries(part):
                        together.add(key, value)
                node.add("args", together)
            # Paths are relative to the main file's folder, which is the same one.
            merged["build"] = file, node
    return merged


def _entries(node: Node | None) -> Iterator[tuple[str, Node]]:
    """``NAME: value`` of a mapping, or ``NAME=value`` of a list, as nodes."""
    if node is None:
        return
    yield from node.mapping().items()
    for item in node.list():
        name, sign, text = (item.text or "").partition("=")
        value = item.empty()
        value.text = text if sign else None
        yield name, value


def _pairs(node: Node | None) -> Iterator[tuple[str, str | None]]:
    for name, value in _entries(node):
        yield name, literal(value)


def arguments(node: Node | None) -> Iterator[tuple[str, str | None]]:
    """Build arguments; without a value they come from the environment, which nobody knows here."""
    yield from dict(_pairs(node)).items()


def _uses(service: _Service, who: str) -> Iterator[Use]:
    """What ``entrypoint``, ``command`` and ``healthcheck`` ask of the image."""
    own = "entrypoint" in service and bool(_argv(service["entrypoint"][1]))
    for key in ("entrypoint", "command"):
        if key not in service:
            continue
        path, node = service[key]
        argv = _argv(node)
        if argv and not (key == "command" and own):
            why = f"{path}:{node.line}: the {key} of {who} starts {argv[0] or 'a program by a variable'}"
            # An entry point that the service resets is none that the words could be arguments of.
            yield from words_ask(argv, why, command=key == "command" and "entrypoint" not in service)
    if "healthcheck" in service:
        path, node = service["healthcheck"]
        test = node.get("test")
        disabled = node.get("disable")
        if test is not None and (disabled is None or disabled.text != "true"):
            yield from _health(test, f"{path}:{test.line}: the health check of {who}")


def _health(test: Node, why: str) -> Iterator[Use]:
    if test.items is None:
        yield from text_asks(literal(test), f"{why} runs in a shell")
        return
    words = [literal(item) for item in test.list()]
    if words[:1] == ["CMD"]:
        yield from words_ask(words[1:], f"{why} starts {words[1] if len(words) > 1 else 'nothing'}")
    elif words[:1] == ["CMD-SHELL"]:
        yield from text_asks(words[1] if len(words) > 1 else "", f"{why} runs in a shell")


def _argv(node: Node) -> list[str | None]:
    """A list as it stands; a string split as a shell splits it, nothing expanded (compose-spec, "command")."""
    if node.items is not None:
        return [literal(item) for item in node.list()]
    if node.text is None:
        return []
    try:
        words = shlex.split(node.text)
    except ValueError:
        return [None]
    return [None if "$" in word.replace("$$", "") else word.replace("$$", "$") for word in words]
