"""COPY and ADD: sources, destination, heredocs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute
from imgslim.meaning.trace import Copy
from imgslim.regex import regex
from imgslim.syntax.instructions import texts
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgslim.meaning.trace import Scope
    from imgslim.syntax.nodes import Instruction
    from imgslim.values import Value

_HEREDOC = regex(r"\d*<<-?[^<]+")


def copy_step(node: Instruction, scope: Scope, expand: Callable[[str], Value]) -> Copy:
    """One COPY or ADD; words split at blanks, quotes go with expansion (``parseStringsWhitespaceDelimited``)."""
    kept = [text for text in texts(node) if not (node.heredocs and _HEREDOC.fullmatch(text))]
    *sources, destination = [expand(text) for text in kept] or [""]
    origin = node.flag("from")
    return Copy(
        node,
        scope,
        tuple(sources),
        _destination(destination, scope.workdir),
        origin.value if origin is not None else None,
        tuple([heredoc.name for heredoc in node.heredocs]),
    )


def _destination(written: Value, workdir: Value) -> Value:
    """Absolute; BuildKit takes ``.``, nothing and a trailing slash for a folder (dockerfile2llb, ``dispatchCopy``)."""
    path = absolute(written, workdir)
    if isinstance(path, Unknown) or isinstance(written, Unknown):
        return path
    is_folder = written in ("", ".") or written.endswith("/")
    return path + "/" if is_folder and path != "/" else path
