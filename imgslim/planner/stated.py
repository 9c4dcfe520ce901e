"""An instruction stated again in the runtime stage, where the variables of the original's base image are not set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.regex import regex
from imgslim.syntax.variables import expand
from imgslim.values import Unknown

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from imgslim.meaning.trace import Step
    from imgslim.model import Project

#: What BuildKit expands when it builds (Dockerfile reference, "Environment replacement"); in HEALTHCHECK a shell does.
_EXPANDED = frozenset({"ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME"})
_TOKEN = regex(r"\$(?:\{(?P<braced>[A-Za-z_]\w*)[^}]*\}|(?P<plain>[A-Za-z_]\w*))|(?P<quote>['\"])|(?P<other>[\\`].)")


def references(text: str) -> list[str]:
    """Name the variables that a text mentions outside single quotes, in order."""
    return [name for _, name in _references(text)] if "$" in text else []


def unknown_references(step: Step) -> list[str]:
    """Name the variables of an instruction that the base image sets to something that is not known."""
    names = dict.fromkeys(references(step.node.value)) if step.node.keyword in _EXPANDED else ()
    if not names:
        return []
    own = frozenset(step.scope.env_set)
    return [n for n in names if _foreign(n, step, own) and isinstance(step.scope.env.get(n), Unknown)]


def stated(project: Project, step: Step, own: AbstractSet[str]) -> str:
    """Give an instruction as written, but with what the base image sets as it was there: the next base has others.

    A variable that nothing sets stays as it is: nothing sets it in the runtime stage either.

    Args:
        project: the file.
        step: the instruction and its scope.
        own: variables that the runtime stage itself has set by then.
    """
    text = step.node.span.of(project.dockerfile.text)
    if step.node.keyword not in _EXPANDED or "$" not in text:
        return text

    def value(name: str) -> str | None:
        known = step.scope.env.get(name)
        return known if isinstance(known, str) else None

    parts, end = [], 0
    for match, name in _references(text):
        if not _foreign(name, step, own) or not value(name):
            continue
        known = expand(match[0], value, project.dockerfile.escape)
        if isinstance(known, str):
            parts += [text[end : match.start()], known]
            end = match.end()
    return "".join([*parts, text[end:]])


def _foreign(name: str, step: Step, own: AbstractSet[str]) -> bool:
    return name not in own and name not in step.scope.args


def _references(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Find what BuildKit replaces: everything but what stands in single quotes (that no double quotes surround)."""
    quote = ""
    for match in _TOKEN.finditer(text):
        if mark := match["quote"]:
            quote = "" if quote == mark else quote or mark
        elif not match["other"] and quote != "'":
            yield match, match["braced"] or match["plain"]
