"""What a service of a compose file asks of the image that it runs."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from imgslim.migrate.argv import text_asks, words_ask
from imgslim.migrate.nodes import literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.migrate.compose_service import Service
    from imgslim.migrate.jobs import Use
    from imgslim.migrate.nodes import Node


def service_uses(service: Service, who: str) -> Iterator[Use]:
    """What ``entrypoint``, ``command`` and ``healthcheck`` ask of the image."""
    given = "entrypoint" in service and bool(_argv(service["entrypoint"][1]))
    for key in ("entrypoint", "command"):
        if key not in service:
            continue
        source, node = service[key]
        argv = _argv(node)
        if argv and not (key == "command" and given):
            why = f"{source.file}:{node.line}: the {key} of {who} starts {argv[0] or 'a program by a variable'}"
            # An entry point that the service resets is none that the words could be arguments of.
            yield from words_ask(argv, why, command=key == "command" and "entrypoint" not in service)
    if "healthcheck.test" in service:
        source, test = service["healthcheck.test"]
        disabled = service.get("healthcheck.disable")
        if disabled is None or disabled[1].text != "true":
            yield from _health(test, f"{source.file}:{test.line}: the health check of {who}")


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
