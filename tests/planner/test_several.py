"""Supervisors, and entries that start several programs: refused by name, whatever an engine would show."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Declined, Outcome
from imgslim.service import slim

INSTALLS = "FROM debian:bookworm\nRUN apt-get update && apt-get install -y a b\n"


def outcome(rest: str, **files: str) -> Outcome:
    """What becomes of an image that installs two daemons; ``_`` in a file's name is a dot."""
    return slim(INSTALLS + rest, MemoryContext({name.replace("_", "."): text.encode() for name, text in files.items()}))


@pytest.mark.parametrize(
    ("rest", "files", "named"),
    [
        (
            'COPY all.conf /etc/supervisor/conf.d/all.conf\nCMD ["/usr/bin/supervisord", "-n"]\n',
            {"all_conf": "[supervisord]\n[program:web]\ncommand=a\n[program:cache]\ncommand=b\n"},
            "supervisord starts other programs and looks after them: web, cache",
        ),
        ('CMD ["supervisord"]\n', {}, "by a list that is not in the context"),
        (
            'WORKDIR /app\nCOPY Procfile .\nCMD ["foreman", "start"]\n',
            {"Procfile": "web: a -F\njobs: b\n"},
            "web, jobs",
        ),
        ('COPY run /etc/service/a/run\nCMD ["runsvdir", "/etc/service"]\n', {"run": "#!/bin/sh\n"}, ": a."),
        ('COPY run /etc/services.d/b/run\nENTRYPOINT ["/init"]\n', {"run": "#!/bin/sh\n"}, ": b."),
        ('CMD ["/lib/systemd/systemd"]\n', {}, "systemd starts"),
        ("CMD service a start && service b start && tail -f /dev/null\n", {}, "a, b"),
        ("CMD a & b\n", {}, "a, b"),
        ('COPY go.sh /\nCMD ["/go.sh"]\n', {"go_sh": "#!/bin/sh\na --daemon &\nexec b\n"}, "a, b"),
        ("CMD /etc/init.d/a start; /etc/init.d/b start; sleep 9\n", {}, "a, b"),
        ('CMD ["bash", "-c", "a & b"]\n', {}, "a, b"),
    ],
)
def test_refused_by_name(rest: str, files: dict[str, str], named: str) -> None:
    """The message says which programs they are."""
    found = outcome(rest, **files)
    assert isinstance(found, Declined), found
    assert found.reason == "several-programs"
    assert named in found.message
    assert found.hint


@pytest.mark.parametrize(
    ("rest", "files"),
    [
        ('CMD ["a", "-F"]\n', {}),
        ("CMD service a start && tail -f /var/log/a.log\n", {}),
        ("CMD tail -f /var/log/a.log & a -F\n", {}),
        ("CMD a -F 2>&1\n", {}),
        ('COPY go.sh /\nCMD ["/go.sh"]\n', {"go_sh": "#!/bin/sh\ntest -d /x && exec a\n"}),
        ('CMD ["init"]\n', {}),
    ],
)
def test_one_program_is_not(rest: str, files: dict[str, str]) -> None:
    """A log that is followed, a redirection, what && joins: nothing goes on beside the program."""
    found = outcome(rest, **files)
    assert not isinstance(found, Declined) or found.reason != "several-programs"


def test_a_supervisor_of_one_program_can_be_left_out() -> None:
    """The hint says how."""
    found = outcome(
        'COPY a.conf /etc/supervisor/conf.d/a.conf\nCMD ["supervisord"]\n', a_conf="[program:a]\ncommand=a\n"
    )
    assert isinstance(found, Declined)
    assert "without its supervisor" in found.hint
