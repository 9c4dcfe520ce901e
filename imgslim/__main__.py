"""``python -m imgslim``."""

from __future__ import annotations

from imgslim.cli import script

if __name__ == "__main__":
    script()
