"""Recipes: python.

docker-library/python (Dockerfile-linux.template): upstream's source, configured with a shared library and without
tests and byte code, in /usr/local; on buildpack-deps, or for -slim on debian slim with the libraries that it is linked
with. The source here is the one that Debian builds its own packages from, as upstream made it; without profiling runs,
which take half an hour and change the speed only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bases.debian import older
from tests.bases.recipe import BOOKWORM, PRIVATE, TRIXIE, Layers, Recipe, install, numbered

if TYPE_CHECKING:
    from tests.bases.recipe import Release

#: Debian's version of Python in each release, to the last part.
_PYTHON = {BOOKWORM.codename: "3.11.2", TRIXIE.codename: "3.13.5"}
#: Older pip trusts only the certificates that it brings along; the machine's own are in the system's bundle.
_TRUST = "RUN printf '[global]\\ncert = /etc/ssl/certs/ca-certificates.crt\\n' > /etc/pip.conf\n"
_PATH = "ENV PATH=/usr/local/bin:$PATH\n"
#: Up to 3.12.
_LANG = "ENV LANG=C.UTF-8\n"
#: What the official image deletes.
_TESTS = r"\( -type d -a \( -name test -o -name tests -o -name idle_test \) \)"
_CODE = r"\( -type f -a \( -name '*.pyc' -o -name '*.pyo' -o -name 'libpython*.a' \) \)"
_NAMES = "idle3:idle pip3:pip pydoc3:pydoc python3:python python3-config:python-config"


def _env(release: Release) -> str:
    return _PATH + (_LANG if release is BOOKWORM else "")


def _minor(release: Release) -> str:
    return _PYTHON[release.codename].rpartition(".")[0]


def _full(release: Release) -> Recipe:
    """Give Python made from source on buildpack-deps."""
    code, minor = release.codename, _minor(release)
    build = (
        "RUN set -eu; sed -n 's/^deb /deb-src /p' /etc/apt/sources.list > /etc/apt/sources.list.d/source.list; \\\n"
        f" mkdir /tmp/source; cd /tmp/source; apt-get update -q; apt-get source -q --tar-only python{minor}; \\\n"
        " tar -xf *.orig.tar.[gx]z --strip-components=1; \\\n"
        ' ./configure -q --build="$(dpkg-architecture --query DEB_BUILD_GNU_TYPE)" --enable-shared '
        "LDFLAGS=-Wl,--strip-all \\\n"
        "  --enable-loadable-sqlite-extensions --enable-option-checking=fatal --with-ensurepip; \\\n"
        ' make -s -j "$(nproc)"; make -s install; cd /; \\\n'
        " rm -r /tmp/source /etc/apt/sources.list.d/source.list /var/lib/apt/lists/*; \\\n"
        f" find /usr/local -depth \\( {_TESTS} -o {_CODE} \\) -exec rm -rf '{{}}' +; ldconfig; \\\n"
        f' for n in {_NAMES}; do ln -sv "${{n%%:*}}" "/usr/local/bin/${{n##*:}}"; done\n'
    )
    base = f"FROM {PRIVATE}buildpack-deps:{code}"
    libraries, version = install("libbluetooth-dev tk-dev uuid-dev"), f"ENV PYTHON_VERSION={_PYTHON[code]}\n"
    dockerfile = (
        f"{base} AS source\n{_PATH}{_LANG}{libraries}{version}{build}\n{base}\n{_env(release)}{libraries}{version}"
        f'COPY --from=source /usr/local/ /usr/local/\nRUN ldconfig\n{_TRUST}CMD ["python3"]\n'
    )
    return Recipe(f"python:{minor}-{code}", release, _standin(release), Layers(dockerfile), _tags(release, ""))


def _slim(release: Release) -> Recipe:
    """Give the same Python on debian slim."""
    code, minor = release.codename, _minor(release)
    late = "t64" if release is TRIXIE else ""
    libraries = (
        f"ca-certificates netbase tzdata libbz2-1.0 libdb5.3{late} libffi8 liblzma5 libncursesw6 libreadline8{late} "
        f"libsqlite3-0 {release.libssl} libtinfo6 libuuid1 zlib1g"
    )
    dockerfile = (
        f"FROM {PRIVATE}debian:{code}-slim\n{_env(release)}{install(libraries)}ENV PYTHON_VERSION={_PYTHON[code]}\n"
        f"COPY --from={PRIVATE}python:{minor}-{code} /usr/local/ /usr/local/\n"
        f'RUN ldconfig\n{_TRUST}CMD ["python3"]\n'
    )
    return Recipe(
        f"python:{minor}-slim-{code}", release, _standin(release), Layers(dockerfile), _tags(release, "-slim")
    )


def _standin(release: Release) -> str:
    return f"Python {_PYTHON[release.codename]} from source on {release} packages, not Docker's official image"


def _tags(release: Release, tail: str) -> tuple[str, ...]:
    version, code, minor = _PYTHON[release.codename], release.codename, _minor(release)
    names = [f"{v}{tail}" for v in (minor, version)] + [f"{version}{tail}-{code}"]
    if release is TRIXIE:
        names += [f"3{tail}", f"3{tail}-{code}", f"{tail[1:]}-{code}".lstrip("-"), tail[1:] or "latest"]
    else:
        names += [f"{tail[1:]}-{code}".lstrip("-"), f"3{tail}-{code}"]
    return numbered("python", " ".join(names))


#: What the fixtures build on; making Python takes minutes.
CORE = (_full(TRIXIE), _slim(TRIXIE))

_OLDER = "3.6 3.7 3.8 3.9 3.10"
_NEWER = "3.12 3.14"

ALL = (
    _full(BOOKWORM),
    _slim(BOOKWORM),
    *(
        older(f"python:standin-older{tail}", f"python:3.11{tail}-bookworm", "Python 3.11", tags)
        for tail in ("", "-slim")
        for tags in (numbered("python", f"{_OLDER} {_NEWER}", tail),)
    ),
)
