"""The generated page of base images."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]


def test_page_is_fresh() -> None:
    """``python docs/generate_images.py`` has been run since the tables changed."""
    made = subprocess.run(
        [sys.executable, "docs/generate_images.py", "--check"], cwd=_ROOT, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stdout + made.stderr
