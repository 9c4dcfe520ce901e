"""A change of a document as an edit of the protocol, in the best form that the client takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from imgslim.edits import Edit, apply
from imgslim.lsp.places import Places
from imgslim.text import LineIndex, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.lsp.client import Client
    from imgslim.lsp.documents import Document
    from imgslim.model import Plan

#: The name of the one annotation of an edit.
_ANNOTATION = "imgslim"


def workspace_edit(
    document: Document, edits: Iterable[Edit], client: Client, annotation: types.ChangeAnnotation
) -> types.WorkspaceEdit:
    """Edits of a document; they hold for this version of it alone where the client can be told so."""
    made = list(_text_edits(document.text, edits, client))
    if not client.document_changes:
        return types.WorkspaceEdit(changes={document.uri: made})
    identifier = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
    if not client.annotations:
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, made)])
    annotated = [types.AnnotatedTextEdit(_ANNOTATION, edit.range, edit.new_text) for edit in made]
    return types.WorkspaceEdit(
        document_changes=[types.TextDocumentEdit(identifier, annotated)],
        change_annotations={_ANNOTATION: annotation},
    )


def annotation_of(plan: Plan, text: str, title: str) -> types.ChangeAnnotation:
    """What the user is asked before a plan that rests on assumptions becomes an edit; a safe plan asks nothing."""
    if not plan.assumptions:
        return types.ChangeAnnotation(title, needs_confirmation=False)
    index = LineIndex(text)
    rests = (
        (f"line {index.line(one.span.start) + 1}: " if one.span is not None else "") + f"{one.message} [{one.reason}]"
        for one in plan.assumptions
    )
    return types.ChangeAnnotation(title, needs_confirmation=True, description="It rests on: " + "; ".join(rests))


def _text_edits(text: str, edits: Iterable[Edit], client: Client) -> Iterator[types.TextEdit]:
    if "\r" in text.replace("\r\n", ""):
        # A CR that ends no line for us may end one for the client: then only the whole text is surely the same place.
        end = types.Position(text.count("\n") + text.count("\r") + 1, 0)
        yield types.TextEdit(types.Range(types.Position(0, 0), end), apply(text, edits))
        return
    places = Places(text, client.encoding)
    for edit in separated(text, edits):
        yield types.TextEdit(places.range(edit.span), edit.new)


def separated(text: str, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The same change in edits that don't touch each other and leave out what stays: clients differ in such cases."""
    joined: list[Edit] = []
    for edit in sorted(edits, key=lambda e: (e.span.start, e.span.end)):
        if joined and edit.span.start <= joined[-1].span.end:
            last = joined.pop()
            joined.append(Edit(Span(last.span.start, edit.span.end), last.new + edit.new))
        else:
            joined.append(edit)
    trimmed = (_trimmed(text, edit) for edit in joined)
    return tuple(edit for edit in trimmed if edit.new or edit.span.start < edit.span.end)


def _trimmed(text: str, edit: Edit) -> Edit:
    """Leave out what old and new text have in common, first at the end: some clients end a buffer before its last LF.

    A CR LF stays whole.
    """
    old, new = edit.span.of(text), edit.new
    tail = _common(old[::-1], new[::-1])
    if old[len(old) - tail :].startswith("\n") and "\r" in (old[-tail - 1 : -tail], new[-tail - 1 : -tail]):
        tail -= 1
    old, new = old[: len(old) - tail], new[: len(new) - tail]
    head = _common(old, new)
    if old[:head].endswith("\r"):
        head -= 1
    return Edit(Span(edit.span.start + head, edit.span.end - tail), new[head:])


def _common(one: str, other: str) -> int:
    """The length of what both begin with."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
