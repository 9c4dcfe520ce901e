"""Record rewrites: ``python -m tests.record [FIXTURE[:TARGET]…]``; one that an engine speaks against is not written."""

from __future__ import annotations

import os
import sys
import tomllib
from typing import TYPE_CHECKING

from imgslim.evidence import Evidence
from imgslim.model import Rewritten
from imgslim.text import decode, encode
from imgslim.verify.options import VerifyOptions
from imgslim.verify.probe_file import load_probes
from imgslim.verify.probes import Probes
from imgslim.verify.verify import Before
from tests.engine_support import engine_environment
from tests.kit import READ, Expected, Fixture, evident_fixtures, fixtures, stage_fixtures

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: The file by hand to which sizes are compared; of a fixture that takes evidence it is recorded as well.
BEST = "best.Dockerfile"


def options(fixture: Fixture) -> VerifyOptions:
    """How a fixture is watched, and verified where nothing is held out of that."""
    return VerifyOptions(probes=load_probes(fixture.probes) if fixture.probes is not None else Probes())


def judging(fixture: Fixture) -> VerifyOptions:
    """How a fixture is verified: with what no plan is made knowing of."""
    return VerifyOptions(probes=load_probes(fixture.held_out)) if fixture.held_out is not None else options(fixture)


def seen(fixture: Fixture, text: str, folder: Path) -> Evidence:
    """What a look into a project's image and a run of it show, of which what is held out is no part."""
    with Before(text, folder, options=options(fixture)) as before:
        return Evidence(before.contents, before.watch())


def read_lock(fixture: Fixture) -> dict[str, dict[str, str | int]]:
    """What was verified, by file name."""
    return tomllib.loads(fixture.lock.read_text()) if fixture.lock.exists() else {}


def write_lock(fixture: Fixture, lock: dict[str, dict[str, str | int]]) -> None:
    """Store what was verified."""
    rows = (f'["{name}"]\ndigest = "{row["digest"]}"\nbytes = {row["bytes"]}\n' for name, row in sorted(lock.items()))
    fixture.lock.write_text(
        "# Written by tests/record.py: what an engine built, ran and found to hold.\n" + "\n".join(rows)
    )


def record(fixture: Fixture, wanted: Iterable[Expected]) -> bool:
    """Verify each rewrite and write those that hold; tell whether all did."""
    good = True
    lock = read_lock(fixture)
    evidence = seen(fixture, fixture.text, fixture.before) if fixture.is_evident else READ
    with Before(fixture.text, fixture.before, options=judging(fixture)) as before:
        for expected in wanted:
            outcome = fixture.rewrite(expected, evidence)
            if not isinstance(outcome, Rewritten):
                _say(f"{fixture.name} {expected.label}: {outcome}")
                good = False
                continue
            verdict = before.compare(outcome.after, fixture.stated)
            _say(f"{fixture.name} {expected.label}: {verdict.status} {verdict.after_bytes} {verdict.message}")
            if not verdict.holds or verdict.after_bytes is None:
                good = False
                continue
            expected.file.write_bytes(encode(outcome.after))
            lock[expected.file.name] = {"digest": fixture.digest(outcome.after), "bytes": verdict.after_bytes}
            write_lock(fixture, lock)
    return good


def record_best(fixture: Fixture) -> bool:
    """Verify the file by hand, and store that it was; tell whether it holds."""
    text = decode((fixture.folder / BEST).read_bytes())
    with Before(fixture.text, fixture.before, options=judging(fixture)) as before:
        verdict = before.compare(text, fixture.stated)
    _say(f"{fixture.name} {BEST}: {verdict.status} {verdict.after_bytes} {verdict.message}")
    if not verdict.holds or verdict.after_bytes is None:
        return False
    write_lock(fixture, read_lock(fixture) | {BEST: {"digest": fixture.digest(text), "bytes": verdict.after_bytes}})
    return True


def stale_best(fixture: Fixture) -> bool:
    """Tell whether the file by hand, or the project, is another than what was verified."""
    text = decode((fixture.folder / BEST).read_bytes())
    return read_lock(fixture).get(BEST, {}).get("digest") != fixture.digest(text)


def stale(fixture: Fixture, expected: Expected) -> bool:
    """Tell whether what is recorded is not what the program makes today.

    Where that takes evidence, only whether the recorded file was verified: the rest is for the engine's tests.
    """
    row = read_lock(fixture).get(expected.file.name, {})
    if fixture.is_evident:
        return not expected.file.exists() or row.get("digest") != fixture.digest(decode(expected.file.read_bytes()))
    outcome = fixture.rewrite(expected)
    return not isinstance(outcome, Rewritten) or row.get("digest") != fixture.digest(outcome.after)


def main(arguments: list[str]) -> int:
    """Record what was named, or all that is out of date."""
    os.environ.update(engine_environment() or {})
    good = True
    for fixture in (*fixtures(), *stage_fixtures(), *evident_fixtures()):
        named = {a.partition(":")[2] for a in arguments if a.partition(":")[0] == fixture.name}
        if arguments and not named:
            continue
        wanted = [e for e in fixture.expected if (e.label in named or "" in named if named else stale(fixture, e))]
        if wanted:
            good = record(fixture, wanted) and good
        if fixture.is_evident and stale_best(fixture):
            good = record_best(fixture) and good
    return 0 if good else 1


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
