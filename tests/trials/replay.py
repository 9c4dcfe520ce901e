"""Replay the trials: `python -m tests.trials.replay --clones DIR [--original] [--verify] [ID…]`.

Needs docker with buildx and git. DIR holds clones as `owner+name` (bare or not); what is missing is fetched into it.
Without IDs every case whose original works is replayed, and docs/reference/trials.md is written; with `--keep` the page
is written for IDs too, and keeps what it shows of the others.
Exit status 1: a rewrite broke though it was called safe or proven, imgslim crashed, or an original failed.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import shlex
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from tests.trials import engine, report
from tests.trials.cases import CASES, CaseError, load, select
from tests.trials.judge import Result, Trial, judge
from tests.trials.recheck import standing
from tests.trials.shown import kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.trials.cases import Case

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "trials.md"


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.trials.replay", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("ids", nargs="*", metavar="ID", help="cases; all whose original works if none is given")
    parser.add_argument("--clones", type=Path, required=True, metavar="DIR", help="where the repositories are")
    parser.add_argument("--cases", type=Path, default=CASES, help="the list (%(default)s)")
    parser.add_argument("--original", action="store_true", help="only build and run the originals")
    parser.add_argument("--verify", action="store_true", help="also rewrite with --verify")
    parser.add_argument("--rewriter", default="imgslim rewrite", help="the command under trial (%(default)s)")
    parser.add_argument("--limit", type=float, default=600, metavar="SECONDS", help="for one build (%(default)s)")
    parser.add_argument("--jobs", type=int, default=1, help="cases at a time (%(default)s)")
    parser.add_argument(
        "--results",
        type=Path,
        metavar="FILE",
        help="append each result as a line of JSON; cases in it are not run again",
    )
    parser.add_argument(
        "--recheck", action="store_true", help="of the cases in FILE run those again whose rewrite is another today"
    )
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the page here, also when IDs are given")
    parser.add_argument(
        "--keep", action="store_true", help="what the page shows of cases that are not replayed stays on it"
    )
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line."""
    arguments = _arguments(words)
    try:
        cases = load(arguments.cases)
        chosen = select(cases, arguments.ids)
    except CaseError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    ways = () if arguments.original else ("offline", "verify") if arguments.verify else ("offline",)
    trial = Trial(arguments.clones, shlex.split(arguments.rewriter), ways, arguments.limit)
    engine.make_network()
    known = recorded(arguments.results)

    def one(case: Case) -> list[Result]:
        found = finished(known, case.id, ways)
        if found and (not arguments.recheck or (found := standing(case, found, trial))):
            return found
        found = list(judge(case, trial))
        for result in found:
            _say(result, arguments.results)
        return found

    with ThreadPoolExecutor(arguments.jobs) as pool:
        results = [result for found in pool.map(one, chosen) for result in found]
    whole = None if (arguments.ids and not arguments.keep) or arguments.original else _PAGE
    if page := arguments.page or whole:
        text = page.read_text(encoding="utf-8") if arguments.keep and page.is_file() else ""
        older = kept(text, report.WAYS, cases, {result.id for result in results})
        page.write_text(report.page(cases, [*results, *older]), encoding="utf-8")
    for way in ways:
        sys.stdout.write(f"\n{way}\n{report.summary([result for result in results if result.way == way])}")
    return int(any(map(bad, results)))


def recorded(file: Path | None) -> tuple[Result, ...]:
    """Read the results of an earlier replay; a later line about the same case and way wins."""
    if file is None or not file.is_file():
        return ()
    lines = [Result(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]
    return tuple({(result.id, result.way): result for result in lines}.values())


def finished(known: Sequence[Result], name: str, ways: Sequence[str]) -> list[Result]:
    """Return a case's earlier results if there is one for each way asked, else none."""
    found = [result for result in known if result.id == name and result.way in (ways or ("original",))]
    return found if len(found) == len(ways or ("original",)) else []


def bad(result: Result) -> bool:
    """Tell whether a result must not be: a broken promise, a crash, an original that fails."""
    promised = result.outcome == "broken" and result.claim in {"safe", "proven"}
    return promised or result.outcome in {"crash", "original-fails", "missing"}


def _say(result: Result, record: Path | None) -> None:
    ratio = f"{result.after / result.before:.3f}" if result.after else "-"
    sys.stdout.write(
        f"{result.id:26} {result.way:8} {result.outcome:14} {result.claim:7} {result.before:>13,} {result.after:>13,}"
        f" {ratio:>6} {result.seconds:>6.1f} {result.why}\n"
    )
    sys.stdout.flush()
    if record:
        with record.open("a", encoding="utf-8") as file:
            file.write(json.dumps(dataclasses.asdict(result), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
