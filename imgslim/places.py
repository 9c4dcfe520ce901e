"""Where files of ours lie that may be removed at any time."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path | None:
    """``$XDG_CACHE_HOME/imgslim``, else ``~/.cache/imgslim`` (XDG Base Directory); None for a user without a home."""
    cache = os.environ.get("XDG_CACHE_HOME") or ""
    if not os.path.isabs(cache):  # noqa: PTH117  (the specification's rule)
        home = os.path.expanduser("~")  # noqa: PTH111  (where Path raises, this leaves the word)
        if home == "~":
            return None
        cache = f"{home}/.cache"
    return Path(cache, "imgslim")
