"""Tokens of JavaScript."""

from __future__ import annotations

import time

import pytest

from imgslim.toolchains.node.lex import tokens


def _kinds(text: str) -> list[tuple[str, str]]:
    return [(t.kind, t.text) for t in tokens(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a / b / c", [("word", "a"), ("op", "/"), ("word", "b"), ("op", "/"), ("word", "c")]),
        ("x = /['\"]/g", [("word", "x"), ("op", "="), ("regex", "/['\"]/g")]),
        ("return /a[/]b/.test(s)", [("word", "return"), ("regex", "/a[/]b/"), ("op", "."), ("word", "test")]),
        ("if (x) /a'/.test(y)", [("word", "if"), ("op", "("), ("word", "x"), ("op", ")"), ("regex", "/a'/")]),
        ("(x) / 2 / y", [("op", "("), ("word", "x"), ("op", ")"), ("op", "/"), ("number", "2"), ("op", "/")]),
        ("} /a'b/", [("op", "}"), ("op", "/"), ("word", "a")]),
        ("{ } /a'b/", [("op", "{"), ("op", "}"), ("regex", "/a'b/")]),
        ("x = { } / 2", [("word", "x"), ("op", "="), ("op", "{"), ("op", "}"), ("op", "/"), ("number", "2")]),
        ("#!/usr/bin/env node\n1", [("number", "1")]),
        ("a // don't\n/* ` */ b", [("word", "a"), ("word", "b")]),
        ("'a\\'b' \"\\x41\\u0042\\u{43}\\\nD\"", [("string", "a'b"), ("string", "ABCD")]),
        ("`plain`", [("template", "plain")]),
        ("'open\nx", [("string", "open"), ("word", "x")]),
        ("a?.b ?? c => ...d", [("word", "a"), ("op", "?."), ("word", "b"), ("op", "??"), ("word", "c"), ("op", "=>")]),
    ],
)
def test_tokens(text: str, found: list[tuple[str, str]]) -> None:
    """A slash divides or begins an expression by what stands before it; comments are left out."""
    assert _kinds(text)[: len(found)] == found


def test_templates_are_sums() -> None:
    """Expressions in a template are read, nested ones too."""
    text = " ".join(t for _, t in _kinds("`a${b + `c${d}e`}f` / 2"))
    assert text == "( a +( b + ( c +( d )+ e ) )+ f ) / 2".replace("+(", "+ (").replace(")+", ") +")


@pytest.mark.parametrize(
    "text", ["`" * 30_000, "${" * 30_000, "`${" * 20_000, "/" * 30_000, "'\\" * 20_000, "(" * 50_000, "=/a[" * 2_000]
)
def test_linear(text: str) -> None:
    """No text takes long."""
    start = time.process_time()
    list(tokens(text))
    assert time.process_time() - start < 2
