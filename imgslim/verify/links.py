"""The links of an HTML page that lead to the same server: what a default run asks for next."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

#: The attributes whose value a browser fetches by itself or on a click; forms are left alone, they may change things.
_LINKS = {"a": "href", "link": "href", "script": "src", "img": "src", "iframe": "src", "source": "src"}


class _Links(HTMLParser):
    """Collects the values of the attributes above."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the tag's link."""
        wanted = _LINKS.get(tag)
        self.found += [value for name, value in attrs if name == wanted and value]


def links(page: str, path: str, authority: str) -> tuple[str, ...]:
    """The request targets that ``page``, found at ``path`` of the server ``authority``, links to; each once."""
    parser = _Links()
    parser.feed(page)
    return tuple(dict.fromkeys(target for link in parser.found if (target := local_target(link, path, authority))))


def local_target(link: str, path: str, authority: str) -> str:
    """Resolve ``link`` against ``path``; "" where it leads to another server or is no HTTP link."""
    base = f"http://{authority}{path}"
    try:
        parts = urlsplit(urljoin(base, link))
    except ValueError:
        return ""
    if parts.scheme != "http" or parts.netloc != authority:
        return ""
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
