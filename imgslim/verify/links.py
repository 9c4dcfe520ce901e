"""What an HTML page leads to on the same server: links, and forms that only ask. A default run asks for it next."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urljoin, urlsplit

from imgslim.records import dataclass, field
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: The attributes whose value a browser fetches by itself or on a click.
_LINKS = {"a": "href", "link": "href", "script": "src", "img": "src", "iframe": "src", "source": "src"}
#: Pages that show a description of an interface name it in an attribute (ReDoc, RapiDoc) or in a script (Swagger UI).
_DESCRIPTIONS = frozenset({"spec-url", "data-spec-url", "data-url"})
_IN_SCRIPT = regex(r"""["']([^"'\s<>]*(?:openapi|swagger|api-docs)[^"'\s<>]*(?:\.json|api-docs[^"'\s<>.]*))["']""")
#: Kinds of <input> that are not sent, or only when they are clicked (HTML, "constructing the entry list").
_UNSENT = frozenset({"button", "image", "reset", "file"})
#: What stays as it is in a path or query (RFC 3986, 3.3 and 3.4).
_SAFE = "/%:@!$&'()*+,;=~?-._[]|"
_CHECKED = frozenset({"checkbox", "radio"})


@dataclass(slots=True)
class _Form:
    """A form while it is read."""

    action: str
    #: False where it may change things: such a form is never sent.
    only_asks: bool
    fields: list[tuple[str, str]] = field(default_factory=list)
    #: True once a button that sends it was seen: the first is the one that Enter presses.
    has_button: bool = False

    def query(self) -> str:
        """What a browser asks for when the form is sent as it stands."""
        return f"{self.action.partition('#')[0].partition('?')[0]}?{urlencode(self.fields)}"


class _Page(HTMLParser):
    """Collects links, forms and descriptions, in the order of the page."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.found: list[str] = []
        self._form: _Form | None = None
        #: The <select> that is open: its name, its first option, the one selected.
        self._select: tuple[str, str | None, str | None] | None = None
        self._text: tuple[str, list[str]] | None = None
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the tag's link, or its part of a form."""
        given = {name: value or "" for name, value in attrs}
        wanted = _LINKS.get(tag)
        self.found += [value for name, value in given.items() if value and (name == wanted or name in _DESCRIPTIONS)]
        self._in_script = tag == "script"
        match tag:
            case "form":
                only_asks = given.get("method", "get").strip().lower() in {"get", ""}
                self._form = _Form(given.get("action", ""), only_asks)
            case "input" | "button":
                self._control(tag, given)
            case "select" if given.get("name") and "disabled" not in given:
                self._select = given["name"], None, None
            case "option" if self._select is not None:
                name, first, chosen = self._select
                value = given.get("value", "")
                self._select = name, value if first is None else first, value if "selected" in given else chosen
            case "textarea" if given.get("name") and "disabled" not in given:
                self._text = given["name"], []

    def handle_endtag(self, tag: str) -> None:
        """Finish a form or a part of it."""
        self._in_script = False
        form = self._form
        match tag:
            case "form" if form is not None:
                if form.only_asks:
                    self.found.append(form.query())
                self._form = None
            case "select" if self._select is not None:
                name, first, chosen = self._select
                if form is not None and first is not None:
                    form.fields.append((name, chosen if chosen is not None else first))
                self._select = None
            case "textarea" if self._text is not None:
                if form is not None:
                    form.fields.append((self._text[0], "".join(self._text[1]).removeprefix("\n")))
                self._text = None

    def handle_data(self, data: str) -> None:
        """Take a text field's content, and descriptions that a script names."""
        if self._text is not None:
            self._text[1].append(data)
        elif self._in_script:
            self.found += _IN_SCRIPT.findall(data)

    def _control(self, tag: str, given: Mapping[str, str]) -> None:
        """Add an <input>, or the button that sends the form."""
        form, kind = self._form, given.get("type", "submit" if tag == "button" else "text").lower()
        if form is None or "disabled" in given or kind in _UNSENT:
            return
        if kind == "submit":
            if form.has_button:
                return
            form.has_button = True
        if given.get("name") and (kind not in _CHECKED or "checked" in given):
            form.fields.append((given["name"], given.get("value", "on" if kind in _CHECKED else "")))


def links(page: str, path: str, authority: str) -> tuple[str, ...]:
    """The request targets that ``page``, found at ``path`` of the server ``authority``, leads to; each once.

    Forms are there with the values that they come with, those alone that are sent with GET.
    """
    parser = _Page()
    parser.feed(page)
    return tuple(dict.fromkeys(_targets(parser.found, path, authority)))


def _targets(found: list[str], path: str, authority: str) -> Iterator[str]:
    """Those on the same server. A query alone replaces the page's own (RFC 3986, 5.2.2)."""
    for link in found:
        if target := local_target(link, path, authority):
            yield target


def local_target(link: str, path: str, authority: str) -> str:
    """Resolve ``link`` against ``path``; "" where it leads to another server or is no HTTP link."""
    base = f"http://{authority}{path}"
    try:
        parts = urlsplit(urljoin(base, link))
    except ValueError:
        return ""
    if parts.scheme != "http" or parts.netloc != authority:
        return ""
    # As a browser sends it: what may not stand in a request line is escaped, and what is escaped already stays.
    query = f"?{quote(parts.query, safe=_SAFE)}" if parts.query else ""
    return quote(parts.path or "/", safe=_SAFE) + query
