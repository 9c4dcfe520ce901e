"""The table of sizes, without an engine: what it lists, and what a line says."""

from __future__ import annotations

from tests.kit import ROOT
from tests.sizes.__main__ import Weight, page
from tests.sizes.rows import ROWS


def test_rows_are_fixtures() -> None:
    """Each row has a project and a file by hand, and a name of its own."""
    assert all((ROOT / row.fixture / "best.Dockerfile").is_file() for row in ROWS)
    assert len({row.name for row in ROWS}) == len(ROWS)


def test_a_line() -> None:
    """Ratios are ours to theirs; a row that was not weighed is left out."""
    row = ROWS[0]
    text = page({row.name: Weight(row.name, "scratch", 1_000_000_000, row.minifier // 2, row.minifier)})
    assert f"| `{row.fixture}` | scratch | 1,000,000,000 | {row.minifier // 2:,} |" in text
    assert f"| {row.minifier:,} | 0.50 | {row.minifier:,} | 0.50 |" in text
    assert text.count("`c/") == 1
