"""The configuration of a project: ``[tool.imgslim]`` or ``.imgslim.toml``, and pragmas in a Dockerfile's comments.

What the command line says wins over a pragma, a pragma over the nearest configuration file, that over the defaults.
"""

from __future__ import annotations

from imgslim.config.search import Finder, find
from imgslim.config.settings import Settings

__all__ = ["Finder", "Settings", "find"]
