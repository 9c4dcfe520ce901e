"""Recipes: ruby. The set `core` has the release that fixtures build on.

docker-library/ruby (Dockerfile.template): upstream's source, configured with a shared library and without
documentation, in /usr/local; gems go to /usr/local/bundle; on buildpack-deps, or for -slim on debian slim with the
libraries that it is linked with. The source here is the one that Debian builds its own packages from, as upstream made
it, without debugging information. Gems that come with Ruby beside its library (rake, minitest ...) are no part of the
source, which would fetch them: they are missing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bases.debian import older
from tests.bases.recipe import BOOKWORM, PRIVATE, RELEASES, TRIXIE, Layers, Recipe, install, numbered

if TYPE_CHECKING:
    from tests.bases.recipe import Release

#: Debian's version of Ruby in each release, to the last part.
_RUBY = {BOOKWORM.codename: "3.1.2", TRIXIE.codename: "3.3.8"}
_GEMRC = "RUN mkdir -p /usr/local/etc && echo 'gem: --no-document' >> /usr/local/etc/gemrc\n"
_ENV = "ENV LANG=C.UTF-8\nENV RUBY_VERSION={version}\n"
_HOME = (
    "ENV GEM_HOME=/usr/local/bundle\nENV BUNDLE_SILENCE_ROOT_WARNING=1 BUNDLE_APP_CONFIG=$GEM_HOME\n"
    'ENV PATH=$GEM_HOME/bin:$PATH\nRUN mkdir "$GEM_HOME" && chmod 1777 "$GEM_HOME"\nCMD ["irb"]\n'
)


def _minor(release: Release) -> str:
    return _RUBY[release.codename].rpartition(".")[0]


def _full(release: Release) -> Recipe:
    """Give Ruby made from source on buildpack-deps."""
    code, minor, version = release.codename, _minor(release), _RUBY[release.codename]
    build = (
        "RUN set -eu; "
        "sed -n '/-security/!s/^deb /deb-src /p' /etc/apt/sources.list > /etc/apt/sources.list.d/source.list; \\\n"
        f" mkdir /tmp/source; cd /tmp/source; apt-get update -q; apt-get source -q --download-only ruby{minor}; \\\n"
        " apt-get install -qy --no-install-recommends bison libgdbm-dev ruby; \\\n"
        " tar -xf *.orig.tar.* --strip-components=1; [ -x configure ] || autoconf; \\\n"
        " rm -rf ext/-test-; : > gems/bundled_gems; \\\n"
        ' ./configure -q --build="$(dpkg-architecture --query DEB_BUILD_GNU_TYPE)" --disable-install-doc \\\n'
        "  --enable-shared debugflags=-g0; \\\n"
        ' make -s -j "$(nproc)"; make -s install; cd /; \\\n'
        " apt-get purge -qy --auto-remove bison ruby; \\\n"
        " rm -r /tmp/source /etc/apt/sources.list.d/source.list /var/lib/apt/lists/*; ldconfig; \\\n"
        ' [ "$(command -v ruby)" = /usr/local/bin/ruby ]; '
        "ruby -ropenssl -rpsych -rzlib -e 'puts RUBY_DESCRIPTION'; \\\n"
        " gem --version; bundle --version; rm -rf /root/.local /root/.gem\n"
    )
    dockerfile = f"FROM {PRIVATE}buildpack-deps:{code}\n{_GEMRC}{_ENV.format(version=version)}{build}{_HOME}"
    return Recipe(f"ruby:{minor}-{code}", release, _standin(release), Layers(dockerfile), _tags(release, ""))


def _slim(release: Release) -> Recipe:
    """Give the same Ruby on debian slim."""
    code, minor, version = release.codename, _minor(release), _RUBY[release.codename]
    late = "t64" if release is TRIXIE else ""
    libraries = (
        f"ca-certificates libffi8 libgdbm6{late} libgdbm-compat4{late} libgmp10 libreadline8{late} {release.libssl} "
        "libyaml-0-2 zlib1g"
    )
    dockerfile = (
        f"FROM {PRIVATE}debian:{code}-slim\n{install(libraries)}{_GEMRC}{_ENV.format(version=version)}"
        f"COPY --from={PRIVATE}ruby:{minor}-{code} /usr/local/ /usr/local/\n"
        f"RUN ldconfig && rm -rf /usr/local/bundle\n{_HOME}"
    )
    return Recipe(f"ruby:{minor}-slim-{code}", release, _standin(release), Layers(dockerfile), _tags(release, "-slim"))


def _standin(release: Release) -> str:
    return f"Ruby {_RUBY[release.codename]} from source on {release} packages, not Docker's official image"


def _tags(release: Release, tail: str) -> tuple[str, ...]:
    version, code, minor = _RUBY[release.codename], release.codename, _minor(release)
    names = [f"{v}{tail}" for v in (minor, version)] + [f"{version}{tail}-{code}"]
    if release is TRIXIE:
        names += [f"3{tail}", f"3{tail}-{code}", f"{tail[1:]}-{code}".lstrip("-"), tail[1:] or "latest"]
    return numbered("ruby", " ".join(names))


CORE = tuple(make(BOOKWORM) for make in (_full, _slim))

_OLDER = "2.3 2.4 2.5 2.6 2.7 3.0"
_NEWER = "3.2 3.4"

ALL = (
    *(make(release) for release in RELEASES if release is not BOOKWORM for make in (_full, _slim)),
    *(
        older(f"ruby:standin-older{tail}", f"ruby:{base}", "Ruby 3.1", numbered("ruby", f"{_OLDER} {_NEWER}", tail))
        for tail, base in (("", "3.1-bookworm"), ("-slim", "3.1-slim-bookworm"))
    ),
)
