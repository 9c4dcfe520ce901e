"""What is found without running is what the loaders themselves say, for every program and library of real images."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from imgslim.engine.options import BuildOptions, BuildSource
from imgslim.engine.saved import look
from imgslim.engine.session import Session
from imgslim.evidence.loader import closure, environment, usual_loader

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from imgslim.engine.images import BuiltImage
    from imgslim.evidence import Contents

#: Lets a loader list what it would load, for each ``loader file`` of its input.
_LIST = 'while read -r loader file; do echo "== $file"; "$loader" --list "$file" 2>&1; done'
_FOUND = re.compile(r"\s+(\S+)(?: => (\S+))? \(0x")
_NOT_FOUND = re.compile(
    r"\s+(\S+) => not found|.*error while loading shared libraries: (\S+): cannot open"
    r"|Error loading shared library (\S+):"
)
#: Run paths of both kinds, passed down and not; tokens; a library that ldconfig has not seen; one of another machine.
HARD = r"""
FROM gcc:trixie
RUN apt-get update -q \
 && apt-get install -yq --no-install-recommends musl-tools python3-numpy nodejs libc6-dev-i386 lib32gcc-14-dev
WORKDIR /w
RUN mkdir a b c d lib32 && echo 'int x(void) { return 1; }' > x.c \
 && echo 'int x(void); int y(void) { return x(); }' > y.c \
 && echo 'int y(void); int main(void) { return y(); }' > m.c
RUN for d in a b c d /usr/local/lib; do gcc -shared -fPIC -Wl,-soname,libx.so.1 -o $d/libx.so.1 x.c; done \
 && gcc -m32 -shared -o lib32/libx.so.1 x.c \
 && gcc -shared -fPIC -o liby-bare.so y.c a/libx.so.1 \
 && gcc -shared -fPIC -Wl,--enable-new-dtags,-rpath,'$ORIGIN/../b' -o c/liby.so y.c a/libx.so.1 \
 && gcc -shared -fPIC -Wl,--disable-new-dtags,-rpath,'${ORIGIN}/../b' -o d/liby.so y.c a/libx.so.1 \
 && cp liby-bare.so a/liby.so && cp liby-bare.so /usr/lib/liby.so
RUN for tags in enable disable; do for l in a c d; do \
   for p in /w/lib32:/w/$l '$ORIGIN/'$l '/w/$LIB:/w/${PLATFORM}'; do \
   gcc -o "p-$tags-$l-$(echo "$p" | tr -c 'a-z0-9\n' _)" m.c -Wl,--$tags-new-dtags,-rpath,"$p" -L $l -l:liby.so \
     -Wl,--allow-shlib-undefined || exit 1; done; done; done && mkdir -p lib/x86_64-linux-gnu x86_64 \
 && cp a/libx.so.1 lib/x86_64-linux-gnu && cp a/liby.so x86_64
RUN mkdir m && cd m && mkdir e && musl-gcc -shared -fPIC -Wl,-soname,libx.so.1 -o e/libx.so.1 ../x.c \
 && cp e/libx.so.1 /usr/lib/x86_64-linux-musl && musl-gcc -shared -fPIC -o liby.so ../y.c e/libx.so.1 \
 && musl-gcc -o none ../m.c liby.so -Wl,--allow-shlib-undefined \
 && musl-gcc -o low ../m.c liby.so -Wl,--allow-shlib-undefined,-rpath,'$ORIGIN:$ORIGIN/e' \
 && musl-gcc -o old ../m.c liby.so -Wl,--allow-shlib-undefined,--disable-new-dtags,-rpath,'/w/m:/w/m/e' \
 && musl-gcc -static -o static ../m.c ../x.c ../y.c
"""
WITH_PATH = HARD + "ENV LD_LIBRARY_PATH=/w/d:/w/m/e\n"
AFTER_LDCONFIG = HARD + "RUN ldconfig\n"


@pytest.mark.engine
@pytest.mark.parametrize(
    "text", ["FROM busybox:glibc", "FROM debian:trixie", "FROM golang:bookworm", "FROM ubuntu:24.04"]
)
def test_base_images(text: str, tmp_path: Path) -> None:
    """Every file of them that asks for a library."""
    assert _compared(text + "\nLABEL a=b\n", tmp_path) > 200


@pytest.mark.engine
@pytest.mark.parametrize("text", [HARD, WITH_PATH, AFTER_LDCONFIG], ids=["plain", "LD_LIBRARY_PATH", "ldconfig"])
def test_run_paths(text: str, tmp_path: Path) -> None:
    """Programs made to need every rule, of both C libraries, beside Python, numpy, Node.js and gcc."""
    assert _compared(text, tmp_path) > 1300


def _compared(text: str, context: Path) -> int:
    """Compare all files of the image that a Dockerfile makes; their number."""
    with Session() as session:
        image = session.build(BuildSource(text.encode(), context), BuildOptions())
        contents = look(session, image)
        # A program for a system that is not Linux has no loader here to ask.
        files = {
            path: elf.interpreter or usual_loader(contents, elf) for path, elf in contents.elf.items() if elf.needed
        }
        files = {
            path: loader
            for path, loader in files.items()
            # Hardly any kernel runs programs for x32.
            if contents.get(loader) is not None and contents.elf[path].machine != "x32"
        }
        said = _said(image, files)
    for path, loader in files.items():
        ours = closure(contents, path, environment(contents))
        found, missing, is_whole = said[path]
        if is_whole:
            assert (_files(contents, ours.found, loader), set(ours.missing)) == (
                _files(contents, found, loader),
                missing,
            ), path
        else:
            # It ends with the first that it does not find.
            assert missing <= set(ours.missing), path
    return len(files)


def _files(contents: Contents, found: Mapping[str, str], loader: str) -> dict[str, str]:
    """The path by name, without the loader itself: each lists it in another way."""
    own = contents.resolve(loader)
    return {name: path for name, path in found.items() if contents.resolve(path) != own}


def _said(image: BuiltImage, files: dict[str, str]) -> dict[str, tuple[dict[str, str], set[str], bool]]:
    """What the loaders list: paths by name, names that are not found, whether that is all."""
    command = ("docker", "run", "--rm", "-i", "--entrypoint", "sh", image.id, "-c", _LIST)
    lines = "".join(f"{loader} {path}\n" for path, loader in files.items())
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False, timeout=300)
    found: dict[str, tuple[dict[str, str], set[str], bool]] = {}
    for block in done.stdout.split("== ")[1:]:
        path, _, rest = block.partition("\n")
        matches = [m for line in rest.splitlines() if (m := _FOUND.match(line)) and not m[1].startswith("linux-")]
        missing = {m[1] or m[2] or m[3] for line in rest.splitlines() if (m := _NOT_FOUND.match(line))}
        found[path] = {m[1]: m[2] or m[1] for m in matches}, missing, "error while loading" not in rest
    return found
