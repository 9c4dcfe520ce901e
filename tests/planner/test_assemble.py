"""The steps that end the build stage."""

from __future__ import annotations

import pytest

from imgslim.model import Preparation, RuntimeTarget
from imgslim.planner.assemble import builder_lines
from imgslim.planner.build import Linked

ONE = Preparation("cd /a && npm prune", "Pruned")
OTHER = Preparation("rm /b", "Removed")


@pytest.mark.parametrize(
    ("steps", "lines"),
    [
        ((), []),
        ((ONE,), ["RUN cd /a && npm prune"]),
        ((OTHER,), ["RUN rm /b"]),
        ((ONE, OTHER), ["RUN set -e; \\\n    (cd /a && npm prune); \\\n    rm /b"]),
    ],
)
def test_preparations(steps: tuple[Preparation, ...], lines: list[str]) -> None:
    """One step holds them all, each where it would be alone; what they are for is said of all."""
    target = RuntimeTarget("scratch", "scratch", None)
    made = [*builder_lines(target, Linked(), (), steps, user="", escape="\\")]
    assert [line.text for line in made] == lines
    assert "\n".join(step.why for step in steps) == "".join(line.comment for line in made)
