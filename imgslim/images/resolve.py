"""Resolve an image reference to what is known of the image: an engine's answer first, then the embedded tables."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from imgslim.images.derived import derived
from imgslim.images.facts import ImageFacts, Libc, Source, UnknownImage, User, VersionRange
from imgslim.images.merge import agree, merge_releases, version_range
from imgslim.images.reference import ImageRef
from imgslim.images.tables import family_of, find, key_of, load
from imgslim.records import replace
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Mapping

_WINDOWS = regex(r"(?:^|-)(?:windowsservercore|nanoserver|windows)")
_FORBIDS = "its WORKDIR, ENV, USER, entry point and C library are not known, so nothing may rely on them"
#: Fields of a description that are taken as they stand, and those that are lists there and tuples here.
_PLAIN = (
    "workdir", "user", "stopsignal", "has_shell", "shell", "shell_kind", "package_manager", "ca_bundle", "ca_path",
    "tzdata", "static_libc", "entrypoint_execs_args", "tmp", "size", "compressed_size",
)  # fmt: skip
#: What packages can add.
_MAY_BE_ADDED = frozenset({"static_libc", "ca_bundle", "tzdata"})
_LISTS = ("entrypoint", "cmd", "expose", "volumes", "healthcheck", "onbuild")
_NOBODY = ImageRef("", "", None, None, "")


def resolve(reference: ImageRef, *, overrides: Mapping[str, ImageFacts] | None = None) -> ImageFacts | UnknownImage:
    """What is known of the image that ``reference`` names.

    Args:
        reference: the image.
        overrides: what an engine says, by the reference as written or in its canonical form.
    """
    for key in (reference.raw, reference.canonical) if overrides else ():
        if overrides and key in overrides:
            return overrides[key]
    return _embedded(reference)


@lru_cache(maxsize=1024)
def _embedded(reference: ImageRef) -> ImageFacts | UnknownImage:
    """What the tables say."""
    if (made := derived(reference)) is not None:
        facts = _embedded(made.official)
        if isinstance(facts, ImageFacts):
            env = (*facts.env, *((name, None) for name in made.env))
            return replace(facts, ref=reference, official=made.official, cmd=made.cmd, env=env)
    family = family_of(reference)
    table = load(family) if family is not None else None
    if family is None or table is None:
        return UnknownImage(reference, f"{reference.name} is in no table of well-known images: {_FORBIDS}")
    if reference.tag is None and reference.digest is not None:
        return UnknownImage(reference, f"{reference.raw} names a digest without a tag: {_FORBIDS}")
    tag = reference.tag or "latest"
    if _WINDOWS.search(tag):
        return UnknownImage(reference, f"{reference.raw} is a Windows image: {_FORBIDS}")
    found = find(table, key_of(reference, tag))
    if found is None:
        return UnknownImage(reference, f"{reference.raw} is no tag that the table of {family} knows: {_FORBIDS}")
    bases, image = found
    return replace(_facts(family, tuple(bases), image), ref=reference)


@lru_cache(maxsize=256)
def _facts(family: str, bases: tuple[str, ...], name: str) -> ImageFacts:
    """The facts of an image description on its possible base releases; the reference is filled in by the caller."""
    table = load(family) or {}
    image: dict[str, Any] = {**table.get("common", {}), **table["images"][name]}
    systems = [(base.partition(":")[0], base.partition(":")[2], load(f"os/{base.partition(':')[0]}")) for base in bases]
    merged = merge_releases([_release(family, system, release, table) for system, release, table in systems])
    merged |= {key: value for key, value in image.items() if key != "libraries"}
    libraries = merged["libraries"] | frozenset(image.get("libraries", ()))
    libc_version = merged["libc_version"]
    if not isinstance(libc_version, VersionRange):
        libc_version = version_range(libc_version)
    env = image.get("env")
    sources = [*table["sources"], *(s for _, _, described in systems if described for s in described["sources"])]
    return ImageFacts(
        ref=_NOBODY,
        family=family,
        distribution=image.get("distribution") or agree(name for name, _, _ in systems),
        releases=tuple(image.get("releases") or dict.fromkeys(release for _, release, _ in systems)),
        libc=Libc(merged["libc"]) if merged.get("libc") else None,
        libc_version=libc_version,
        env=tuple((key, value) for key, value in env or ()),
        env_known=env is not None and image.get("env_known", True),
        shell_form=("/bin/sh", "-c") if image.get("shell_form", True) is True else tuple(image["shell_form"]),
        libraries=libraries,
        libraries_complete=bool(merged.get("libraries_complete")),
        applets=frozenset(merged.get("applets") or ()),
        applets_complete=bool(merged.get("applets_complete")),
        users=tuple(User(*line) for line in merged.get("users") or ()),
        sources=tuple(dict.fromkeys(Source(*source) for source in sources)),
        **_fields(merged),
    )


def _release(family: str, system: str, release: str, table: dict[str, Any] | None) -> dict[str, Any]:
    """A release's description: what all releases of the distribution share, then its own.

    An image that is built on the release may have installed what the release lacks, and is larger.
    """
    described = {**(table or {}).get("common", {}), **(table or {}).get("releases", {}).get(release, {})}
    if family == system:
        return described
    return {
        key: None if key in _MAY_BE_ADDED and value is False else value
        for key, value in described.items()
        if key not in {"size", "compressed_size"}
    }


def _fields(merged: dict[str, Any]) -> dict[str, Any]:
    """The fields that need no rule of their own."""
    lists = ((key, merged.get(key)) for key in _LISTS)
    return {key: merged.get(key) for key in _PLAIN} | {k: None if v is None else tuple(v) for k, v in lists}
