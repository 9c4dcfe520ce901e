"""The tracer that is carried into containers: strace with its own loader and libraries, in a read-only volume.

It comes from an image that the engine builds once, from a few lines and packages of Debian; where that can't be built
(no network, no base image) and the engine runs on this very machine, from this machine's own strace. What an image
holds is never used: the loader, the libraries and the program that waits for the tracer all come along.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from imgslim.engine import process
from imgslim.engine.build import BuildFailed, build
from imgslim.engine.hold import ARCHITECTURES, hold
from imgslim.engine.names import CACHE_LABEL
from imgslim.engine.options import BuildOptions, BuildSource
from imgslim.errors import ImgslimError
from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imgslim.engine.session import Session

#: Where the volume appears in a traced container.
FOLDER = "/.imgslim"
#: What starts strace there, whatever the image holds. LD_PRELOAD and its like are the image's: see EMPTY.
STRACE = (f"{FOLDER}/loader", "--inhibit-cache", "--library-path", f"{FOLDER}/lib", f"{FOLDER}/strace")
#: The program that waits for the tracer, and the same with a filter (:mod:`imgslim.engine.hold`).
HOLD, FILTERED = "hold", "hold-filtered"
#: An empty file, over which the log's own is mounted where it goes straight to this machine.
LOG = f"{FOLDER}/log"
#: Variables by which an image would change the tracer's own loader (ld.so(8)).
LOADER_VARIABLES = ("LD_PRELOAD", "LD_AUDIT", "LD_DEBUG", "LD_BIND_NOW")
REPOSITORY = "imgslim-tracer"
BASE = "debian:bookworm-slim"
#: Seconds for its build: two small packages are fetched.
_BUILD_TIMEOUT = 180.0
#: The build arguments that reach each step without an ARG (BuildKit's predefined ones).
_PROXIES = regex(r"(http|https|ftp|no|all)_proxy", re.IGNORECASE)
#: ``ldd``: ``libc.so.6 => /lib/… (0x…)``, and the loader without an arrow.
_LINKED = regex(r"(/\S+) \(0x", re.MULTILINE)
_LOADER = regex(r"^\s*(/\S+) \(0x", re.MULTILINE)

_FROM_DEBIAN = f"""\
FROM {BASE} AS pack
RUN apt-get update && apt-get install -y --no-install-recommends strace
RUN mkdir -p /tree/lib && cp /usr/bin/strace /tree/ \\
 && cp -L $(ldd /usr/bin/strace | grep -o '/[^ ]*') /tree/lib/ \\
 && cp -L $(ldd /usr/bin/strace | grep -v '=>' | grep -o '/[^ ]*') /tree/loader
COPY hold* log /tree/
FROM scratch
LABEL {CACHE_LABEL}=tracer
COPY --from=pack /tree {FOLDER}
"""
_FROM_HERE = f"""\
FROM scratch
LABEL {CACHE_LABEL}=tracer
COPY . {FOLDER}
"""


class NoTracer(ImgslimError):  # noqa: N818  (no fault: what it would have shown stays unknown)
    """A program can't be watched here; the text says why."""


@dataclass(frozen=True, slots=True)
class Tracer:
    """What is mounted into traced containers of one session."""

    #: The volume's name; it goes with the session.
    volume: str
    #: ``amd64`` …: only images for the machine itself can be traced.
    architecture: str


def provide(session: Session, options: BuildOptions, tell: Callable[[str], None] | None = None) -> Tracer:
    """Make a volume with the tracer; the image behind it is kept for the next time.

    ``options`` are those that the user's image is built with: its network, proxies and stand-ins for images count here
    as well. Raises NoTracer.
    """
    architecture = str(session.engine.api.version()["Arch"])
    if architecture not in ARCHITECTURES:
        raise NoTracer(f"there is no tracer for {architecture}")
    image = _image(session, architecture, options, tell)
    return Tracer(session.fill_volume(image, FOLDER, [f"{FOLDER}/{HOLD}"]), architecture)


def _image(session: Session, architecture: str, options: BuildOptions, tell: Callable[[str], None] | None) -> str:
    """The name of an image that holds the tracer: one that is there, else one that is made."""
    with tempfile.TemporaryDirectory(prefix="imgslim-tracer-") as folder:
        ways: list[tuple[str, Path]] = [(_FROM_DEBIAN, _folder(Path(folder, "debian"), architecture))]
        if session.engine.is_direct and (here := _pack(Path(folder, "here"), architecture)):
            ways.append((_FROM_HERE, here))
        named = [(_name(text, context, architecture), text, context) for text, context in ways]
        for name, _, _ in named:
            if session.engine.inspect(name) is not None:
                return name
        failures: list[str] = []
        for name, text, context in named:
            try:
                build(session.command, BuildSource(text.encode(), context), name, _options(options), tell)
            except BuildFailed as failed:
                failures.append(failed.message)
            else:
                return name
    raise NoTracer(f"no tracer could be made: {'; '.join(failures)}")


def _options(user: BuildOptions) -> BuildOptions:
    """Those of the user's build options that reach the network or stand in for the base image."""
    return BuildOptions(
        build_args=tuple(one for one in user.build_args if _PROXIES.fullmatch(one.partition("=")[0])),
        network=user.network,
        contexts=tuple(one for one in user.contexts if one[0] == BASE),
        timeout=_BUILD_TIMEOUT,
    )


def _folder(folder: Path, architecture: str) -> Path:
    """A context with the program that waits, without a filter and with one, and the place of the log."""
    folder.mkdir()
    (folder / "log").touch()
    for name, is_filtered in ((HOLD, False), (FILTERED, True)):
        path = folder / name
        path.write_bytes(hold(architecture, filtered=is_filtered))
        path.chmod(0o755)
    return folder


def _pack(folder: Path, architecture: str) -> Path | None:
    """A context with this machine's strace and what it is linked with; None where it has none that glibc loads."""
    strace, ldd = shutil.which("strace"), shutil.which("ldd")
    if strace is None or ldd is None:
        return None
    said = process.run([ldd, strace], timeout=20.0).stdout.decode("utf-8", "replace")
    loader = _LOADER.search(said)
    if loader is None or "ld-musl" in loader[1]:
        return None
    libraries = _folder(folder, architecture) / "lib"
    libraries.mkdir()
    for path in _LINKED.findall(said):
        shutil.copy(path, libraries / Path(path).name)
    shutil.copy(loader[1], folder / "loader")
    shutil.copy(strace, folder / "strace")
    return folder


def _name(text: str, context: Path, architecture: str) -> str:
    """A name that says all that goes in: what is made anew would be the same."""
    digest = hashlib.sha256(f"{text}\0{architecture}".encode())
    for path in _files(context):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(context)}\0{len(content)}\0".encode() + content)
    return f"{REPOSITORY}:{digest.hexdigest()[:20]}"


def _files(folder: Path) -> Iterator[Path]:
    """The files below a folder, in an order that holds."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())
