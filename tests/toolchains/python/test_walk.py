"""The walk through a module: what libcst's own meets, in its order."""

from __future__ import annotations

import ast
import inspect
import json
import string
import typing

import libcst as cst
import pytest

import imgslim.model
from imgslim.meaning import effects
from imgslim.toolchains.gathered import Gathered
from imgslim.toolchains.python.needs import needs_of
from imgslim.toolchains.python.walk import Walk

#: What a walk passes by: no value is made of it.
_PASSED = (
    cst.BaseParenthesizableWhitespace, cst.EmptyLine, cst.TrailingWhitespace, cst.Newline, cst.Comment, cst.Comma,
    cst.Dot, cst.Colon, cst.Semicolon, cst.AssignEqual, cst.LeftParen, cst.RightParen, cst.LeftSquareBracket,
    cst.RightSquareBracket, cst.LeftCurlyBrace, cst.RightCurlyBrace, cst.BaseBinaryOp, cst.BaseBooleanOp,
    cst.BaseCompOp, cst.BaseAugOp, cst.BaseUnaryOp, cst.ImportStar, cst.Asynchronous,
    cst.ParenthesizedWhitespace, cst.BitOr,
)  # fmt: skip
_NEWER = """\
type Pair[T: int, *Ts, **P] = tuple[T, T]
def named[T](first, /, *rest: int, only: str = f"{first!r:>{width}}", **more) -> list[T]:
    global a, b
    try:
        pass
    except* (OSError, ValueError) as error:
        raise error from None
    match first:
        case {"a": [x, *others], **rest} if x is not None: pass
        case Point(x=0, y=-1) | (None, 2.5) | [1j]: pass
        case str() as text: pass
        case _: pass
    lambda x, *y, z=1: [*x, {**y}, {a: b for a, b in z if a if b}, {q async for q in z}, (w for w in x)]
    nonlocal c
    assert a, "b"
    del a[1:2:3, ...], b
    with (open("a") as f, g): yield from f
    while (n := 1) and not a or b < c <= d: break
    else: continue
    x: int = await (yield)
    x += "c" "d"
    return a if b else c
@decorated(1)
class Named[T](Base, metaclass=Meta): ...
"""


class _Own(Walk):
    def __init__(self) -> None:
        self.met: list[cst.CSTNode] = []

    def __getattr__(self, name: str) -> object:
        if name.startswith("visit_"):
            return self.met.append
        raise AttributeError(name)


class _Theirs(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.met: list[cst.CSTNode] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        self.met.append(node)
        return True


@pytest.mark.parametrize("module", [ast, inspect, json.decoder, string, typing, imgslim.model, effects, cst.helpers])
def test_sources_are_walked_as_libcst_walks_them(module: object) -> None:
    """Ordinary modules: every node that is not passed by, in the same order."""
    _same(inspect.getsource(module))  # type: ignore[arg-type]


def test_each_kind_of_statement_and_pattern_is_walked() -> None:
    """What ordinary modules have few of."""
    _same(_NEWER)


def _same(source: str) -> None:
    parsed = cst.parse_module(source)
    own, theirs = _Own(), _Theirs()
    own.walk(parsed)
    parsed.visit(theirs)
    assert [n for n in own.met if not isinstance(n, _PASSED)] == [n for n in theirs.met if not isinstance(n, _PASSED)]


def test_a_visitor_keeps_out_and_hears_of_the_end() -> None:
    """visit_X keeps out by False; leave_X comes behind what is inside, in either case."""

    class Names(Walk):
        def __init__(self) -> None:
            self.heard: list[str] = []

        def visit_ClassDef(self, node: cst.ClassDef) -> bool:  # noqa: N802
            self.heard.append(node.name.value)
            return node.name.value != "Closed"

        def leave_ClassDef(self, node: cst.ClassDef) -> None:  # noqa: N802
            self.heard.append(f"/{node.name.value}")

        def visit_Pass(self, _node: cst.Pass) -> None:  # noqa: N802
            self.heard.append("pass")

    names = Names()
    names.walk(cst.parse_module("class Open:\n    pass\nclass Closed:\n    pass\n"))
    assert names.heard == ["Open", "pass", "/Open", "Closed", "/Closed"]


def test_what_nests_deeper_than_python_calls_is_walked() -> None:
    """A sum of thousands nests as deep: the walk is no recursion."""
    own = _Own()
    own.walk(cst.parse_module("x = " + " + ".join(["a"] * 3_000)))
    assert sum(isinstance(node, cst.Name) for node in own.met) == 3_001


def test_a_kind_that_is_not_listed_is_walked_by_libcst() -> None:
    """As one of a later version of libcst would be."""
    own = _Own()
    own.walk(cst.Newline())
    assert len(own.met) == 1


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ('import os\nos.system("a")\n', 2),
        ('import os\n# os.system("a")\nif x:\n    os.system("a")\n', 4),
        ('import os\ndef f():\n    os.system(\n        "a",\n    )\n', 3),
        ('import os\n(\n    os.system("a"))\n', 3),
        ('import os\r\n\r\nos.system("a")\r\n', 3),
    ],
)
def test_a_call_is_told_with_its_line(source: str, line: int) -> None:
    """Be it found by its text, or by what libcst writes."""
    gathered = Gathered()
    needs_of("/app/a.py", source.encode(), "/app", gathered)
    assert {need.why for need in gathered.needs.values()} == {f"/app/a.py:{line} calls os.system"}
