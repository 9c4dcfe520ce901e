"""Choose: the smallest target whose plan has no open assumption, else the builder's own slim family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.model import Alternative, Declined, Plan, Unchanged
from imgslim.planner.assemble import has_shell
from imgslim.planner.last import already_small, is_on, is_smaller
from imgslim.planner.plan import Drafts, plan_for
from imgslim.targets import automatic, target, whole_family

if TYPE_CHECKING:
    from imgslim.model import Findings, Project, RuntimeTarget

_Answer = Plan | Declined | Unchanged


def choose(
    project: Project,
    findings: Findings,
    name: str,
    libc: str = "",
    drafts: Drafts | None = None,
    *,
    prefer: str = "",
    alternatives: bool = True,
) -> tuple[_Answer, tuple[Alternative, ...], tuple[str, ...]]:
    """The plan for the target called ``name`` (or ``auto``), and what the other targets would give.

    ``drafts`` keeps what plans for several targets share. ``prefer="debuggable"``: of the plans without an open
    assumption, the smallest with a shell comes before smaller ones without. Without ``alternatives`` no more targets
    are planned for than the choice takes.
    """
    drafts = drafts or Drafts()
    if name != "auto":
        return plan_for(project, findings, target(name, project.base), libc, drafts), (), (name,)
    answers: list[tuple[RuntimeTarget, _Answer]] = []
    if (small := already_small(project, findings)) is not None:
        return small, (), ()
    for candidate in candidates(project):
        answer = plan_for(project, findings, candidate, libc, drafts)
        if isinstance(answer, Unchanged) and not answers:
            return answer, (), ()
        if isinstance(answer, Unchanged) and is_on(project, candidate) and not any(_is_safe(a) for _, a in answers):
            # What is smaller rests on assumptions, or is refused: for what the program is, or for what the target is.
            draft = drafts.get(project, findings, shell=True)  # noqa: S604  (no process)
            return (draft if isinstance(draft, Declined | Unchanged) else answer), (), ()
        answers.append((candidate, answer))
        if not alternatives and _is_safe(answer) and prefer != "debuggable":
            break
    whole = whole_family(project.base)
    if whole is not None and not any(t.same_family and isinstance(a, Plan) for t, a in answers):
        answers.append((whole, plan_for(project, findings, whole, libc, drafts)))
    best = _best(answers, debuggable=prefer == "debuggable")
    others = tuple(_alternative(t, a) for t, a in answers if a is not best)
    return best, others, tuple(t.name for t, a in answers if isinstance(a, Plan))


def candidates(project: Project) -> list[RuntimeTarget]:
    """The targets that ``auto`` looks at, smallest first; for a last stage those that are smaller than its image."""
    return [one for one in automatic(project.base) if is_smaller(project, one)]


def _is_safe(answer: _Answer) -> bool:
    return isinstance(answer, Plan) and not answer.assumptions


def _best(answers: list[tuple[RuntimeTarget, _Answer]], *, debuggable: bool) -> _Answer:
    plans = [(t, a) for t, a in answers if isinstance(a, Plan)]
    safe = [(t, a) for t, a in plans if not a.assumptions]
    if debuggable:
        safe.sort(key=lambda each: not has_shell(each[0]))  # a stable sort: smaller ones stay first
    if safe:
        return safe[0][1]
    family = next((a for t, a in reversed(plans) if t.same_family), None)
    if family is not None:
        return family
    if plans:
        return plans[-1][1]
    return answers[-1][1]


def _alternative(candidate: RuntimeTarget, answer: _Answer) -> Alternative:
    shell = has_shell(candidate)
    if isinstance(answer, Plan):
        reasons = tuple(dict.fromkeys(a.reason for a in answer.assumptions))
        return Alternative(candidate.name, answer.applicability, answer.size, reasons, shell=shell)
    return Alternative(candidate.name, None, None, (answer.reason,), answer.message, shell)
