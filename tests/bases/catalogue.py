"""All recipes by name, and what a selection of them needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bases import compilers, debian, java, languages, nodes, pythons, rpms, rubies, small

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.bases.recipe import Recipe

CORE: tuple[Recipe, ...] = (
    *(*debian.CORE, *compilers.CORE, *small.CORE, *languages.CORE),
    *(*nodes.CORE, *pythons.CORE, *rubies.CORE, *java.CORE, *rpms.CORE),
)
ALL: tuple[Recipe, ...] = (
    *(*CORE, *debian.ALL, *compilers.ALL, *languages.ALL),
    *(*nodes.ALL, *pythons.ALL, *rubies.ALL, *java.ALL),
)
SETS = {"core": CORE, "all": ALL}

BY_NAME = {recipe.name: recipe for recipe in ALL}
BY_REFERENCE = {name: recipe for recipe in ALL for name in recipe.names}


def select(references: Iterable[str]) -> tuple[Recipe, ...]:
    """Give the recipes of public references, each after those it needs.

    Raises:
        KeyError: no recipe has such a reference.
    """
    chosen: dict[str, Recipe] = {}

    def add(recipe: Recipe) -> None:
        for need in recipe.needs:
            add(BY_NAME[need])
        chosen.setdefault(recipe.name, recipe)

    for reference in references:
        add(BY_REFERENCE[reference])
    return tuple(chosen.values())
