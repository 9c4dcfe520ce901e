"""``imgslim completion``: what a shell needs to complete words, and the words themselves."""

from __future__ import annotations

import sys

SHELLS = ("bash", "zsh", "fish")
#: Where the shell's script says what it wants completed; the name is the one that typer derives from the program's.
VARIABLE = "_IMGSLIM_COMPLETE"


def print_script(shell: str) -> None:
    """Print the script that a shell sources.

    Raises:
        UsageError: there is none for that shell.
    """
    from typer.completion import get_completion_script  # type: ignore[attr-defined]  # noqa: PLC0415

    from imgslim.commands.inputs import one_of  # noqa: PLC0415

    one_of("imgslim completion", shell, SHELLS)

    sys.stdout.write(get_completion_script(prog_name="imgslim", complete_var=VARIABLE, shell=shell) + "\n")


def prepare() -> None:
    """Let typer answer the scripts that :func:`print_script` prints."""
    from typer.completion import completion_init  # type: ignore[attr-defined]  # noqa: PLC0415

    completion_init()


def shells(incomplete: str) -> list[str]:
    """Names of shells that begin so."""
    return [name for name in SHELLS if name.startswith(incomplete)]


def targets(incomplete: str) -> list[str]:
    """Names of targets that begin so."""
    from imgslim.targets import NAMES  # noqa: PLC0415

    return [name for name in (*NAMES, "auto") if name.startswith(incomplete)]


def reasons(incomplete: str) -> list[str]:
    """Names of reasons that begin so."""
    from imgslim.reasons import all_reasons  # noqa: PLC0415

    return [name for name in all_reasons() if name.startswith(incomplete)]
