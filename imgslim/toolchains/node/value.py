"""The value of an expression that is a text or a path: literals, sums, and what node's own path functions make."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imgslim.toolchains.node.lex import Token
    from imgslim.toolchains.node.names import Names

#: Tokens that one argument list is read for at most: a handler written inside a call is no literal.
_LIMIT = 600
#: Words that begin a new statement where no semicolon ends the one before (automatic semicolon insertion).
_STATEMENTS = frozenset("const let var function class return if for while import export throw try switch".split())


@dataclass(frozen=True, slots=True)
class Path:
    """A text, or the path of a file."""

    text: str
    #: True where it lies in the folder of the file that says so (``__dirname``), else it is as written.
    here: bool = False


#: The program that runs the file: ``process.execPath``.
SELF = Path("/proc/self/exe")


def group(parts: Sequence[Token], at: int, stops: str = ")") -> Iterator[tuple[Token, ...]]:
    """The expressions from ``at`` on that commas part, up to the bracket that closes them or a sign of ``stops``."""
    depth = 0
    current: list[Token] = []
    for token in parts[at : at + _LIMIT]:
        sign = token.text if token.kind == "op" else ""
        if depth == 0 and sign and sign in ",)]}" + stops:
            if current:
                yield tuple(current)
            current = []
            if sign != ",":
                return
            continue
        if depth == 0 and current and token.kind == "word" and token.text in _STATEMENTS and stops == ";":
            break
        depth += (sign in ("(", "[", "{")) - (sign in (")", "]", "}"))
        current.append(token)
    if current:
        yield tuple(current)


def evaluate(parts: Sequence[Token], names: Names, known: Mapping[str, Path]) -> Path | None:
    """The value of an expression; None where it is computed otherwise."""
    parts = _bare(parts)
    if not parts:
        return None
    for sign in ("||", "??"):
        # What stands behind is taken where nothing is set: as the image is, unless a run sets it.
        choices = _split(parts, sign)
        if len(choices) > 1:
            return evaluate(choices[-1], names, known) if _is_setting(choices[0]) else None
    terms = _split(parts, "+")
    if len(terms) > 1:
        return _sum([evaluate(term, names, known) for term in terms])
    if len(parts) == 1:
        return _single(parts[0], names, known)
    if (place := _place(parts)) in known:
        return known[str(place)]
    return _call(parts, names, known)


def _place(parts: Sequence[Token]) -> str | None:
    """How a value of a constant list or object is noted: ``A[0]``, ``B.c``; None for any other expression."""
    match [(t.kind, t.text) for t in parts]:
        case [("word", name), ("op", "["), ("number", key), ("op", "]")]:
            return f"{name}[{key}]"
        case [("word", name), ("op", "["), ("string", key), ("op", "]")] | [("word", name), ("op", "."), ("word", key)]:
            return f"{name}.{key}"
        case _:
            return None


def held(name: str, parts: Sequence[Token], names: Names, known: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    """The values in the list or object ``name`` that can be told: as :func:`evaluate` asks for them."""
    if len(parts) < 2 or parts[0].kind != "op" or parts[0].text not in ("[", "{"):  # noqa: PLR2004 (both brackets)
        return
    is_list = parts[0].text == "["
    for at, one in enumerate(group(parts, 1)):
        if one[0].text == "...":
            return
        key, rest = (f"[{at}]", one) if is_list else (f".{one[0].text}", one[2:])
        if (is_list or (len(one) > 2 and one[1].text == ":")) and (value := evaluate(rest, names, known)) is not None:  # noqa: PLR2004
            yield name + key, value


def sketch(parts: Sequence[Token], names: Names, known: Mapping[str, Path]) -> str:
    """A sum's text with a shell's variable for each part that is computed; "" for any other expression."""
    terms = _split(_bare(parts), "+")
    values = [evaluate(term, names, known) for term in terms] if len(terms) > 1 else []
    return "".join("$_" if value is None else value.text for value in values)


def _bare(parts: Sequence[Token]) -> Sequence[Token]:
    """Without parentheses around it all, ``await``, and TypeScript's ``as`` and ``!``."""
    while parts and parts[0].text in ("await", "new") and parts[0].kind == "word":
        parts = parts[1:]
    while len(parts) > 1 and parts[0].text == "(" and parts[0].kind == "op" and closes(parts, 0) == len(parts) - 1:
        parts = parts[1:-1]
    if len(parts) > 1 and parts[-1].text == "!":
        parts = parts[:-1]
    return parts


