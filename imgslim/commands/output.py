"""Standard output and standard error of the commands."""

from __future__ import annotations

import sys

from imgslim.render.place import printable


def say(text: str) -> None:
    """Write a line for people to standard error."""
    sys.stderr.write(text.rstrip("\n") + "\n")


def progress(line: str) -> None:
    """Show a line of a build's or run's progress."""
    say(printable(line.rstrip("\n")))


def give(text: str) -> None:
    """Write a file's text or a diff to standard output, byte for byte; a terminal gets control characters escaped."""
    if sys.stdout.isatty():
        text = "".join(c if c in "\t\r\n" else printable(c) for c in text)
    sys.stdout.write(text)


def give_json(value: object) -> None:
    """Write one JSON document; what is not ASCII, lone surrogates of undecodable bytes included, is escaped."""
    import json  # noqa: PLC0415

    json.dump(value, sys.stdout, indent=2)
    sys.stdout.write("\n")
