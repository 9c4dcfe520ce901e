"""The comparison with humans' files, without an engine: what is read, what counts, what the page says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.trials import humans
from tests.trials.cases import CaseError
from tests.trials.judge import Result

if TYPE_CHECKING:
    from pathlib import Path

_RAW: dict[str, Any] = {
    "id": "c-hello",
    "repo": "someone/hello",
    "commit": "0" * 40,
    "dockerfile": "Dockerfile",
    "context": ".",
    "ecosystem": "c",
    "standin": {"gcc:9": "gcc:12"},
    "env": {},
    "args": [],
    "stdin": None,
    "probes": [{"kind": "exit", "code": 0}],
    "timeout_s": 10,
    "original": {"status": "works", "why": ""},
    "notes": "",
    "human": {"commit": "1" * 40, "dockerfile": "Dockerfile.small", "standin": {"alpine:3.7": "alpine"}},
}


def _load(folder: Path, *changes: dict[str, Any]) -> tuple[humans.Pair, ...]:
    file = folder / "humans.json"
    file.write_text(json.dumps([{**_RAW, **change} for change in changes]), encoding="utf-8")
    return humans.load(file)


def _results(ours: int, human: int, outcome: str = "verified") -> list[Result]:
    return [
        Result("c-hello", "c", "human", "works", after=human),
        Result("c-hello", "c", "verify", outcome, target="scratch", before=1000, after=ours),
    ]


def test_the_list_of_this_folder() -> None:
    """Every entry is of its form, and names a commit in full."""
    pairs = humans.load()
    assert pairs
    assert all(len(pair.human.commit) == len(pair.case.commit) == 40 for pair in pairs)
    assert len({pair.case.id for pair in pairs}) == len(pairs)


def test_a_human_is_a_case_of_its_own(tmp_path: Path) -> None:
    """Built from its own commit and file, asked as the original is."""
    (pair,) = _load(tmp_path, {})
    assert (pair.human.commit, pair.human.dockerfile) == ("1" * 40, "Dockerfile.small")
    assert pair.human.standin == {"gcc:9": "gcc:12", "alpine:3.7": "alpine"}
    assert pair.human.probes == pair.case.probes
    assert not pair.strip


@pytest.mark.parametrize("human", [None, "Dockerfile.small", {"commit": "1" * 40}])
def test_a_case_without_a_human(tmp_path: Path, human: object) -> None:
    """Nothing is compared with nothing."""
    with pytest.raises(CaseError, match="no human"):
        _load(tmp_path, {"human": human})


def test_what_counts() -> None:
    """Two images that work; never one that does not."""
    found = {(result.id, result.way): result for result in _results(50, 100)}
    assert humans.ratio_of("c-hello", found) == 0.5
    found = {(result.id, result.way): result for result in _results(50, 100, "broken")}
    assert humans.ratio_of("c-hello", found) is None
    assert humans.ratio_of("c-other", found) is None


def test_the_page(tmp_path: Path) -> None:
    """Median and extremes first, then each pair with what sets it apart."""
    pairs = _load(tmp_path, {}, {"id": "c-lost", "human": {**_RAW["human"], "strip": True, "note": "no certificates"}})
    lost = Result("c-lost", "c", "human", "broken", "http", after=70)
    text = humans.page(pairs, [*_results(150, 100), lost])
    assert "Compared: 1. Ours to the human's: median 1.50, from 1.50 to 1.50; larger in 1." in text
    assert "| c | 1 | 1.50 | 1.50 | 1.50 |" in text
    assert "| 100 | scratch | 150 | 1.50 | another commit |" in text
    assert "| 70 |  |  |  | both stripped; another commit; the human's does not work: http; no certificates |" in text
    assert "None was compared." in humans.page(pairs, [lost])
