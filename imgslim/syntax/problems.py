"""The codes of :class:`imgslim.errors.InputError` that reading a Dockerfile raises, each with its long text."""

from __future__ import annotations

#: Code to text. What BuildKit refuses is refused here too, under a stable name.
CODES: dict[str, str] = {}
