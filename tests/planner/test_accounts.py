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


@pytest.mark.parametrize(
    ("step", "laid"),
    [
        ("install -d -o app -g app -m 2750 /data", "cp -a /data /runtime/"),
        ("mkdir /data && chgrp app /data", "cp -a /data /runtime/"),
        ("install -d -o app -m 750 /app/data", "cp -a /app/data /runtime/app/"),
        ("chown app . && chgrp staff .", "mkdir -p /runtime/app; chown app:staff /runtime/app"),
        (
            "adduser --system app",
            "if [ -d /home/app ]; then mkdir -p /runtime/home; cp -a /home/app /runtime/home/; fi",
        ),
        ("adduser --system --home /srv/app app", "mkdir -p /runtime/srv; cp -a /srv/app /runtime/srv/\n"),
    ],
)
def test_folders_of_users(step: str, laid: str) -> None:
    """Owner, group and mode stay; a home that not every release of Debian makes is no reason to stop."""
    source = b'#include <stdio.h>\nint main(void) { fopen("/data/x", "w"); fopen("data/x", "w"); return 0; }\n'
    text = f'FROM gcc:12-bookworm\nWORKDIR /app\nCOPY a.c .\nRUN {step} && gcc -o a a.c\nUSER app\nCMD ["./a"]\n'
    outcome = slim(text, MemoryContext({"a.c": source}), Options(target="debian:bookworm-slim"))
    assert isinstance(outcome, Rewritten)
    assert laid in outcome.after


@pytest.mark.parametrize(
    ("script", "step", "taken"),
    [
        ("sudo ./hello", "echo 'app ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/app", "/etc/sudoers.d/app"),
        ("su app -c ./hello", "sed -i s/a/b/ /etc/pam.d/su", "/etc/pam.d/su"),
        ("cat hello.c; ./hello", "echo x > /etc/other.conf", ""),
        ("sudo ./hello", "echo x > /opt/other.conf", ""),
    ],
)
def test_settings_of_what_a_script_starts(script: str, step: str, taken: str) -> None:
    """What a step set below /etc may be for another program than the one that was built; plain tools read none."""
    text = f"FROM gcc:12-bookworm\nRUN apt-get update && apt-get install -y sudo && {step}\nWORKDIR /app\nCOPY . .\n"
    files = {"hello.c": _HELLO, "entry.sh": f"#!/bin/sh\n{script}\n".encode()}
    entry = 'RUN gcc -o hello hello.c\nENTRYPOINT ["/app/entry.sh"]\n'
    outcome = slim(text + entry, MemoryContext(files), Options(target="debian:bookworm-slim"))
    assert isinstance(outcome, Rewritten)
    assert ("COPY --from=build /etc/" in outcome.after.replace("/etc/passwd", "").replace("/etc/group", "")) is bool(
        taken
    )
    assert taken in outcome.after


@pytest.mark.parametrize(
    ("target", "looks", "files"),
    [
        ("scratch", True, ["nsswitch.conf", "host.conf"]),
        ("busybox:glibc", True, ["host.conf"]),
        ("debian:trixie-slim", True, []),
        ("scratch", False, []),
    ],
)
def test_what_is_read_to_look_up_names(target: str, looks: bool, files: list[str]) -> None:  # noqa: FBT001
    """Without host.conf(5) a name of /etc/hosts has one address: localhost would no longer be ::1 as well."""
    call = 'getaddrinfo("localhost", 0, 0, &a)' if looks else "0"
    source = f"#include <netdb.h>\nint main(void) {{ struct addrinfo *a; return {call}; }}\n"
    text = 'FROM gcc:14\nWORKDIR /app\nCOPY a.c .\nRUN gcc -o a a.c\nCMD ["/app/a"]\n'
    outcome = slim(text, MemoryContext({"a.c": source.encode()}), Options(target=target))
    assert isinstance(outcome, Rewritten)
    assert [name for name in ("nsswitch.conf", "host.conf") if f"/etc/{name}" in outcome.after] == files


@pytest.mark.parametrize(
    ("steps", "file"),
    [
        ("RUN gcc -o a a.c && mv a /srv.bin && chown app /srv.bin\n", True),
        ("RUN gcc -o /srv.bin a.c\nRUN chown app:app /srv.bin\n", True),
        ("RUN mkdir /srv.bin && gcc -o /srv.bin/a a.c && chown app /srv.bin\n", False),
    ],
)
def test_a_program_that_is_given_away_stays_a_file(steps: str, file: bool) -> None:  # noqa: FBT001
    """COPY keeps whose it is; twin: a folder around the program is laid out with its owner."""
    start = "/srv.bin" if file else "/srv.bin/a"
    text = f'FROM gcc:12\nCOPY a.c .\nRUN useradd -r app\n{steps}USER app\nCMD ["{start}"]\n'
    found = slim(text, MemoryContext({"a.c": b"int main(void) { return 0; }\n"}), Options(target="scratch"))
    assert isinstance(found, Rewritten), found
    assert ("mkdir -p /runtime/srv.bin;" in found.after) is not file
    assert f"COPY --from=build {start} {start}" in found.after
