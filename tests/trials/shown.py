"""Read the page of an earlier replay: what it shows of cases that are not replayed now stays on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.trials.judge import Result

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from tests.trials.cases import Case

#: case, repository, outcome, claim, target, before, after, ratio
_COLUMNS = 8


def kept(text: str, titles: Mapping[str, str], cases: Sequence[Case], replayed: Collection[str]) -> list[Result]:
    """Return the results that a page shows of listed cases that were not replayed.

    A row stands for the project and the commit that it links to: of a case that names others by now it says nothing.

    Args:
        text: the page, as `tests.trials.report.page` writes it; "" where there is none.
        titles: how each way's part of it is headed.
        cases: the list of today.
        replayed: cases with newer results.
    """
    known = {case.id: case for case in cases if case.id not in replayed}
    return [found for way, title in titles.items() for found in _rows(text, way, title, known)]


def link(case: Case) -> str:
    """Where a case's Dockerfile is, as Markdown."""
    return f"[{case.repo}](https://github.com/{case.repo}/blob/{case.commit}/{case.dockerfile})"


def _rows(text: str, way: str, title: str, known: Mapping[str, Case]) -> Iterator[Result]:
    part = text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    for line in part.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        case = known.get(cells[0])
        if case is None or len(cells) != _COLUMNS or cells[1] != link(case):
            continue
        outcome, _, why = cells[2].partition(": ")
        before, after = (int(cell.replace(",", "") or 0) for cell in cells[5:7])
        yield Result(case.id, case.ecosystem, way, outcome, why, cells[3], cells[4], before, after)
