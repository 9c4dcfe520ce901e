"""What becomes of a module that an expression loads: ``require(…)`` and ``import(…)`` (nodejs.org/api/modules, esm)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imgslim.toolchains.node.lex import Token

#: What loads a module by the one word in its parentheses.
LOADERS = frozenset(("require", "import", "getBuiltinModule"))
#: Functions around ``require(…)`` that give the module itself (what tsc and Babel write).
_INTEROP = frozenset(
    "__importDefault __importStar _interopRequireDefault _interopRequireWildcard __toESM _interopDefault".split()
)
#: Members that stand for the module itself: ES modules wrap one in ``default``; fs has the same names in ``promises``.
_ITSELF = frozenset(("default", "promises"))
#: Tokens of a parameter list that are looked through for its end.
_NEAR = 40


def is_at(parts: Sequence[Token], at: int, text: str) -> bool:
    """Tell whether ``text`` stands at ``at``, and not in a string or a template."""
    return 0 <= at < len(parts) and parts[at].text == text and parts[at].kind in ("op", "word")


def loads(parts: Sequence[Token], at: int) -> bool:
    """Tell whether a module of a literal name is loaded at ``at``."""
    return (
        parts[at].text in LOADERS
        and parts[at].kind == "word"
        and is_at(parts, at + 1, "(")
        and at + 3 < len(parts)
        and parts[at + 2].kind in ("string", "template")
        and parts[at + 3].text in (")", ",")
    )


def member_of(member: str) -> str:
    """A member's name; "" where it stands for the module itself."""
    return "" if member in _ITSELF else member


def received(parts: Sequence[Token], at: int, declared: set[int]) -> dict[str, str] | None:
    """The names that get a module which is loaded at ``at``, each with the member that it stands for.

    ``a = require("m")``, ``{ b: c } = await import("m")``, ``this.d = require("m")`` (as ``this.d``),
    ``e = require("m").f``, ``import("m").then(({ g }) => …)``. Nothing where it is used at once, None where it goes
    another way: into an object, a list, an argument.
    """
    before, after = around(parts, at)
    member = ""
    if is_at(parts, after, ".") and after + 1 < len(parts):
        member = parts[after + 1].text
        if parts[at].text == "import" and member == "then" and is_at(parts, after + 2, "("):
            return _handled(parts, after + 3, declared)
        if is_at(parts, after + 2, "("):
            return {}
    elif is_at(parts, after, "("):
        return {}
    if before < 1 or not is_at(parts, before, "="):
        # of a member that is handed on, the mention itself is noted
        return {} if member else None
    target = parts[before - 1]
    if target.kind == "word":
        owner = parts[before - 3] if is_at(parts, before - 2, ".") else None
        if owner is not None and owner.text != "this":
            return {} if member else None
        return {target.text if owner is None else f"this.{target.text}": member_of(member)}
    if target.text != "}":
        return None
    return dict(_turned(pattern(parts, before - 1, declared)))


def _turned(pairs: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((local, name) for name, local in pairs)


def around(parts: Sequence[Token], at: int) -> tuple[int, int]:
    """What stands before and behind a load at ``at``: without ``await``, parentheses and what compilers put around."""
    before, after = at - (3 if is_at(parts, at - 1, ".") and is_at(parts, at - 2, "process") else 1), at + 4
    while before > 1 and is_at(parts, before, "(") and parts[before - 1].text in _INTEROP:
        while after < len(parts) and not is_at(parts, after - 1, ")"):
            after += 1
        before, after = before - 2, after + 1
    while before > 0 and is_at(parts, before, "await"):
        before -= 1
        if is_at(parts, before, "(") and is_at(parts, after, ")") and parts[before - 1].kind != "word":
            before, after = before - 1, after + 1
    return before, after


def _handled(parts: Sequence[Token], at: int, declared: set[int]) -> dict[str, str] | None:
    """The parameter of the function that is given to ``then``."""
    arrow = next((n for n in range(at, min(at + _NEAR, len(parts))) if is_at(parts, n, "=>")), None)
    if arrow is None:
        return None
    end = arrow - 2 if is_at(parts, arrow - 1, ")") else arrow - 1
    if parts[end].kind == "word":
        declared.add(parts[end].offset)
        return {parts[end].text: ""}
    return dict(_turned(pattern(parts, end, declared))) if parts[end].text == "}" else None


def pattern(parts: Sequence[Token], end: int, declared: set[int]) -> Iterator[tuple[str, str]]:
    """The names of a destructuring pattern that ends at ``end``: as the module calls them, and as the file does."""
    start = end
    while start and parts[start].text != "{":
        start -= 1
    for at in range(start + 1, end):
        declared.add(parts[at].offset)
        if parts[at].kind == "word" and parts[at - 1].text in ("{", ","):
            renamed = at + 2 < end and parts[at + 1].text == ":" and parts[at + 2].kind == "word"
            yield parts[at].text, parts[at + 2].text if renamed else parts[at].text
