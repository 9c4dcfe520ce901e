"""Runtime targets: the images a program can be moved onto, and what they offer."""

from __future__ import annotations

from functools import lru_cache

from imgslim.errors import UsageError
from imgslim.images import (
    ImageFacts,
    UnknownImage,
    mirror_of,
    parse_reference,
    resolve,
    slim_sibling,
    whole_sibling,
)
from imgslim.model import RuntimeTarget

#: The names of ``--target`` with one line each, smallest first; any other image is taken by its reference.
NAMES: dict[str, str] = {
    "scratch": "nothing at all: static programs, or a program with its loader and libraries",
    "busybox:musl": "a shell and applets, no C library for others: static programs, or with their own loader",
    "distroless-static": "CA certificates, time zones, users; no shell, no C library",
    "busybox:glibc": "a shell, applets and glibc; no libstdc++, no libgcc_s",
    "alpine": "a shell, apk and musl",
    "distroless-base": "distroless-static with glibc and OpenSSL",
    "distroless-cc": "distroless-base with libgcc_s and libstdc++",
    "debian-slim": "a shell, apt and glibc; of the builder's own release where that is Debian",
    "ubuntu": "a shell, apt and glibc; of the builder's own release where that is Ubuntu",
}

#: Walked by ``auto`` from the smallest; the builder's own family comes last.
AUTO = ("scratch", "busybox:glibc")

_SPELLINGS = {"busybox": "busybox:glibc", "distroless": "distroless-static", "debian": "debian-slim"}


@lru_cache(maxsize=512)  # of few base images, and asked for each file that is built on one
def target(name: str, base: ImageFacts | UnknownImage) -> RuntimeTarget:
    """The target called ``name``, fitted to the builder's base image.

    Raises:
        UsageError: ``name`` is neither a name of ours nor an image reference.
    """
    name = _SPELLINGS.get(name, name)
    if name == "scratch":
        return RuntimeTarget("scratch", "scratch", None)
    reference = _reference(name, base)
    try:
        facts = resolve(parse_reference(reference))
    except ValueError as error:
        raise UsageError("bad-target", f"{name!r} is not a target: {error}", "See imgslim targets.") from error
    return RuntimeTarget(
        name,
        reference,
        facts if isinstance(facts, ImageFacts) else None,
        same_family=isinstance(base, ImageFacts)
        and (
            (isinstance(facts, ImageFacts) and _same_release(facts, base))
            or reference in {_moving_sibling(base), slim_sibling(base), whole_sibling(base)}
        ),
    )


@lru_cache(maxsize=512)  # for the same reason
def automatic(base: ImageFacts | UnknownImage) -> tuple[RuntimeTarget, ...]:
    """The targets that ``auto`` looks at for a builder made from ``base``, smallest first."""
    found = [target(each, base) for each in AUTO]
    family = same_family(base) or nearest_family(base)
    if family is not None and family.reference not in {one.reference for one in found}:
        found.append(family)
    return tuple(found)


def size_of(name: str) -> int | None:
    """The approximate size in bytes of the image called ``name``, fitted to no builder; None: not known."""
    if name == "scratch":
        return 0
    facts = resolve(parse_reference(_reference(name, None)))
    return facts.size if isinstance(facts, ImageFacts) else None


def same_family(base: ImageFacts | UnknownImage) -> RuntimeTarget | None:
    """The small member of the builder's own family and release, where there is one."""
    if not isinstance(base, ImageFacts):
        return None
    sibling = slim_sibling(base) or _moving_sibling(base)
    return target(sibling, base) if sibling is not None else None


def whole_family(base: ImageFacts | UnknownImage) -> RuntimeTarget | None:
    """The member of the family for what the small one is too small for; None where that is the same, or none is."""
    sibling = whole_sibling(base) if isinstance(base, ImageFacts) else None
    return target(sibling, base) if sibling is not None else None


def nearest_family(base: ImageFacts | UnknownImage) -> RuntimeTarget | None:
    """The small member of the newest release that the builder's tag may mean: what it links against is not newer."""
    if isinstance(base, ImageFacts) and base.distribution == "debian" and base.releases:
        return target("debian-slim", base)
    return None


def _moving_sibling(base: ImageFacts) -> str | None:
    """A tag that moves together with the builder's own: whatever release it is, it is the same one."""
    if base.family != base.distribution or base.ref.tag not in (None, "latest", "stable"):
        return None
    match base.distribution:
        case "debian":
            return f"{mirror_of(base.ref)}debian:stable-slim"
        case "ubuntu" | "alpine":
            return base.ref.raw
        case _:
            return None


def _reference(name: str, base: ImageFacts | UnknownImage | None) -> str:
    """What stands after FROM: a tagged reference, the builder's own release where the family is the same."""
    moving = _moving_sibling(base) if isinstance(base, ImageFacts) else None
    if moving is not None and isinstance(base, ImageFacts) and name in (f"{base.distribution}-slim", base.distribution):
        return moving
    release = base.releases[-1] if isinstance(base, ImageFacts) and base.releases else None
    distribution = base.distribution if isinstance(base, ImageFacts) else None
    front = mirror_of(base.ref) if isinstance(base, ImageFacts) else ""
    match name:
        case "debian-slim":
            return f"{front}debian:{release if distribution == 'debian' and release else 'trixie'}-slim"
        case "ubuntu":
            return f"{front}ubuntu:{release if distribution == 'ubuntu' and release else '24.04'}"
        case "alpine":
            return f"{front}alpine:{release if distribution == 'alpine' and release else '3.22'}"
        case "distroless-static" | "distroless-base" | "distroless-cc":
            number = {"bookworm": 12, "trixie": 13}.get(release or "", 12)
            return f"gcr.io/distroless/{name.removeprefix('distroless-')}-debian{number}"
        case _:
            return name


def _same_release(facts: ImageFacts, base: ImageFacts | UnknownImage) -> bool:
    """Tell whether both are one distribution and surely one release."""
    return (
        isinstance(base, ImageFacts)
        and facts.distribution is not None
        and facts.distribution == base.distribution
        and len(facts.releases) == 1
        and facts.releases == base.releases
    )
