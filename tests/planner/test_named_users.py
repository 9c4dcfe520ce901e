"""USER by name is looked up in the image's own /etc/passwd when the container starts; by number it is not."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim


def _takes_users(user: str, target: str) -> bool:
    text = f'FROM gcc:12-bookworm\nCOPY a.c /\nRUN gcc -o /a /a.c\n{user}CMD ["/a"]\n'
    outcome = slim(text, MemoryContext({"a.c": b"int main(void) { return 0; }\n"}), Options(target=target))
    assert isinstance(outcome, Rewritten)
    return "COPY --from=build /etc/passwd /etc/passwd" in outcome.after


@pytest.mark.parametrize(
    ("user", "scratch", "busybox"),
    [
        ("", False, False),
        ("USER 0\n", False, False),
        ("USER 1000:1000\n", False, False),
        ("USER root\n", True, False),
        ("USER 0:root\n", True, False),
        ("USER 1000:games\n", True, True),
        ("USER games\n", True, True),
    ],
)
def test_who_is_looked_up(user: str, *, scratch: bool, busybox: bool) -> None:
    """An empty base has no root either: a container of it does not start."""
    assert _takes_users(user, "scratch") is scratch
    assert _takes_users(user, "busybox:glibc") is busybox
