"""Weigh the fixtures of the table: `python -m tests.sizes [--results FILE] [ROW…]`.

Each is rewritten with --verify, and its file by hand is built. Without rows docs/reference/sizes.md is written.
Exit status 1: a rewrite does not hold, or a file by hand does not build.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.engine_support import engine_environment
from tests.kit import ROOT
from tests.sizes.rows import ROWS, SERVICES
from tests.trials import engine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.sizes.rows import Row

_PAGE = ROOT.parent / "docs" / "reference" / "sizes.md"
#: Seconds for one row.
_LIMIT = 1800.0

_HEAD = """# Sizes

What `imgslim rewrite --verify` makes of the project's own fixtures, beside the file by hand that lies in each of them
(`best.Dockerfile`) and a minifier that keeps what a run of the original opened (mint). Bytes as the engine reports
them, on the images of `tests/bases`. `python -m tests.sizes` writes this page; the minifier's figures were measured
once, on programs of the same kind and on images of the same releases. What it makes runs only what was exercised.

| program | fixture | target | one stage | rewritten | by hand | ratio | minifier | ratio | |
|---|---|---|--:|--:|--:|--:|--:|--:|---|
"""


#: What docs/generate.py takes over begins with the second line.
_SERVICES = """
## A service of each toolchain

One of the project's fixtures each, rewritten by `--verify` alone, beside the file by hand that lies in it.

| toolchain | service | fixture | target | one stage | rewritten | ratio | by hand | ratio |
|---|---|---|---|--:|--:|--:|--:|--:|
"""


@dataclass(frozen=True, slots=True)
class Weight:
    """What a row weighs."""

    name: str
    target: str
    before: int
    after: int
    #: 0 where it was not built.
    hand: int


def weigh(row: Row) -> Weight | str:
    """Rewrite and build; or say what went wrong."""
    folder = ROOT / row.fixture
    probes = folder / "probes.toml"
    asked = ("--probe", str(probes)) if probes.is_file() else ()
    line = ["imgslim", "rewrite", str(folder / "before"), "--verify", "--format", "json", *asked, *row.options]
    done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_LIMIT)
    try:
        outcome = json.loads(done.stdout)
    except ValueError:
        return done.stderr.decode(errors="replace")[-300:]
    verdict = outcome.get("verdict") or {}
    if verdict.get("status") != "holds":
        return f"{outcome['outcome']}: {verdict.get('message', '')}"
    try:
        hand = _by_hand(folder)
    except engine.BuildFailed as error:
        return f"by hand: {error}"
    return Weight(row.name, outcome["target"], verdict["before_bytes"], verdict["after_bytes"], hand)


def _by_hand(folder: Path) -> int:
    tag = "imgslim-sizes:hand"
    try:
        return int(engine.build(folder / "best.Dockerfile", folder / "before", tag, {}, _LIMIT)["Size"])
    finally:
        engine.remove(tag)


def page(weights: Mapping[str, Weight]) -> str:
    """Return the page."""
    lines = (_line(row, weights[row.name]) for row in ROWS if row.name in weights)
    services = {toolchain: weights[row.name] for toolchain, row in SERVICES.items() if row.name in weights}
    ratios = [weight.after / weight.hand for weight in services.values()]
    median = f"\nRewritten to by hand: median {statistics.median(ratios):.2f}.\n" if ratios else ""
    return "".join((_HEAD, *lines, _SERVICES, *map(_service, services, services.values()), median))


def _service(toolchain: str, weight: Weight) -> str:
    row = SERVICES[toolchain]
    sizes = f"{weight.before:,} | {weight.after:,} | {weight.after / weight.before:.3f}"
    by_hand = f"{weight.hand:,} | {weight.after / weight.hand:.2f}"
    return f"| `{toolchain}` | {row.program} | `{row.fixture}` | {weight.target} | {sizes} | {by_hand} |\n"


def _line(row: Row, weight: Weight) -> str:
    options = f" `{' '.join(row.options)}`" if row.options else ""
    by_hand = (f"{weight.hand:,}", f"{weight.after / weight.hand:.2f}") if weight.hand else ("", "")
    cells = (
        row.program,
        f"`{row.fixture}`{options}",
        weight.target,
        f"{weight.before:,}",
        f"{weight.after:,}",
        *by_hand,
        f"{row.minifier:,}",
        f"{weight.after / row.minifier:.2f}",
        row.note,
    )
    return f"| {' | '.join(cells)} |\n"


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.sizes", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    rows = {row.name: row for row in (*ROWS, *SERVICES.values())}
    names = list(rows)
    parser.add_argument("rows", nargs="*", metavar="ROW", choices=[*names, []])
    parser.add_argument("--results", type=Path, metavar="FILE", help="append weights; rows in it are not weighed again")
    arguments = parser.parse_args(words)
    os.environ.update(engine_environment() or {})
    store = arguments.results
    kept = store.read_text(encoding="utf-8").splitlines() if store and store.is_file() else []
    weights = {weight.name: weight for weight in (Weight(**json.loads(line)) for line in kept)}
    good = True
    for row in rows.values():
        if (arguments.rows and row.name not in arguments.rows) or row.name in weights:
            continue
        found = weigh(row)
        sys.stdout.write(f"{row.name}: {found}\n")
        sys.stdout.flush()
        if isinstance(found, str):
            good = False
            continue
        weights[row.name] = found
        if store:
            with store.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(found)) + "\n")
    if not arguments.rows:
        _PAGE.write_text(page(weights), encoding="utf-8")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
