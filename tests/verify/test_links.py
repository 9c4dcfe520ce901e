"""Links that stay on the server are found, others are not."""

from __future__ import annotations

import pytest

from imgslim.verify.links import links, local_target

PAGE = """<!doctype html><link rel=stylesheet href="/main.css"><script src=app.js></script>
<a href="about?x=1#top">a</a> <a href="http://localhost/abs">b</a> <a href="https://example.org/">c</a>
<a href="mailto:x@example.org">d</a> <img src=""> <a href="/main.css">again</a> <a>no</a>
<form action="/delete"></form><a href="http://[bad">e</a>"""


def test_links_of_a_page() -> None:
    """Each local target once, in order; forms and other hosts are left alone."""
    assert links(PAGE, "/docs/", "localhost") == ("/main.css", "/docs/app.js", "/docs/about?x=1", "/abs")


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("/x", "/x"),
        ("../y", "/y"),
        ("http://localhost", "/"),
        ("http://other/", ""),
        ("", "/a/b"),
        ("https://localhost/", ""),
    ],
)
def test_local_target(link: str, target: str) -> None:
    """A reference resolves as RFC 3986 says, and only within the server."""
    assert local_target(link, "/a/b", "localhost") == target
