"""Recipes: debian, ubuntu, buildpack-deps.

Package lists follow docker-library/buildpack-deps (debian/<release>/{curl,scm,}/Dockerfile).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bases.recipe import BOOKWORM, PRIVATE, RELEASES, TRIXIE, Bootstrap, Layers, Recipe, install, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bases.recipe import Release

#: Floating names of `debian` in docker-library/official-images library/debian: stable and latest are trixie.
_FLOATING = {BOOKWORM.codename: "oldstable", TRIXIE.codename: "stable"}

_SCM = "git mercurial openssh-client subversion procps"
_BUILD = (
    "autoconf automake bzip2 default-libmysqlclient-dev dpkg-dev file g++ gcc imagemagick libbz2-dev libc6-dev "
    "libcurl4-openssl-dev libdb-dev libevent-dev libffi-dev libgdbm-dev libglib2.0-dev libgmp-dev libjpeg-dev "
    "libkrb5-dev liblzma-dev libmagickcore-dev libmagickwand-dev libmaxminddb-dev libncurses-dev libpng-dev libpq-dev "
    "libreadline-dev libsqlite3-dev libssl-dev libtool libwebp-dev libxml2-dev libxslt1-dev libyaml-dev make patch "
    "unzip xz-utils zlib1g-dev"
)


def _debian(release: Release) -> Iterator[Recipe]:
    """Give a release's root in both variants."""
    for slim in (False, True):
        tail = "-slim" if slim else ""
        tags = [f"debian:{release.number}{tail}", f"debian:{_FLOATING[release.codename]}{tail}"]
        if release is TRIXIE and not slim:
            tags.append("debian:latest")
        yield Recipe(
            name=f"debian:{release.codename}{tail}",
            release=release,
            standin=f"{release} packages by mmdebstrap, not Docker's official image",
            make=Bootstrap(slim=slim),
            tags=tuple(tags),
        )


def _buildpack_deps(release: Release) -> Iterator[Recipe]:
    """Give a release's buildpack-deps in its three sizes."""
    code = release.codename
    standin = f"{release} packages, not Docker's official image"
    first = f"FROM {PRIVATE}debian:{code}\n" + install("ca-certificates curl gnupg netbase sq wget tzdata")
    scm = f"FROM {PRIVATE}buildpack-deps:{code}-curl\n" + install(_SCM)
    full = f"FROM {PRIVATE}buildpack-deps:{code}-scm\n" + install(_BUILD)
    for tail, dockerfile in (("-curl", first), ("-scm", scm), ("", full)):
        latest = (f"buildpack-deps:{tail.lstrip('-') or 'latest'}",) if release is TRIXIE else ()
        stable = f"buildpack-deps:{_FLOATING[code]}{tail}"
        yield Recipe(f"buildpack-deps:{code}{tail}", release, standin, Layers(dockerfile), (stable, *latest))


def _ubuntu(release: Release, tags: tuple[str, ...]) -> Recipe:
    """Give what stands in for Ubuntu, which no Debian mirror has."""
    return Recipe(
        name=f"ubuntu:standin-{release.codename}",
        release=release,
        standin=f"{release} packages, not Ubuntu",
        make=Layers(f'FROM {PRIVATE}debian:{release.codename}-slim\nCMD ["/bin/bash"]\n'),
        tags=tags,
        published=False,
    )


CORE = (
    *(recipe for release in RELEASES for recipe in _debian(release)),
    *(recipe for release in RELEASES for recipe in _buildpack_deps(release)),
    # The older libc is the careful choice: what runs on it runs on the named Ubuntu too.
    _ubuntu(BOOKWORM, numbered("ubuntu", "latest rolling 24.04 22.04 noble jammy")),
    _ubuntu(TRIXIE, ()),
)


def older(name: str, base: str, what: str, tags: tuple[str, ...]) -> Recipe:
    """Give a newer image under the names of older ones: projects that need those names still build, mostly."""
    return Recipe(
        name=name,
        release=BOOKWORM,
        standin=f"{what} on {BOOKWORM}, newer than the name it stands in for",
        make=Layers(f"FROM {PRIVATE}{base}\n"),
        tags=tags,
        published=False,
    )


_OLDER = "bullseye buster stretch jessie 11 10 9 8 oldoldstable"

ALL = (
    older("debian:standin-older", "debian:bookworm", "Debian packages", numbered("debian", _OLDER)),
    older("debian:standin-older-slim", "debian:bookworm-slim", "Debian packages", numbered("debian", _OLDER, "-slim")),
    older(
        "ubuntu:standin-older",
        "ubuntu:standin-bookworm",
        "Debian packages, not Ubuntu,",
        numbered("ubuntu", "20.04 18.04 16.04 14.04 focal bionic xenial trusty"),
    ),
)
