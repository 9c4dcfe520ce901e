"""``textDocument/codeAction`` and ``codeAction/resolve``: one action for each target that the file can be split for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from lsprotocol import types

from imgslim.diagnostics import title
from imgslim.lsp.edits import annotation_of, workspace_edit
from imgslim.lsp.findings import place_of, shown, touches
from imgslim.lsp.offers import offers
from imgslim.lsp.places import Places
from imgslim.model import Applicability, Declined
from imgslim.reasons import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.diagnostics import Diagnostic
    from imgslim.lsp.analysis import Analysis
    from imgslim.lsp.client import Client
    from imgslim.lsp.offers import Offer

KINDS = (types.CodeActionKind.QuickFix, types.CodeActionKind.RefactorRewrite)
#: The finding that a split settles.
_FINDING = "can-be-split"


class Data(TypedDict):
    """What an action carries from its listing to its resolution."""

    uri: str
    version: int
    #: As ``--target`` takes it.
    target: str


def actions(analysis: Analysis, params: types.CodeActionParams, client: Client) -> list[types.CodeAction]:
    """The actions for a place: as quick fixes where the finding stands, as refactorings in the rest of the file."""
    places = Places(analysis.document.text, client.encoding)
    here = places.span(params.range)
    there = [d for d in analysis.diagnostics if touches(place_of(d, places), here)]
    finding = next((d for d in there if d.code == _FINDING), None)
    only = params.context.only
    fixes = _allowed(types.CodeActionKind.QuickFix, only)
    made: list[types.CodeAction] = []
    if fixes:
        made += _fixes(analysis, there, places, client)
    if finding is not None and fixes:
        made += _splits(analysis, types.CodeActionKind.QuickFix, [shown(finding, places)], only, client)
    elif _allowed(types.CodeActionKind.RefactorRewrite, only):
        made += _splits(analysis, types.CodeActionKind.RefactorRewrite, None, only, client)
    return made


def resolved(
    analysis: Analysis, action: types.CodeAction, target: str, client: Client
) -> types.CodeAction | Declined | None:
    """The action with its edit, or why there is none after all; None where the target is not offered (any more)."""
    offer = next((o for o in offers(analysis) if o.name == target), None)
    if offer is None:
        return None
    action.edit = edit_of(analysis, offer, client)
    return action if action.edit is not None else offer.refusal


def edit_of(analysis: Analysis, offer: Offer, client: Client) -> types.WorkspaceEdit | None:
    """The edit that makes an offer's rewrite; None where it is refused."""
    outcome = offer.rewrite()
    if isinstance(outcome, Declined):
        return None
    annotation = annotation_of(outcome.plan, analysis.document.text, _title(offer))
    return workspace_edit(analysis.document, outcome.edits, client, annotation)


def _allowed(kind: types.CodeActionKind, only: object) -> bool:
    """Tell whether a request asks for a kind: by its own name or that of a kind above it (``refactor``)."""
    if not isinstance(only, list | tuple):
        return True
    asked = [str(getattr(o, "value", o)) for o in only]
    return any(not o or kind.value == o or kind.value.startswith(o + ".") for o in asked)


def _fixes(analysis: Analysis, there: list[Diagnostic], places: Places, client: Client) -> Iterator[types.CodeAction]:
    """The fixes of findings other than that the file can be split."""
    for diagnostic in there:
        for fix in diagnostic.fixes if diagnostic.code != _FINDING and diagnostic.kind is Kind.FINDING else ():
            annotation = types.ChangeAnnotation(fix.title, needs_confirmation=False)
            yield types.CodeAction(
                fix.title,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[shown(diagnostic, places)],
                is_preferred=fix.applicability is Applicability.SAFE,
                edit=workspace_edit(analysis.document, fix.edits, client, annotation),
            )


def _splits(
    analysis: Analysis, kind: types.CodeActionKind, diagnostics: list[types.Diagnostic] | None, only: object,
    client: Client,
) -> Iterator[types.CodeAction]:  # fmt: skip
    refusable = client.disabled and _allowed(types.CodeActionKind.RefactorRewrite, only)
    offered = offers(analysis)
    refusals = {(r.reason, r.message): r for r in (o.refusal for o in offered) if r is not None}
    if analysis.declined is not None and not offered:
        refusals = {(analysis.declined.reason, analysis.declined.message): analysis.declined}
    if len(refusals) == 1 and all(o.refusal is not None for o in offered):
        # No target helps: said once, not once for each.
        if refusable:
            yield from (_disabled("Split into builder + runtime stage", why) for why in refusals.values())
        return
    for offer in offered:
        edit = None if client.resolves else edit_of(analysis, offer, client)
        if offer.refusal is not None:
            if refusable:
                yield _disabled(_title(offer), offer.refusal)
            continue
        yield types.CodeAction(
            _title(offer),
            kind=kind,
            diagnostics=diagnostics,
            is_preferred=(offer.chosen and _applicability(offer) is Applicability.SAFE) or None,
            edit=edit,
            data=Data(uri=analysis.document.uri, version=analysis.document.version, target=offer.name),
        )


def _applicability(offer: Offer) -> Applicability | None:
    return None if isinstance(offer.answer, Declined) else offer.answer.applicability


def _title(offer: Offer) -> str:
    if isinstance(offer.answer, Declined):
        return f"Split into builder + {offer.reference}"
    shown = title(offer.answer)
    if not offer.answer.assumptions:
        return shown
    reasons = dict.fromkeys(a.reason for a in offer.answer.assumptions)
    return f"{shown} (unsafe: rests on {', '.join(reasons)})"


def _disabled(title: str, why: Declined) -> types.CodeAction:
    """An action that can't be taken: shown where refactorings are looked for, never as the fix of something."""
    hint = f" {why.hint}" if why.hint else ""
    return types.CodeAction(
        title,
        kind=types.CodeActionKind.RefactorRewrite,
        disabled=types.CodeActionDisabled(f"{why.message}{hint} [{why.reason}]"),
    )
