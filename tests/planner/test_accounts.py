"""Accounts: who asks for more of a user than the name."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

_HELLO = b'#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'


@pytest.mark.parametrize(
    ("script", "secret"),
    [
        ("su app -s /bin/sh -c ./hello", True),
        ("echo app:x | chpasswd", True),
        ("usermod -u 7 app", True),
        ("setpriv --reuid=app ./hello", False),
        ("id app", False),
    ],
)
def test_accounts(script: str, secret: bool) -> None:  # noqa: FBT001
    """Who checks an account asks for its entry in the shadow files, which the builder's users have there."""
    text = "FROM gcc:12-bookworm\nWORKDIR /app\nCOPY . .\nRUN useradd -m app && gcc -o hello hello.c\n"
    files = {"hello.c": _HELLO, "entry.sh": f"#!/bin/sh\n{script}\nexec ./hello\n".encode()}
    entry = 'ENTRYPOINT ["/app/entry.sh"]\n'
    outcome = slim(text + entry, MemoryContext(files), Options(target="debian:bookworm-slim"))
    assert isinstance(outcome, Rewritten)
    assert "COPY --from=build /etc/passwd /etc/passwd\n" in outcome.after
    for file in ("/etc/shadow", "/etc/gshadow"):
        assert (f"COPY --from=build {file} {file}\n" in outcome.after) is secret
