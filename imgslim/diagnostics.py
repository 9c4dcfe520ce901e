"""What is to be said about a file, each with its place and what could be done: for terminals, CI logs and editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.config.pragmas import ignored, pragmas
from imgslim.edits import Edit, apply
from imgslim.errors import InputError
from imgslim.model import Applicability, Declined, Plan, Rewritten, Unchanged
from imgslim.reasons import Kind, near_hint, nearest_finding
from imgslim.records import dataclass
from imgslim.service import slim
from imgslim.syntax import parse, read
from imgslim.text import LineIndex, Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from imgslim.config.pragmas import Pragma
    from imgslim.context import BuildContext
    from imgslim.model import Outcome
    from imgslim.service import Options
    from imgslim.syntax.nodes import Dockerfile

#: The finding that a rewrite settles.
_SPLIT = "can-be-split"


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that settles a diagnostic."""

    #: For people: ``Split into builder + scratch``.
    title: str
    edits: tuple[Edit, ...]
    #: SAFE: may be applied without a person's look.
    applicability: Applicability


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing to be said about a file."""

    #: The stable name of its reason.
    code: str
    #: FINDING: the author should act (exit code 1); ERROR: the file can't be read (exit code 2); the others inform.
    kind: Kind
    message: str
    #: None where it is about the whole file.
    span: Span | None
    #: What to do; "" where there is nothing more to say.
    hint: str = ""
    fixes: tuple[Fix, ...] = ()

    @property
    def sentence(self) -> str:
        """The message with what to do."""
        return f"{self.message} {self.hint}".strip()


def diagnose(
    text: str, context: BuildContext | None = None, options: Options | None = None, ignore: Collection[str] = ()
) -> tuple[Diagnostic, ...]:
    """Everything to be said about a file, in the order of places; a text that BuildKit refuses is one of kind ERROR.

    Args:
        text: the file as :func:`imgslim.text.decode` gives it.
        context: the build context; None where it is not known.
        options: as :func:`imgslim.service.slim` takes them.
        ignore: reasons that are left out, as the configuration names them.

    Raises:
        UsageError: the target is no target.
    """
    try:
        outcome = slim(text, context, options, alternatives=False)
    except InputError as error:
        return (of_error(error),)
    return of_outcome(text, outcome, ignore)


def of_error(error: InputError) -> Diagnostic:
    """What a file that BuildKit refuses has to say; no pragma and no configuration silences it."""
    return Diagnostic(error.code, Kind.ERROR, error.message, error.span, error.hint)


def of_outcome(text: str, outcome: Outcome | Plan, ignore: Collection[str] = ()) -> tuple[Diagnostic, ...]:
    """What an outcome of :func:`imgslim.service.slim` for ``text`` has to say, as :func:`diagnose` gives it.

    A plan that is not written as text yet says the same as its rewrite, with no fix.

    Raises:
        InputError: BuildKit would refuse the text, so it has no outcome.
    """
    if ignored(text) is not None:
        return ()
    dockerfile = read(text)
    all_of_it = tuple(_said(outcome, dockerfile))
    silencing = tuple(pragmas(dockerfile))
    kept = [d for d in all_of_it if not any(_silences(pragma, d, dockerfile) for pragma in silencing)]
    kept = [d for d in kept if d.code not in ignore]
    if isinstance(outcome, Rewritten | Plan) and not any(d.kind is Kind.FINDING for d in kept):
        kept = []  # what a rewrite rests on matters to who hears of the rewrite
    kept += [d for p in silencing for d in _about(p, all_of_it, dockerfile) if d.code not in ignore]
    return tuple(sorted(kept, key=lambda d: d.span or _first(dockerfile)))


def split_ignored(text: str, ignore: Collection[str] = ()) -> tuple[str, Span | None] | None:
    """Who asks that the file stays as it is although it could be split, as a sentence, and where; None: nobody.

    Whoever ignores the finding ``can-be-split`` does not want what settles it either, as with the fixes of other
    linters.

    Raises:
        InputError: BuildKit would refuse the text.
    """
    dockerfile = read(text)
    found = Diagnostic(_SPLIT, Kind.FINDING, "", _first(dockerfile))
    for pragma in pragmas(dockerfile):
        if _silences(pragma, found, dockerfile):
            line = LineIndex(text).position(pragma.span.start).line + 1
            return f"The comment in line {line} ignores {_SPLIT}.", pragma.span
    return (f"The configuration ignores {_SPLIT}.", None) if _SPLIT in ignore else None


def _said(outcome: Outcome | Plan, dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    match outcome:
        case Declined(reason=reason, message=message, span=span, hint=hint):
            yield Diagnostic(reason, Kind.DECLINED, message, span, hint)
        case Unchanged(reason=reason, message=message, span=span, hint=hint):
            yield Diagnostic(reason, Kind.UNCHANGED, message, span, hint)
        case Rewritten(plan=plan, edits=edits):
            fix = Fix(title(plan), edits, plan.applicability)
            yield from _of_split(plan, (fix,), _first(dockerfile))
        case Plan():
            yield from _of_split(outcome, (), _first(dockerfile))


def title(plan: Plan) -> str:
    """What a plan does, in a few words."""
    if plan.in_place is not None:
        return f"Put the last stage on {plan.target.reference}"
    return f"Split into builder + {plan.target.reference}"


def _of_split(plan: Plan, fixes: tuple[Fix, ...], start: Span) -> Iterator[Diagnostic]:
    rests = ", ".join(dict.fromkeys(a.reason for a in plan.assumptions))
    state = plan.applicability.name.lower() + (f", rests on {rests}" if rests else "")
    message = f"could run on {plan.target.reference} ({state})"
    yield Diagnostic(_SPLIT, Kind.FINDING, message, start, "", fixes)
    for one in plan.assumptions:
        yield Diagnostic(one.reason, Kind.ASSUMPTION, one.message, one.span or start)


def _first(dockerfile: Dockerfile) -> Span:
    """The first FROM: where whatever has no place of its own counts as being."""
    return next((n.span for n in dockerfile.instructions if n.keyword == "FROM"), dockerfile.instructions[0].span)


def _silences(pragma: Pragma, diagnostic: Diagnostic, dockerfile: Dockerfile) -> bool:
    if diagnostic.code not in pragma.reasons or pragma.instruction is None:
        return False
    return pragma.instruction.holds(diagnostic.span or _first(dockerfile))


def _about(pragma: Pragma, all_of_it: tuple[Diagnostic, ...], dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """What is to be said about a pragma itself."""
    if pragma.problem:
        yield Diagnostic("unknown-pragma", Kind.FINDING, pragma.problem, pragma.span, pragma.hint)
        return
    used = {d.code for d in all_of_it if _silences(pragma, d, dockerfile)}
    for code in dict.fromkeys(pragma.reasons):
        near = nearest_finding(code) if code not in used else code
        if near != code:
            message = f"No finding is called {code}."
            yield Diagnostic("unknown-pragma", Kind.FINDING, message, pragma.span, near_hint(near))
    unused = [c for c in dict.fromkeys(pragma.reasons) if c not in used and nearest_finding(c) == c]
    if unused:
        message = f"The next instruction has no finding {' or '.join(unused)} to ignore."
        fixes = _without(pragma, frozenset(unused), dockerfile)
        yield Diagnostic("unused-pragma", Kind.FINDING, message, pragma.span, "Remove it.", fixes)


def _without(pragma: Pragma, unused: frozenset[str], dockerfile: Dockerfile) -> tuple[Fix, ...]:
    """The fix that takes reasons out of a pragma, or the comment with its line where none is left."""
    text, span = dockerfile.text, pragma.span
    kept = [code for code in dict.fromkeys(pragma.reasons) if code not in unused]
    if kept:
        edit = Edit(span, f"# imgslim: ignore[{', '.join(kept)}]{pragma.why}")
    else:
        end = text.find("\n", span.end)
        edit = Edit(Span(text.rfind("\n", 0, span.start) + 1, len(text) if end < 0 else end + 1), "")
    after = parse(apply(text, (edit,)))
    # A comment ends the parser directives at the head of a file: without it, one below may become a directive.
    if [d.value for d in after.directives] != [d.value for d in dockerfile.directives]:
        return ()
    return (Fix("Remove what ignores nothing", (edit,), Applicability.SAFE),)
