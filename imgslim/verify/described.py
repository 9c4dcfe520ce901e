"""What JSON answers lead to: the operations of an OpenAPI or Swagger description, and links in data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Where frameworks serve their description: FastAPI and many others, Swagger 2 ones, springdoc.
PLACES = ("/openapi.json", "/swagger.json", "/v3/api-docs")
#: Names under which data links to more of it (HAL, JSON:API, OData, Django REST framework …).
_LINKS = frozenset({"href", "url", "uri", "link", "self", "next", "prev", "previous", "first", "last", "related"})
#: Levels of nesting that are read.
_DEEP = 12
#: References followed for one parameter (``$ref``).
_REFERENCES = 8


def leads(body: str) -> Iterator[str]:
    """The links that a JSON answer holds; those of a description are its GET operations. Never raises."""
    try:
        answer: Any = json.loads(body)
    except (ValueError, RecursionError):
        return
    if (
        isinstance(answer, dict)
        and isinstance(answer.get("paths"), dict)
        and ("openapi" in answer or "swagger" in answer)
    ):
        yield from _operations(answer)
    else:
        yield from _links(answer, _DEEP)


def _links(value: Any, depth: int, name: str = "") -> Iterator[str]:  # noqa: ANN401  (any JSON)
    """Strings under a name that says so, and that look like a link."""
    if depth == 0:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _links(inner, depth - 1, key.lower())
    elif isinstance(value, list):
        for inner in value:
            yield from _links(inner, depth - 1, name)
    elif isinstance(value, str) and (name in _LINKS or name.endswith("_url")) and value.startswith(("/", "http://")):
        yield value


def _operations(document: dict[str, Any]) -> Iterator[str]:
    """The GET operations that can be asked for without inventing a value."""
    base = _base(document)
    for path, item in document["paths"].items():
        if not isinstance(item, dict) or not isinstance(get := item.get("get"), dict) or not path.startswith("/"):
            continue
        given = [*_list(item.get("parameters")), *_list(get.get("parameters"))]
        parameters = {}
        for one in given:
            found = _follow(document, one)
            # One of the operation replaces the path's own of the same name and place.
            parameters[str(found.get("name")), str(found.get("in"))] = found
        if (target := _fill(document, path, list(parameters.values()))) is not None:
            yield base + target


def _fill(document: dict[str, Any], path: str, parameters: list[dict[str, Any]]) -> str | None:
    """A path with its required parameters; None where one has no value in the description, or goes in a header."""
    query: list[tuple[str, str]] = []
    for one in parameters:
        if not one.get("required") and one.get("in") != "path":
            continue
        value = _value(document, one)
        if value is None:
            return None
        match one.get("in"):
            case "path":
                path = path.replace("{" + str(one.get("name")) + "}", quote(value, safe=""))
            case "query":
                query.append((str(one.get("name")), value))
            case _:
                return None
    if "{" in path:
        return None
    return path + (f"?{urlencode(query)}" if query else "")


def _value(document: dict[str, Any], parameter: dict[str, Any]) -> str | None:
    """The value that a description gives as an example, a default or the first of a list."""
    schema = _follow(document, parameter.get("schema") or {})
    examples = parameter.get("examples")
    named = [_follow(document, one).get("value") for one in examples.values()] if isinstance(examples, dict) else []
    for one in (
        parameter.get("example"),
        *named,
        schema.get("example"),
        *_list(schema.get("examples")),
        parameter.get("default"),
        schema.get("default"),
        *_list(parameter.get("enum")),
        *_list(schema.get("enum")),
    ):
        if isinstance(one, bool):
            return str(one).lower()
        if isinstance(one, str | int | float) and one != "":
            return str(one)
    return None


def _follow(document: dict[str, Any], value: Any) -> dict[str, Any]:  # noqa: ANN401  (any JSON)
    """An object behind its references within the document; empty where they lead nowhere."""
    for _ in range(_REFERENCES):
        if not isinstance(value, dict):
            return {}
        reference = value.get("$ref")
        if not isinstance(reference, str):
            return value
        if not reference.startswith("#/"):
            return {}
        value = document
        for part in reference[2:].split("/"):
            value = value.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(value, dict) else None
    return {}


def _base(document: dict[str, Any]) -> str:
    """The path in front of all operations: ``basePath``, or that of the first server."""
    servers = _list(document.get("servers"))
    url = servers[0].get("url") if servers and isinstance(servers[0], dict) else document.get("basePath")
    if not isinstance(url, str) or "{" in url:
        return ""
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:
        return ""


def _list(value: Any) -> list[Any]:  # noqa: ANN401  (any JSON)
    """A list; empty where it is none."""
    return value if isinstance(value, list) else []
