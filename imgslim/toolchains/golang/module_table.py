"""What a reading of well-known modules found: module path, the version that was read, and where C code is.

``none``: no package that a Linux build takes imports "C"; ``needed``: the module's main package does; ``some``: only
some of its packages do. A module that is not listed was not read.
"""

from __future__ import annotations

TABLE = """
github.com/mattn/go-sqlite3 v1.14.22 needed
"""
