"""``textDocument/codeAction`` and ``codeAction/resolve``: one action for each target that the file can be split for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from lsprotocol import types

from imgslim.lsp.analysis import offers
from imgslim.lsp.edits import annotation_of, workspace_edit
from imgslim.lsp.findings import place_of, shown, touches
from imgslim.lsp.places import Places
from imgslim.model import Applicability, Declined
from imgslim.reasons import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.diagnostics import Diagnostic
    from imgslim.lsp.analysis import Analysis, Offer
    from imgslim.lsp.client import Client

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


def resolved(analysis: Analysis, action: types.CodeAction, target: str, client: Client) -> types.CodeAction | None:
    """The action with its edit; None where the target is not offered for this text."""
    offer = next((o for o in offers(analysis) if o.name == target), None)
    if offer is None or isinstance(offer.outcome, Declined):
        return None
    action.edit = edit_of(analysis, offer, client)
    return action


def edit_of(analysis: Analysis, offer: Offer, client: Client) -> types.WorkspaceEdit | None:
    """The edit that makes an offer's rewrite; None where it is declined."""
    if isinstance(offer.outcome, Declined):
        return None
    text = analysis.document.text
    annotation = annotation_of(offer.outcome.plan, text, _title(offer))
    return workspace_edit(analysis.document, offer.outcome.edits, client, annotation)


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
    refusal = analysis.outcome if isinstance(analysis.outcome, Declined) else None
    offered = offers(analysis)
    whys = {(o.outcome.reason, o.outcome.message) if isinstance(o.outcome, Declined) else None for o in offered}
    if refusal is not None and (not offered or whys == {(refusal.reason, refusal.message)}):
        # No target helps: said once, not once for each.
        if refusable:
            yield _disabled("Split into builder + runtime stage", refusal)
        return
    for offer in offered:
        if isinstance(offer.outcome, Declined):
            if refusable:
                yield _disabled(_title(offer), offer.outcome)
            continue
        data = Data(uri=analysis.document.uri, version=analysis.document.version, target=offer.name)
        yield types.CodeAction(
            _title(offer),
            kind=kind,
            diagnostics=diagnostics,
            is_preferred=(offer.chosen and offer.outcome.plan.applicability is Applicability.SAFE) or None,
            edit=None if client.resolves else edit_of(analysis, offer, client),
            data=data,
        )


def _title(offer: Offer) -> str:
    title = f"Split into builder + {offer.reference}"
    if isinstance(offer.outcome, Declined) or not offer.outcome.plan.assumptions:
        return title
    reasons = dict.fromkeys(a.reason for a in offer.outcome.plan.assumptions)
    return f"{title} (unsafe: rests on {', '.join(reasons)})"


def _disabled(title: str, why: Declined) -> types.CodeAction:
    """An action that can't be taken: shown where refactorings are looked for, never as the fix of something."""
    hint = f" {why.hint}" if why.hint else ""
    return types.CodeAction(
        title,
        kind=types.CodeActionKind.RefactorRewrite,
        disabled=types.CodeActionDisabled(f"{why.message}{hint} [{why.reason}]"),
    )
