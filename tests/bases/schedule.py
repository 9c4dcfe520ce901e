"""Run recipes in the order of their needs, several at a time."""

from __future__ import annotations

import subprocess
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.bases.make import Made
    from tests.bases.recipe import Recipe

#: Lines of a failed command's output to show.
_LINES = 30


@dataclass(frozen=True, slots=True)
class Failed:
    """An image that could not be had."""

    recipe: Recipe
    #: Last lines of what the failing command printed, or which need failed.
    reason: str


def run(recipes: Sequence[Recipe], act: Callable[[Recipe], Made], jobs: int) -> Iterator[Made | Failed]:
    """Give each recipe's result as it ends; a need that is not among `recipes` is taken to be there."""
    needs = {recipe.name: {need.name for need in recipes if need.name in recipe.needs} for recipe in recipes}
    waiting = list(recipes)
    running: dict[Future[Made], Recipe] = {}
    done: set[str] = set()
    failed: set[str] = set()
    with ThreadPoolExecutor(jobs) as pool:
        while waiting or running:
            for recipe in tuple(waiting):
                if lost := failed & needs[recipe.name]:
                    waiting.remove(recipe)
                    failed.add(recipe.name)
                    yield Failed(recipe, f"needs {', '.join(sorted(lost))}")
                elif needs[recipe.name] <= done:
                    waiting.remove(recipe)
                    running[pool.submit(act, recipe)] = recipe
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                recipe = running.pop(future)
                try:
                    yield future.result()
                    done.add(recipe.name)
                except subprocess.CalledProcessError as error:
                    failed.add(recipe.name)
                    printed = f"{error.stdout or ''}{error.stderr or ''}".rstrip().splitlines()
                    yield Failed(recipe, "\n".join(printed[-_LINES:]))
                except FileNotFoundError as error:
                    failed.add(recipe.name)
                    yield Failed(recipe, f"{error.filename} is not installed")
