"""Every reason that the code gives has its text, and every text a place that gives it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from imgslim.model import NeedKind
from imgslim.reasons import Kind, all_reasons
from imgslim.verify.verdict import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[1] / "imgslim"
KINDS = {
    "Declined": Kind.DECLINED,
    "Unchanged": Kind.UNCHANGED,
    "Assumption": Kind.ASSUMPTION,
    "InputError": Kind.ERROR,
    "UsageError": Kind.ERROR,
    "EngineOrSystemError": Kind.ERROR,
}


@cache
def _trees() -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py")))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


@cache
def _nodes() -> tuple[ast.AST, ...]:
    """Every call, text and function of the package; walking all of it takes long."""
    kinds = (ast.Call, ast.Constant, ast.JoinedStr, ast.FunctionDef)
    return tuple(node for tree in _trees() for node in ast.walk(tree) if isinstance(node, kinds))


def _calls() -> Iterator[ast.Call]:
    yield from (node for node in _nodes() if isinstance(node, ast.Call))


def _given() -> Iterator[tuple[str, Kind]]:
    """``(code, kind)`` of every refusal, assumption and error that is made with a literal name."""
    for call in _calls():
        kind = KINDS.get(_name(call.func))
        if kind is not None and call.args and isinstance(call.args[0], ast.Constant):
            yield str(call.args[0].value), kind


def _mentioned() -> set[str]:
    """Every string of the package; names put together from the kind of a need are spelled out."""
    found: set[str] = set()
    for node in _nodes():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
            if node.value.endswith("[can-be-split]"):
                found.add("can-be-split")
        elif isinstance(node, ast.JoinedStr) and _ends_unproven(node):
            found |= {f"{kind}-unproven" for kind in NeedKind}
    return found


def _ends_unproven(node: ast.JoinedStr) -> bool:
    """Tell whether it is ``{kind}-unproven``; to write each text of the package out again takes seconds."""
    last = node.values[-1] if node.values else None
    found = isinstance(last, ast.Constant) and last.value == "-unproven"
    return found and ast.unparse(node) in ("f'{kind}-unproven'", "f'{need.kind}-unproven'", "f'{thing.kind}-unproven'")


def _through_helpers() -> Iterator[str]:
    """Literal names handed to a function of the package by its parameter ``reason`` or ``code``."""
    places: dict[str, int] = {}
    for node in _nodes():
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("__"):
            names = [a.arg for a in node.args.args if a.arg not in ("self", "cls")]
            for name in {"reason", "code"} & set(names):
                places[node.name] = names.index(name)
    for call in _calls():
        at = places.get(_name(call.func))
        if at is not None and len(call.args) > at and isinstance(call.args[at], ast.Constant):
            yield str(call.args[at].value)  # type: ignore[attr-defined]


def test_every_reason_that_is_given_has_a_text_of_its_kind() -> None:
    """``imgslim explain`` knows whatever a message shows in brackets."""
    reasons = all_reasons()
    given = set(_given()) | {(status.value, Kind.VERDICT) for status in Status if status is not Status.HOLDS}
    assert len(given) > 50
    lacking = {(code, kind.value) for code, kind in given if code not in reasons or kind not in reasons[code].kinds}
    assert lacking == set()
    helped = set(_through_helpers())
    assert "commands-unproven" in helped
    assert helped - set(reasons) == set()


def test_every_text_has_a_place_that_gives_it() -> None:
    """A reason that nothing gives any more leaves the registry, too; the kinds are those that occur."""
    reasons = all_reasons()
    statuses = {status.value for status in Status}
    assert set(reasons) - _mentioned() - statuses == set()
    kinds = {(code, kind) for code, kind in _given()}
    codes = {code for code, _ in kinds}
    unused = {
        (r.code, kind) for r in reasons.values() for kind in r.kinds if r.code in codes and (r.code, kind) not in kinds
    }
    assert unused == set()


def test_texts_are_sentences() -> None:
    """A summary is one line with a full stop; a text says more than the summary."""
    for reason in all_reasons().values():
        assert "\n" not in reason.summary
        assert reason.summary.endswith(".")
        assert reason.text.strip().endswith((".", "!"))
        assert reason.text != reason.summary
        assert reason.code == reason.code.lower().replace("_", "-").replace(" ", "-")
