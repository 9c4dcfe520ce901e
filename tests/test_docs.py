"""The pages say what the code does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_the_reference_is_fresh() -> None:
    """``python docs/generate.py`` writes what is stale."""
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link names a file that is there."""
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_every_page_is_found() -> None:
    """From the README, or from the index of the reference, a link leads to each page."""
    starts = (ROOT / "README.md", ROOT / "docs/reference/index.md")
    links = {(start.parent / link).resolve() for start in starts for link in LINK.findall(start.read_text("utf-8"))}
    assert {page for page in PAGES if page not in starts} <= links


def _diff_in(page: Path) -> str:
    return re.search(r"```diff\n(.*?)```", page.read_text("utf-8"), re.DOTALL)[1]  # type: ignore[index]


@pytest.mark.parametrize(
    ("page", "arguments"),
    [
        ("README.md", ("fixtures/c/hello/before", "--target", "scratch")),
        ("docs/tutorial/first-rewrite.md", ("fixtures/go/hello/before",)),
    ],
)
def test_shown_diffs_are_real(page: str, arguments: tuple[str, ...]) -> None:
    """The diffs in the pages are what the command prints today."""
    command = [sys.executable, "-c", "from imgslim.cli import main; main()", "rewrite", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert _diff_in(ROOT / page) == done.stdout
