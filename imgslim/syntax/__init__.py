"""Text and grammar: what a Dockerfile and a shell command say, no more."""

from __future__ import annotations

from imgslim.syntax.grammar import check_valid
from imgslim.syntax.parser import parse

__all__ = ["check_valid", "parse"]
