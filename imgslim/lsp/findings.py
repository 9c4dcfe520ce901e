"""Diagnostics of the protocol, and where a finding stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from imgslim.lsp.places import Places
from imgslim.reasons import Kind

if TYPE_CHECKING:
    from imgslim.diagnostics import Diagnostic
    from imgslim.lsp.analysis import Analysis
    from imgslim.lsp.client import Client
    from imgslim.text import Span

SOURCE = "imgslim"
#: A refusal or an assumption asks for nothing: it is there for who looks. What is unchanged is not worth a mark.
_SEVERITIES = {
    Kind.ERROR: types.DiagnosticSeverity.Error,
    Kind.FINDING: types.DiagnosticSeverity.Information,
    Kind.ASSUMPTION: types.DiagnosticSeverity.Hint,
    Kind.DECLINED: types.DiagnosticSeverity.Hint,
}


def published(analysis: Analysis, client: Client) -> types.PublishDiagnosticsParams:
    """What the client is told about one version of a document."""
    places = Places(analysis.document.text, client.encoding)
    found = [shown(d, places) for d in analysis.diagnostics if d.kind in _SEVERITIES]
    return types.PublishDiagnosticsParams(analysis.document.uri, found, analysis.document.version)


def shown(diagnostic: Diagnostic, places: Places) -> types.Diagnostic:
    """One finding."""
    hint = f"\n{diagnostic.hint}" if diagnostic.hint else ""
    return types.Diagnostic(
        places.range(place_of(diagnostic, places)),
        diagnostic.message + hint,
        severity=_SEVERITIES[diagnostic.kind],
        code=diagnostic.code,
        source=SOURCE,
    )


def place_of(diagnostic: Diagnostic, places: Places) -> Span:
    """Where a finding stands: the first line where it is about the whole file."""
    return diagnostic.span if diagnostic.span is not None else places.line(0)


def touches(span: Span, other: Span) -> bool:
    """Tell whether two spans share a character or meet; a cursor is an empty span."""
    return span.start <= other.end and other.start <= span.end