def closes(parts: Sequence[Token], at: int) -> int:
    """Where the bracket at ``at`` is closed; -1 where it is not."""
    depth = 0
    for index in range(at, len(parts)):
        if parts[index].kind == "op":
            depth += (parts[index].text in ("(", "[", "{")) - (parts[index].text in (")", "]", "}"))
            if depth == 0:
                return index
    return -1


def _split(parts: Sequence[Token], sign: str) -> list[Sequence[Token]]:
    found: list[Sequence[Token]] = []
    depth = start = 0
    for at, token in enumerate(parts):
        if token.kind != "op":
            continue
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if depth == 0 and token.text == sign:
            found.append(parts[start:at])
            start = at + 1
    return [*found, parts[start:]]


def _is_setting(parts: Sequence[Token]) -> bool:
    return [t.text for t in parts[:3]] == ["process", ".", "env"]


def _sum(values: Sequence[Path | None]) -> Path | None:
    if any(v is None for v in values):
        return None
    values = [v for v in values if v is not None and (v.text or v.here)] or [Path("")]
    texts = [v.text for v in values if v is not None]
    first = values[0]
    if any(v.here for v in values[1:] if v is not None):
        return None
    if first is None or not first.here:
        return Path("".join(texts))
    return Path(posixpath.normpath("".join(texts).lstrip("/")) if "".join(texts) else "", here=True)


def _single(token: Token, names: Names, known: Mapping[str, Path]) -> Path | None:
    if token.kind in ("string", "template"):
        return Path(token.text)
    if token.kind == "number":
        return Path(token.text)
    match token.text:
        case "__dirname":
            return Path("", here=True)
        case "__filename":
            return Path(names.file, here=True)
        case name:
            return known.get(name)


def _call(parts: Sequence[Token], names: Names, known: Mapping[str, Path]) -> Path | None:
    """``path.join(…)``, ``process.cwd()``, ``new URL(…, import.meta.url)`` and their like."""
    words = [t.text for t in parts]
    match words:
        case ["process", ".", "cwd", "(", ")"]:
            return Path(".")
        case ["process", ".", "execPath"]:
            return SELF
        case ["import", ".", "meta", ".", "dirname"]:
            return Path("", here=True)
        case ["import", ".", "meta", ".", "url" | "filename"]:
            return Path(names.file, here=True)
        case _:
            pass
    opens = next((at for at, t in enumerate(parts) if t.kind == "op" and t.text == "("), None)
    if opens is None or closes(parts, opens) != len(parts) - 1:
        return None
    head = words[:opens]
    if words[0] == "[" and head[-2:] == [".", "join"] and parts[0].kind == "op" and closes(parts, 0) == opens - 3:
        return _joined(group(parts, 1), next(group(parts, opens + 1), ()), names, known)
    module, name = names.bound.get(head[0], ("", "")) if head else ("", "")
    name = head[-1] if len(head) > 1 else name or (head[0] if head else "")
    arguments = [evaluate(one, names, known) for one in group(parts, opens + 1)]
    if head == ["URL"] and len(arguments) > 1 and arguments[0] is not None and arguments[1] is not None:
        return Path(posixpath.normpath(arguments[0].text), here=arguments[1].here)
    if name == "fileURLToPath" and len(arguments) == 1:
        return arguments[0]
    if module not in ("path", "path/posix") or None in arguments:
        return None
    return _path(name, [a for a in arguments if a is not None])


def _joined(
    items: Iterator[tuple[Token, ...]], by: Sequence[Token], names: Names, known: Mapping[str, Path]
) -> Path | None:
    values = [evaluate(one, names, known) for one in items]
    sign = evaluate(by, names, known) if by else Path(",")
    texts = [v.text for v in values if v is not None and not v.here]
    return Path(sign.text.join(texts)) if sign is not None and len(texts) == len(values) else None


def _path(name: str, arguments: Sequence[Path]) -> Path | None:
    match name:
        case "join" | "resolve" if arguments:
            joined = [a.text for a in arguments if a.text]
            # join keeps a later absolute path below the earlier ones; resolve begins anew with it
            if name == "join":
                joined = [joined[0], *(t.lstrip("/") for t in joined[1:])] if joined else []
                if arguments[0].here:
                    joined = [t.lstrip("/") for t in joined]
            here = arguments[0].here and not any(t.startswith("/") for t in joined)
            return Path(posixpath.normpath(posixpath.join(*joined)) if joined else "", here=here)
        case "normalize" if len(arguments) == 1:
            return Path(posixpath.normpath(arguments[0].text), here=arguments[0].here)
        case "dirname" if len(arguments) == 1:
            return Path(posixpath.dirname(arguments[0].text), here=arguments[0].here)
        case _:
            return None
