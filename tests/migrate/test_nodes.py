"""YAML and HCL are read as the tools read them, within bounds."""

from __future__ import annotations

import pytest

from imgslim.migrate.hcl import parse_hcl
from imgslim.migrate.nodes import DEPTH, literal, parse_yaml, scalars
from imgslim.migrate.root import Refused


def _text(source: str, *names: str) -> str | None:
    node = parse_yaml(source.encode()).get(*names)
    return node.text if node is not None else None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"), ('"1.10"', "1.10"), ("1.10", "1.1"), ("12", "12"), ("True", "true"), ("~", None),
        ("", None), ("'~'", "~"), ("-1", "-1"),
    ],
)  # fmt: skip
def test_scalars_are_what_compose_writes(value: str, text: str | None) -> None:
    """Numbers and booleans lose their spelling, quoted texts keep it."""
    assert _text(f"a: {value}\n", "a") == text


@pytest.mark.parametrize("value", ["0x10", "1_000", "010", "1e3", ".5", "0o7"])
def test_other_numbers_are_not_literal(value: str) -> None:
    """Which text they become is nothing to guess."""
    assert literal(parse_yaml(f"a: {value}\n".encode()).get("a")) is None


def test_variables_are_not_literal() -> None:
    """A dollar sign is written twice."""
    assert literal(parse_yaml(b"a: $X\n").get("a")) is None
    assert literal(parse_yaml(b"a: x${X:-y}\n").get("a")) is None
    assert literal(parse_yaml(b"a: $$X\n").get("a")) == "$X"


def test_lines_and_blocks() -> None:
    """A block scalar's line is that of its first line."""
    tree = parse_yaml(b"a:\n  b: |\n    one\n    two\n  c: [x, y]\n")
    block, items = tree.get("a", "b"), tree.get("a", "c")
    assert block is not None
    assert (block.line, block.text) == (3, "one\ntwo\n")
    assert [(node.line, node.text) for node in scalars(items)] == [(5, "x"), (5, "y")]


def test_merge_keys() -> None:
    """What stands in the mapping wins over what it merges, the first merged over the second."""
    text = "x: &x {a: 1, b: 1, c: 1}\ny: &y {b: 2, c: 2, d: 2}\nz:\n  <<: [*x, *y]\n  c: 3\n"
    node = parse_yaml(text.encode()).get("z")
    assert node is not None
    assert {name: value.text for name, value in node.mapping().items()} == {"a": "1", "b": "1", "c": "3", "d": "2"}


def test_a_mapping_that_merges_itself() -> None:
    """It ends."""
    node = parse_yaml(b"z: &z\n  <<: *z\n  c: 3\n").get("z")
    assert node is not None
    assert list(node.mapping()) == ["c"]


def test_only_the_first_document() -> None:
    """As compose takes it."""
    assert _text("a: 1\n---\na: 2\n", "a") == "1"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (b"a: *b\n", "is no anchor"),
        (b"a: [\n", "no YAML: line"),
        (b"\xff\xfe", "not UTF-8"),
        (b"? [a, b]\n: c\n", "a collection as a key"),
        (b"[" * (DEPTH + 5), "levels|nesting"),
        (b"[" * 200_000, "levels|nesting"),
        (b"- \n" * 210_000, "nodes"),
    ],
)
def test_refused(source: bytes, why: str) -> None:
    """With the reason, and without a crash."""
    with pytest.raises(Refused, match=why):
        parse_yaml(source)


def test_aliases_that_explode() -> None:
    """Merging them, or listing what they stand for, ends at a bound."""
    lines = ["a0: &a0 {" + ", ".join(f"k{i}: 1" for i in range(1000)) + "}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 100)}]}}" for n in range(1, 10)]
    tree = parse_yaml("\n".join(lines).encode())
    with pytest.raises(Refused, match="too many nodes"):
        _ = tree.get("a9", "k1")
    items = ", ".join(["*l"] * 1000)
    tree = parse_yaml(f"l: &l [{', '.join(['x'] * 1000)}]\nm: [{items}]\n".encode())
    outer = tree.get("m")
    assert outer is not None
    with pytest.raises(Refused, match="too many nodes"):
        _ = [len(inner.list()) for inner in outer.list()]


def test_hcl() -> None:
    """Literals as they are, everything else as not literal, lines kept."""
    tree = parse_hcl(
        b'variable "TAG" { default = "1" }\ntarget "api" {\n  context = "a\\"b"\n  target = null\n  no-cache = true\n'
        b'  tags = ["x:${TAG}", "y", upper("z")]\n  args = { A = TAG, "B" = "b", C: 1 }\n  price = "a$b"\n}\n'
    )
    api = tree.get("target", "api")
    assert api is not None
    assert api.line == 2
    assert literal(api.get("context")) == 'a"b'
    assert literal(api.get("target")) is None
    assert literal(api.get("no-cache")) == "true"
    assert literal(api.get("price")) == "a$b"
    assert [literal(node) for node in scalars(api.get("tags"))] == [None, "y", None]
    args = api.get("args")
    assert args is not None
    assert {name: literal(node) for name, node in args.mapping().items()} == {"A": None, "B": "b", "C": "1"}


def test_hcl_blocks_of_one_name() -> None:
    """They are one node, whatever made it first: a block, an attribute, or an entry of an attribute's value."""
    tree = parse_hcl(
        b'a {\n  x = 1\n  y = { k = 2 }\n}\na {\n  x = 3\n}\na "x" {\n  z = 1\n}\n'
        b'a "y" "k" {\n  q = 2\n}\na "y" "k" {\n  r = "$${x}"\n}\n'
    )
    outer = tree.get("a")
    assert outer is not None
    assert [(name, node.line, node.text) for name, node in outer.entries or ()] == [
        ("x", 2, "1"), ("y", 3, None), ("x", 6, "3"),
    ]  # fmt: skip
    first = dict(reversed(outer.entries or ()))["x"]
    assert [name for name, _ in first.entries or ()] == ["z"]
    inner = tree.get("a", "y", "k")
    assert inner is not None
    assert [(name, node.text) for name, node in inner.entries or ()] == [("q", "2"), ("r", "$${x}")]


@pytest.mark.parametrize("source", [b'target "a" {', b"]]]", b'target "a" { x = ' + b"[" * 500 + b"]" * 500 + b"\n}\n"])
def test_hcl_that_is_refused(source: bytes) -> None:
    """With the reason."""
    with pytest.raises(Refused):
        parse_hcl(source)
