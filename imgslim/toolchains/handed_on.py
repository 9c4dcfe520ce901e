"""Variables that an entry sets for what compiles and starts a program: ``A=b cargo run`` hands them on to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.model import Need, NeedKind
from imgslim.records import replace

if TYPE_CHECKING:
    from imgslim.meaning.trace import Command
    from imgslim.model import Product


def handed_on(command: Command, product: Product, argv: tuple[str, ...]) -> tuple[Product, tuple[str, ...]]:
    """The program and the words that start it with the variables of ``command``; without any, both as they are.

    Args:
        command: the entry's command; what it sets is known.
        product: what it starts.
        argv: the words that start that.
    """
    if not command.assignments:
        return product, argv
    need = Need(NeedKind.COMMAND, "env", "the entry sets variables for the program")
    settings = tuple(f"{name}={value}" for name, value in command.assignments)
    return replace(product, needs=(*product.needs, need)), ("env", *settings, *argv)
