"""``textDocument/hover``: the long text of the findings and assumptions at a place, and of reasons in a pragma."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lsprotocol import types

from imgslim.lsp.findings import place_of, touches
from imgslim.lsp.places import Places
from imgslim.reasons import all_reasons
from imgslim.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.lsp.analysis import Analysis
    from imgslim.lsp.client import Client

#: A name of a reason inside the brackets of a pragma.
_PRAGMA = re.compile(r"#[ \t]*imgslim:[ \t]*ignore\[(?P<names>[^\]\r\n]*)\]?")
_NAME = re.compile(r"[\w-]+")


def hover(analysis: Analysis, at: types.Position, client: Client) -> types.Hover | None:
    """What there is to explain at a position; None: nothing."""
    places = Places(analysis.document.text, client.encoding)
    offset = places.offset(at)
    cursor = Span(offset, offset)
    parts: dict[str, None] = {}
    span: Span | None = None
    for code, message, hint, where in (*_findings(analysis, places), *_names(analysis.document.text, places, offset)):
        if touches(where, cursor):
            parts[_explained(code, message, hint, markdown=client.markdown)] = None
            if span is None or (where.end - where.start) < (span.end - span.start):
                span = where
    if span is None:
        return None
    kind = types.MarkupKind.Markdown if client.markdown else types.MarkupKind.PlainText
    rule = "\n\n---\n\n" if client.markdown else "\n\n"
    return types.Hover(types.MarkupContent(kind, rule.join(parts)), places.range(span))


def _findings(analysis: Analysis, places: Places) -> Iterator[tuple[str, str, str, Span]]:
    for diagnostic in analysis.diagnostics:
        yield diagnostic.code, diagnostic.message, diagnostic.hint, place_of(diagnostic, places)


def _names(text: str, places: Places, offset: int) -> Iterator[tuple[str, str, str, Span]]:
    line = places.line(offset)
    pragma = _PRAGMA.search(text, line.start, line.end)
    for name in _NAME.finditer(text, *pragma.span("names")) if pragma is not None else ():
        if name.group() in all_reasons():
            yield name.group(), "", "", Span(*name.span())


def _explained(code: str, message: str, hint: str, *, markdown: bool) -> str:
    reason = all_reasons().get(code)
    kinds = f" ({', '.join(reason.kinds)})" if reason is not None else ""
    parts = [
        f"{f'**{code}**' if markdown else code}{kinds}",
        message,
        *((reason.summary, reason.text) if reason is not None else ()),
        hint,
    ]
    return "\n\n".join(part for part in parts if part)
