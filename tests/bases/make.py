"""Bring the engine to have an image: keep it, make it, or fetch it."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from tests.bases import bootstrap, engine, gone, trees
from tests.bases.catalogue import BY_NAME
from tests.bases.recipe import Bootstrap, Layers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.bases.host import Host
    from tests.bases.recipe import Recipe


class Way(Enum):
    """How an image came to be on the engine."""

    KEPT = auto()
    MADE = auto()
    FETCHED = auto()


@dataclass(frozen=True, slots=True)
class Made:
    """An image that is now on the engine."""

    recipe: Recipe
    way: Way
    #: Seconds it took.
    seconds: float
    #: Size in bytes.
    size: int


def cache_folder() -> Path:
    """Give the folder where roots and trees are kept, made if need be."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "imgslim-bases"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def digest(recipe: Recipe, host: Host) -> str:
    """Give a key that changes with anything that the image is made from, other than the packages' versions."""
    parts: list[object] = [recipe.make, recipe.release, recipe.standin]
    parts += [digest(BY_NAME[need], host) for need in recipe.needs]
    match recipe.make:
        case Bootstrap(slim):
            parts += [bootstrap.VERSION, host.sources(recipe.release.codename), bootstrap.settings(host, slim=slim)]
        case Layers(_, needed):
            parts += [(trees.REQUIREMENTS[name], host.go_env) for name in needed]
        case other:
            assert_never(other)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


class Maker:
    """Makes stand-ins on one engine; what is there is looked up once, at the start."""

    def __init__(self, recipes: Iterable[Recipe], host: Host, cache: Path) -> None:
        """Look up which of the recipes' references the engine has."""
        self._host = host
        self._cache = cache
        self._there = engine.labels(name for recipe in recipes for name in (recipe.private, *recipe.names))

    def make(self, recipe: Recipe) -> Made:
        """Make an image unless one of the same digest is there, and give it its public names.

        Raises:
            subprocess.CalledProcessError: a command failed.
        """
        start = time.monotonic()
        key = digest(recipe, self._host)
        kept = self._there.get(recipe.private, {}).get(engine.RECIPE) == key
        if not kept:
            label = {engine.STANDIN: recipe.standin, engine.RELEASE: recipe.release.codename, engine.RECIPE: key}
            self._create(recipe, label)
        for name in recipe.names:
            self._name(recipe.private, name, key)
        way = Way.KEPT if kept else Way.MADE
        return Made(recipe, way, time.monotonic() - start, engine.size(recipe.private))

    def _name(self, private: str, name: str, key: str) -> None:
        """Give a public name, unless a real image holds it."""
        holder = self._there.get(name)
        if holder is None or holder.get(engine.RECIPE, key) != key:
            engine.tag(private, name)

    def _create(self, recipe: Recipe, label: dict[str, str]) -> None:
        match recipe.make:
            case Bootstrap(slim):
                engine.load_root(self._root(recipe, slim=slim), recipe.private, label)
            case Layers(dockerfile, needed):
                contexts = {name: trees.tree(name, self._host, self._cache) for name in needed}
                gone.build(dockerfile, lambda text: engine.build(text, recipe.private, label, contexts))
            case other:
                assert_never(other)

    def _root(self, recipe: Recipe, *, slim: bool) -> Path:
        """Give a root's finished tar; both variants of a release come from one bare system."""
        tar = self._cache / f"{recipe.name.replace(':', '-')}-{digest(recipe, self._host)}.tar"
        if not tar.exists():
            bare = self._bare(recipe)
            with tempfile.TemporaryDirectory(dir=self._cache) as temporary:
                unfinished = Path(temporary) / "root.tar"
                bootstrap.finish(bare, unfinished, bootstrap.settings(self._host, slim=slim), slim=slim)
                unfinished.rename(tar)
        return tar

    def _bare(self, recipe: Recipe) -> Path:
        """Give the tar of a release's bare system."""
        sources = self._host.sources(recipe.release.codename)
        key = hashlib.sha256(f"{bootstrap.VERSION}{sources}".encode()).hexdigest()[:16]
        bare = self._cache / f"bare-{recipe.release.codename}-{key}.tar"
        if not bare.exists():
            with tempfile.TemporaryDirectory(dir=self._cache) as temporary:
                unfinished = Path(temporary) / "bare.tar"
                # mmdebstrap gives up root for its own user in a folder that it cannot enter.
                Path(temporary).chmod(0o755)
                bootstrap.bootstrap(recipe.release, self._host, unfinished)
                unfinished.rename(bare)
        return bare


def fetch(recipe: Recipe) -> Made:
    """Fetch the real images of a recipe's names.

    Raises:
        subprocess.CalledProcessError: the registry refused one.
    """
    start = time.monotonic()
    engine.pull(recipe.pullable)
    size = engine.size(recipe.pullable[0]) if recipe.pullable else 0
    return Made(recipe, Way.FETCHED, time.monotonic() - start, size)
