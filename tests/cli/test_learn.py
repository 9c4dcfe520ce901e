"""What a rewritten image lacked, as a run of it shows beside that of the original."""

from __future__ import annotations

from dataclasses import replace

import pytest

from imgslim.commands.learn import lacked, loader_said
from imgslim.evidence import Access
from imgslim.verify.verdict import ProbeResult, Status, Verdict
from tests.evidence_kit import contents, run

READ, MISSING, DENIED, CREATED = Access.READ, Access.MISSING, Access.DENIED, Access.CREATED
BUILT = contents({"/etc/app.conf": 1, "/var/lib/app/": 1, "/etc/passwd": 0}, instructions=(3,))


@pytest.mark.parametrize(
    ("known", "seen", "found"),
    [
        ({}, {"/etc/app.conf": MISSING}, {"/etc/app.conf"}),
        ({"/etc/app.conf": READ}, {"/etc/app.conf": MISSING}, set()),
        ({}, {"/etc/other.conf": MISSING}, set()),
        ({}, {"/etc/app.conf": DENIED}, {"/etc/app.conf"}),
        ({"/etc/app.conf": DENIED}, {"/etc/app.conf": DENIED}, set()),
        ({"/var/lib/app/db": CREATED}, {"/var/lib/app/db": DENIED}, {"/var/lib/app"}),
        ({"/var/lib/app/db": CREATED}, {"/var/lib/app/db": CREATED}, set()),
        ({}, {"/x": DENIED}, set()),
    ],
)
def test_lacked(known: dict[str, Access], seen: dict[str, Access], found: set[str]) -> None:
    """What the original has and was let at, and the rewritten image has not or is not; what both lack is no loss."""
    assert set(lacked(BUILT, run(known), run(seen))) == found


def test_a_user_that_is_not_there() -> None:
    """An image that does not start may lack the accounts; one without a user does not."""
    named = replace(BUILT, config={"User": "app"})
    assert set(lacked(named, run({}), None)) == {"/etc/passwd"}
    assert lacked(named, run({"/etc/passwd": READ}), None) == {}
    assert lacked(BUILT, run({}), None) == {}


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("app: error while loading shared libraries: libz.so.1: cannot open shared object file", True),
        ("Error loading shared library libz.so.1: No such file or directory (needed by /app)", True),
        ("/app: /lib/libc.so.6: version `GLIBC_2.38' not found (required by /app)", True),
        ("no weather today", False),
    ],
)
def test_what_the_loader_says(output: str, said: bool) -> None:  # noqa: FBT001
    """Its line says more than that the output differs; any other line is the program's."""
    probe = ProbeResult("output", "output", holds=False, before="x", after=f"a\n{output}\nb", message="differs")
    verdict = Verdict(Status.DIFFERS, probes=(probe,), message="output: differs")
    assert loader_said(verdict) == (output if said else "")
    assert loader_said(replace(verdict, message=output)) == ""
