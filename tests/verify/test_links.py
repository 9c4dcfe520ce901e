"""Links that stay on the server are found, others are not."""

from __future__ import annotations

import pytest

from imgslim.verify.links import links, local_target

PAGE = """<!doctype html><link rel=stylesheet href="/main.css"><script src=app.js></script>
<a href="about?x=1#top">a</a> <a href="http://localhost/abs">b</a> <a href="https://example.org/">c</a>
<a href="mailto:x@example.org">d</a> <img src=""> <a href="/main.css">again</a> <a>no</a>
<form action="/delete" method="Post"><input name=id value=1></form><a href="http://[bad">e</a>"""


def test_links_of_a_page() -> None:
    """Each local target once, in order; forms that change things and other hosts are left alone."""
    assert links(PAGE, "/docs/", "localhost") == ("/main.css", "/docs/app.js", "/docs/about?x=1", "/abs")


FORM = """<form action="/find?old=1#x"><input name=q value="a b"><input type=hidden name=h value=1>
<input type=checkbox name=no><input type=checkbox name=yes checked><input type=radio name=r value=2 checked>
<input name=off value=1 disabled><input type=file name=f>
<select name=s><option value=x><option value=y selected></select>
<select name=t><option value=z></select><textarea name=m>
text</textarea><button name=go value=1>Go</button><button name=stop value=1>Stop</button><input value=nameless></form>
<form><input name=page></form><form method=dialog action=/never></form><input name=outside>"""


def test_forms_that_ask() -> None:
    """A form is sent as it stands: by GET alone, with the values that it comes with and the first button."""
    found = links(FORM, "/here?x=1", "localhost")
    assert found == ("/find?q=a+b&h=1&yes=on&r=2&s=y&t=z&m=text&go=1", "/here?page=")


def test_descriptions_that_pages_name() -> None:
    """ReDoc names its description in an attribute, Swagger UI in a script."""
    page = """<redoc spec-url="/a.json"></redoc><script>const ui = Bundle({ url: '/v1/openapi.json', dom: "#x" })
    load("api-docs/x.json", "text/openapi")</script>"openapi.json" in a text"""
    assert links(page, "/docs", "localhost") == ("/a.json", "/v1/openapi.json", "/api-docs/x.json")


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("/x", "/x"),
        ("../y", "/y"),
        ("http://localhost", "/"),
        ("http://other/", ""),
        ("", "/a/b"),
        ("ü b?ä=%20&c=[1]", "/a/%C3%BC%20b?%C3%A4=%20&c=[1]"),
        ("https://localhost/", ""),
    ],
)
def test_local_target(link: str, target: str) -> None:
    """A reference resolves as RFC 3986 says, and only within the server."""
    assert local_target(link, "/a/b", "localhost") == target
