"""Descriptions of an interface and links in data lead to more of a server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgslim.verify.described import leads
from imgslim.verify.exchange import Answer
from imgslim.verify.explore import MOST_PAGES, NO_SUCH_PAGE, explore, files_of

if TYPE_CHECKING:
    from pathlib import Path

OPENAPI = {
    "openapi": "3.0.1",
    "servers": [{"url": "http://localhost/api/"}],
    "components": {
        "parameters": {
            "Id": {"name": "id", "in": "path", "required": True, "schema": {"$ref": "#/components/schemas/I"}}
        },
        "schemas": {"I": {"type": "integer", "example": 7}},
    },
    "paths": {
        "/plain": {"get": {}, "delete": {}},
        "/made": {"post": {}},
        "/item/{id}": {"parameters": [{"$ref": "#/components/parameters/Id"}], "get": {}},
        "/open/{id}": {"get": {"parameters": [{"name": "id", "in": "path", "required": True, "schema": {}}]}},
        "/find": {
            "get": {
                "parameters": [
                    {"name": "q", "in": "query", "required": True, "examples": {"one": {"value": "a b"}}},
                    {"name": "all", "in": "query", "required": True, "schema": {"default": False}},
                    {"name": "page", "in": "query", "schema": {"default": 1}},
                ]
            }
        },
        "/keyed": {"get": {"parameters": [{"name": "X", "in": "header", "required": True, "example": "k"}]}},
        "/bare/{x}": {"get": {}},
        "/circle/{c}": {"get": {"parameters": [{"$ref": "#/paths/~1circle~1{c}/get/parameters/0"}]}},
        "odd": {"get": {}},
        "/null": None,
    },
}
SWAGGER = {
    "swagger": "2.0",
    "basePath": "/v1",
    "paths": {
        "/kinds/{k}": {"get": {"parameters": [{"name": "k", "in": "path", "required": True, "enum": ["x/y", "z"]}]}},
        "/two/{k}": {
            "parameters": [{"name": "k", "in": "path", "required": True, "type": "string"}],
            "get": {"parameters": [{"name": "k", "in": "path", "required": True, "default": 2}]},
        },
    },
}


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (OPENAPI, ["/api/plain", "/api/item/7", "/api/find?q=a+b&all=false"]),
        (SWAGGER, ["/v1/kinds/x%2Fy", "/v1/two/2"]),
        ({"openapi": "3", "servers": [{"url": "{scheme}://x"}], "paths": {"/a": {"get": {}}}}, ["/a"]),
    ],
)
def test_operations(document: object, found: list[str]) -> None:
    """Only GET, only where no required value must be invented, below the server's base."""
    assert list(leads(json.dumps(document))) == found


def test_links_in_data() -> None:
    """Links by their names; other strings that begin with a slash are no links."""
    data = {
        "_links": {"self": {"href": "/a"}, "next": "/b"},
        "items": [{"url": "/c", "path": "/etc/passwd"}, {"users_url": "http://localhost/d"}],
        "url": "mailto:x",
    }
    assert list(leads(json.dumps(data))) == ["/a", "/b", "/c", "http://localhost/d"]


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(
                    ["openapi", "paths", "get", "parameters", "$ref", "/a", "schema", "href", "servers", "name", "in"]
                ),
                x,
            )
        ),
    )
)
def test_whatever_it_holds(document: object) -> None:
    """No document breaks the reader."""
    list(leads(json.dumps(document)))
    if isinstance(document, dict):
        list(leads(json.dumps({"openapi": "3", "paths": {"/a": document}})))


def test_no_json() -> None:
    """What is cut or deep is left alone."""
    assert list(leads('{"openapi": "3')) == []
    assert list(leads("[" * 100_000)) == []


def test_exploring_follows_answers_breadth_first() -> None:
    """Start page, usual places, what they lead to, then the page that does not exist."""
    html, data = (("content-type", "text/html"),), (("content-type", "application/json; charset=utf-8"),)
    site = {
        "/": Answer(200, html, '<a href="/a">'),
        "/openapi.json": Answer(200, data, '{"openapi":"3","paths":{"/op":{"get":{}}}}'),
        "/swagger.json": Answer(404, data, '{"href": "/an-error"}'),
        "/op": Answer(200, data, '{"next": "/more", "first": "http://elsewhere/"}'),
    }
    asked = [path for path, _ in explore(lambda path: site.get(path, Answer(404, (), "")))]
    assert asked == ["/", "/openapi.json", "/swagger.json", "/v3/api-docs", "/a", "/op", "/more", NO_SUCH_PAGE]


def test_exploring_ends() -> None:
    """A site without an end is bounded."""
    html = (("content-type", "text/html"),)
    asked = [path for path, _ in explore(lambda path: Answer(200, html, f'<a href="{path}x"><a href="{path}y">'))]
    assert len(asked) == len(set(asked)) == MOST_PAGES


def test_files_of_the_context_are_asked_for(tmp_path: Path) -> None:
    """A server may give out the folder that it starts in; hidden files, links and the Dockerfile are left alone."""
    for name in ("b.txt", "a b.md", ".env", "Dockerfile", "Dockerfile.dev", "site/index.html", "site/z.css", ".git/x"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to("b.txt")
    assert files_of(tmp_path) == ("/a%20b.md", "/b.txt", "/site/index.html")
    assert not files_of(tmp_path / "none")
    asked = [path for path, _ in explore(lambda _: Answer(404, (), ""), files_of(tmp_path))]
    assert {"/b.txt", "/site/index.html"} <= set(asked)
    assert asked[0] == "/"
    assert asked[-1] == NO_SUCH_PAGE
