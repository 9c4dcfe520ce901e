"""The table of sizes, without an engine: what it lists, and what a line says."""

from __future__ import annotations

from docs.generate import SERVICES as HEADING
from docs.generate import pages
from imgslim.toolchains import all_toolchains
from tests.kit import ROOT
from tests.sizes.__main__ import Weight, page
from tests.sizes.rows import ROWS, SERVICES


def test_rows_are_fixtures() -> None:
    """Each row has a project and a file by hand, and a name of its own."""
    assert all((ROOT / row.fixture / "best.Dockerfile").is_file() for row in (*ROWS, *SERVICES.values()))
    assert len({row.name for row in ROWS}) == len(ROWS)


def test_a_line() -> None:
    """Ratios are ours to theirs; a row that was not weighed is left out."""
    row = ROWS[0]
    text = page({row.name: Weight(row.name, "scratch", 1_000_000_000, row.minifier // 2, row.minifier)})
    assert f"| `{row.fixture}` | scratch | 1,000,000,000 | {row.minifier // 2:,} |" in text
    assert f"| {row.minifier:,} | 0.50 | {row.minifier:,} | 0.50 |" in text
    assert text.count("`c/") == 1


def test_services() -> None:
    """Each toolchain has one, with our bytes to the original's and to those by hand, and the median of the latter."""
    assert {one.name for one in all_toolchains()} <= SERVICES.keys()
    rows = {name: SERVICES[name] for name in ("go", "rust")}
    text = page({row.name: Weight(row.name, "scratch", 1_000_000, 2_000, 2_500) for row in rows.values()})
    assert HEADING in text
    assert "| scratch | 1,000,000 | 2,000 | 0.002 | 2,500 | 0.80 |\n" in text
    assert "median 0.80" in text


def test_the_page_of_toolchains_has_them() -> None:
    """As they were measured last: a row for each."""
    lines = pages()["toolchains.md"].partition(HEADING)[2].splitlines()
    assert [line.split("`")[1] for line in lines if line.startswith("| `")] == list(SERVICES)
