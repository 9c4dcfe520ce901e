"""Make or fetch the base images that the tests use: `python -m tests.bases [NAME...]`."""

from __future__ import annotations

import argparse
import os
import shutil
import sys

from tests.bases import engine, host
from tests.bases.catalogue import ALL, BY_REFERENCE, SETS, select
from tests.bases.make import Maker, cache_folder, fetch
from tests.bases.schedule import Failed, run

#: Where images come from: `auto` asks the registry once.
_SOURCES = ("auto", "packages", "registry")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bases", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="image reference; all of the set if none is given")
    parser.add_argument("--set", choices=SETS, default="core", dest="chosen", help="images to have (%(default)s)")
    parser.add_argument("--list", action="store_true", help="print what each image is, and do nothing")
    parser.add_argument("--jobs", type=int, default=2, help="images at a time (%(default)s)")
    parser.add_argument(
        "--source",
        choices=_SOURCES,
        default=os.environ.get("IMGSLIM_BASES_SOURCE", "auto"),
        help="where images come from (environment: IMGSLIM_BASES_SOURCE; %(default)s)",
    )
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.names if name not in BY_REFERENCE]:
        parser.error(f"no recipe for {', '.join(unknown)}; --list shows all")
    return arguments


def main() -> int:
    """Run the command; exit status 1 when an image could not be had."""
    arguments = _arguments()
    names = arguments.names or [recipe.name for recipe in SETS[arguments.chosen]]
    if arguments.list:
        for recipe in ALL if arguments.chosen == "all" else select(names):
            sys.stdout.write(f"{' '.join(recipe.names)}\n    {recipe.standin}\n")
        return 0
    if shutil.which("docker") is None:
        sys.stderr.write('there is no docker command; eval "$(.ci/engine)" gets one\n')
        return 1
    recipes = select(names)
    if arguments.source == "registry" or (arguments.source == "auto" and engine.registry_answers()):
        recipes = tuple(dict.fromkeys(BY_REFERENCE[name] for name in names if BY_REFERENCE[name].pullable))
        act = fetch
    else:
        act = Maker(recipes, host.read(), cache_folder()).make
    status = 0
    for result in run(recipes, act, arguments.jobs):
        match result:
            case Failed(recipe, reason):
                status = 1
                sys.stderr.write(f"{recipe.name}: failed\n{reason}\n")
            case made:
                way = made.way.name.lower()
                sys.stdout.write(f"{made.recipe.name:45} {way:8} {made.seconds:6.1f} s {made.size:13,} bytes\n")
                sys.stdout.flush()
    return status


if __name__ == "__main__":
    sys.exit(main())
