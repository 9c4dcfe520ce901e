"""The way in: streams, exit codes, and which reader a command line goes to."""

from __future__ import annotations

import gc
import os
import sys
from io import TextIOWrapper

from imgslim.errors import NESTS_TOO_DEEPLY, EngineOrSystemError, InputError, UsageError

_BAD = 2
#: 128 and the signal's number, as a shell says it: SIGINT, SIGPIPE.
_INTERRUPTED, _READER_LEFT = 130, 141
#: Objects made between two searches for garbage in cycles; the default of 700 costs a command more than it frees.
_GARBAGE = 100_000


def script() -> None:
    """What the ``imgslim`` command starts: :func:`main` in a process that is ours, and ends with it."""
    gc.set_threshold(_GARBAGE)
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    sys.stderr.flush()
    # Everything is written and closed by now: taking the interpreter apart is a tenth of a short command's time.
    os._exit(code)


def main() -> None:
    """Run the command line; errors of ours are one message and exit code 2, never a traceback."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A Dockerfile may hold bytes that are not UTF-8; they leave as they came.
            stream.reconfigure(encoding="utf-8", errors="surrogateescape", newline="")
    sys.exit(_guarded())


def _guarded() -> int:
    stdout = sys.stdout
    try:
        code = _run(sys.argv[1:])
        stdout.flush()
    except BrokenPipeError:
        code = _READER_LEFT
    except KeyboardInterrupt:
        code = _INTERRUPTED
    except RecursionError:
        code = _failed("too-deep", NESTS_TOO_DEEPLY, "")
    except OSError as error:
        # A name too long, a folder that may not be entered, a full disk: wherever it is met first.
        code = _failed("system-refused", f"{error.filename or 'a file'}: {error.strerror}.", "")
    except (InputError, UsageError, EngineOrSystemError) as error:
        code = _failed(error.code, str(error), error.hint)
    _end_progress()
    if code == _READER_LEFT or sys.stdout is not stdout:  # typer puts a wrapper there when the reader left
        # What is still buffered goes nowhere, or the interpreter would complain about it when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stdout.fileno())
        return _READER_LEFT
    return code


def _run(words: list[str]) -> int:
    """Run the command: a plain ``rewrite`` or ``lsp`` at once, any other command line through typer."""
    if words[:1] == ["rewrite"]:
        from imgslim.commands.plain import plain  # noqa: PLC0415

        request = plain(words[1:])
        if request is not None:
            from imgslim.commands.rewrite import run  # noqa: PLC0415

            return run(request, None)
    if words in (["lsp"], ["lsp", "--stdio"]):
        from imgslim.commands.lsp import run as serve  # noqa: PLC0415

        return serve()
    from imgslim.commands.app import app  # noqa: PLC0415  (typer alone takes longer to import than most rewrites)

    if "_IMGSLIM_COMPLETE" in os.environ:
        from imgslim.commands.completion import prepare  # noqa: PLC0415

        prepare()
    try:
        app()
    except SystemExit as end:  # typer ends with it, whatever happened
        return end.code if isinstance(end.code, int) else 0
    return 0


def _failed(code: str, message: str, hint: str) -> int:
    from imgslim.render.place import located  # noqa: PLC0415

    _end_progress()
    sys.stderr.write(located("", None, "imgslim", f"error: {message} [{code}]", hint) + "\n")
    return _BAD


def _end_progress() -> None:
    """Leave the terminal's line to what comes next, where a command has drawn on it."""
    if "imgslim.commands.output" in sys.modules:
        from imgslim.commands.output import end_progress  # noqa: PLC0415

        end_progress()
