"""Standard output and standard error of the commands."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from imgslim.render.place import printable

if TYPE_CHECKING:
    from imgslim.commands.live import Live

#: What draws on the terminal at the moment; everything else that is written there ends it first.
_live: list[Live] = []


def say(text: str) -> None:
    """Write a line for people to standard error."""
    end_progress()
    sys.stderr.write(text.rstrip("\n") + "\n")


def progress(line: str) -> None:
    """Show a line of a build's or run's progress: on a terminal as a step that lasts, elsewhere as it is."""
    if not sys.stderr.isatty():
        say(printable(line.rstrip("\n")))
        return
    if not _live:
        from imgslim.commands.live import Live  # noqa: PLC0415

        _live.append(Live(sys.stderr))
    _live[0].show(line)


def end_progress() -> None:
    """Leave the terminal's line to others."""
    while _live:
        _live.pop().close()


def give(text: str) -> None:
    """Write a file's text or a diff to standard output, byte for byte; a terminal gets control characters escaped."""
    end_progress()
    if sys.stdout.isatty():
        text = "".join(c if c in "\t\r\n" else printable(c) for c in text)
    sys.stdout.write(text)


def give_json(value: object) -> None:
    """Write one JSON document; what is not ASCII, lone surrogates of undecodable bytes included, is escaped."""
    import json  # noqa: PLC0415

    end_progress()
    json.dump(value, sys.stdout, indent=2)
    sys.stdout.write("\n")
