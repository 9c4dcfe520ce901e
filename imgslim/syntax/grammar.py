"""Hold each instruction against what BuildKit's ``instructions`` package asks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgslim.syntax.nodes import Dockerfile


def check_valid(dockerfile: Dockerfile) -> None:
    """Raise for the first instruction that BuildKit refuses."""
