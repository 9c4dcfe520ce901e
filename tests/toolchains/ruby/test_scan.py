"""Calls of Ruby files."""

from __future__ import annotations

import pytest

from imgslim.toolchains.ruby.scan import read_script


def _first(text: str) -> tuple[object, ...]:
    call = read_script("/srv/lib/a.rb", text).calls[0]
    return (call.receiver, call.name, *(a.words or (a.text, a.literal) if not a.keyed else ":" for a in call.arguments))


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ('system "a", b', ("", "system", ("a", True), (None, False))),
        ('system("a")', ("", "system", ("a", True))),
        ("system({'A' => '1'}, 'a', chdir: '/')", ("", "system", ":", ("a", True), ":")),
        ("Net::HTTP.get uri", ("Net::HTTP", "get", (None, False))),
        ("x.system 'a'", ("", "x")),
        ("IO.popen(%w[a b])", ("IO", "popen", ("a", "b"))),
        ('IO.popen(["a", "b"])', ("IO", "popen", ("a", "b"))),
        ('IO.popen(["a", b])', ("IO", "popen", ("a", ""))),
        ('IO.popen(["a#{b}", "c"])', ("IO", "popen", ("", "c"))),
        ('IO.popen([{"A" => "1"}, "b", {err: 1}])', ("IO", "popen", ("b",))),
        ("IO.popen(%W[a #{b} c])", ("IO", "popen", ("a", ""))),
        ("IO.popen(%W[a#{b} c])", ("IO", "popen", (None, False))),
        ('f "a" if b', ("", "f", ("a", True))),
        ('f "a" \\\n  "b"', ("", "f", ("ab", True))),
        ('f "a",\n  "b"', ("", "f", ("a", True), ("b", True))),
        ('f("a#{b}c")', ("", "f", ("a", False))),
        ('f(File.join(__dir__, "v"))', ("", "f", ("/srv/lib/v", True))),
        ('f File.expand_path("../v", __FILE__)', ("", "f", ("/srv/lib/v", True))),
        ('f File.expand_path("v", __dir__)', ("", "f", ("/srv/lib/v", True))),
        ('f(__dir__ + "/v")', ("", "f", ("/srv/lib/v", True))),
        ('f(base + "/v")', ("", "f", (None, False))),
        ("f :a, [b]", ("", "f", (":a", True), (None, False))),
        ("f", ("", "f")),
    ],
)
def test_a_call_has_its_arguments(text: str, call: tuple[object, ...]) -> None:
    """With parentheses or without, over lines, with literals put together."""
    assert _first(text) == call


def test_a_definition_is_no_call() -> None:
    """``def system`` starts nothing, nor does an assignment to that name."""
    assert [c.name for c in read_script("/a", "def system(x)\nend\nsystem = 1\n").calls] == ["x"]


def test_a_method_of_something_else_is_told_apart() -> None:
    """``client.system`` is not Kernel's."""
    found = read_script("/a", "client.system('x'); a&.exec 'y'").calls
    assert {(c.receiver, c.name) for c in found if c.name in ("system", "exec")} == {(".", "system"), (".", "exec")}


def test_constants_commands_and_literals() -> None:
    """Whole names of constants; the text of backticks; lines."""
    found = read_script("/a", "Net::HTTP::Get\n`ls #{x}`\n%x(date)\n'lit'\n")
    assert found.constants == {"Net::HTTP::Get": 1}
    assert found.commands == (("ls $_", False, 2), ("date", True, 3))
    assert found.literals == (("lit", 4),)
