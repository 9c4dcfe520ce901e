"""An image is looked into through the engine: each file is put down to the instruction that made it."""

from __future__ import annotations

import io
import tarfile
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from imgslim.engine.options import BuildOptions, BuildSource
from imgslim.engine.saved import SavedImage, look
from imgslim.engine.session import Session
from imgslim.errors import EngineOrSystemError
from imgslim.evidence import EntryKind
from imgslim.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imgslim.evidence import Entry


#: Every instruction that a stage may have; what each does to the file system is said below.
DOCKERFILE = """\
# check=skip=all
ARG RELEASE=trixie
FROM debian:${RELEASE}-slim
LABEL a=b
ARG WHERE=/srv
ENV DATA=/data A=1 \\
    B=2
MAINTAINER somebody
WORKDIR $WHERE/app
COPY one.txt two.txt ./
COPY --chown=33:34 --chmod=0640 one.txt /owned/
ADD packed.tar /unpacked
RUN chmod 0711 one.txt && rm /etc/debian_version && ln -s one.txt link && ln two.txt hard
SHELL ["/bin/sh", "-ec"]
RUN <<END
mkdir -p $DATA/deep/er
echo changed >> /etc/issue
END
RUN ["/bin/rm", "-r", "/data/deep"]
RUN --mount=type=tmpfs,target=/tmp/x true
COPY --from=busybox:glibc /bin/busybox /bin/busybox
RUN printf '\\001\\000\\000\\002\\000\\004\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000' > /cap
VOLUME /data
EXPOSE 80 81/udp
USER 33
STOPSIGNAL SIGINT
HEALTHCHECK CMD true
ENTRYPOINT ["/bin/sh"]
ONBUILD RUN true
CMD ["-c", "true"]
"""


def _line(contents_index: int | None) -> str:
    """The instruction's first line."""
    assert contents_index is not None
    node = parse(DOCKERFILE).instructions[contents_index]
    return DOCKERFILE[node.span.start : node.span.end].splitlines()[0]


@pytest.mark.engine
def test_each_file_is_of_the_instruction_that_wrote_it(tmp_path: Path) -> None:
    """Owner, mode and links too; what is from the base stays the base's."""
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text(name)
    with tarfile.open(tmp_path / "packed.tar", "w") as archive:
        info = tarfile.TarInfo("inner")
        info.size, info.uid, info.mode = 1, 7, 0o600
        archive.addfile(info, io.BytesIO(b"x"))
    with Session() as session:
        built = session.build(BuildSource(DOCKERFILE.encode(), tmp_path), BuildOptions())
        contents = look(session, built, parse(DOCKERFILE), "debian:trixie-slim")

    def made(path: str) -> str:
        return _line(contents.layers[contents.entries[path].layer].instruction)

    assert contents.base_layers == 1
    assert contents.is_from_base("/usr/bin/dpkg")
    assert contents.layers[0].instruction is None
    assert made("/srv/app").startswith("WORKDIR")
    assert contents.is_from_base("/srv")
    assert made("/srv/app/one.txt").startswith("RUN chmod")
    assert made("/owned/one.txt").startswith("COPY --chown")
    assert made("/unpacked/inner").startswith("ADD")
    assert made("/data") == "RUN <<END"
    assert made("/etc/issue") == "RUN <<END"
    assert made("/bin/busybox".replace("/bin", "/usr/bin")).startswith("COPY --from=busybox")
    owned = contents.entries["/owned/one.txt"]
    assert (owned.uid, owned.gid, owned.mode) == (33, 34, 0o640)
    inner = contents.entries["/unpacked/inner"]
    assert (inner.uid, inner.mode, inner.size) == (7, 0o600, 1)
    assert contents.entries["/srv/app/one.txt"].mode == 0o711
    assert (contents.entries["/srv/app/link"].kind, contents.entries["/srv/app/link"].target) == (
        EntryKind.LINK,
        "one.txt",
    )
    chmod = next(facts for facts in contents.layers if "chmod 0711" in facts.created_by)
    assert chmod.deleted == ("/etc/debian_version",)
    assert set(chmod.changed) >= {"/srv/app/one.txt"}
    removed = next(facts for facts in contents.layers if "/data/deep" in facts.created_by and "rm" in facts.created_by)
    assert removed.deleted == ("/data/deep", "/data/deep/er")
    assert contents.config["WorkingDir"] == "/srv/app"
    assert "PATH" in dict(entry.partition("=")[::2] for entry in contents.config["Env"])
    assert contents.packages is not None
    assert contents.owner(contents.resolve("/bin/sh") or "") == "dash"


@pytest.mark.engine
@pytest.mark.parametrize(
    "image", ["debian:trixie", "alpine:latest", "golang:bookworm", "gcr.io/distroless/cc-debian12"]
)
def test_the_merged_file_system_is_what_a_container_sees(image: str, tmp_path: Path) -> None:
    """Every path with its kind, size, owner, mode and link, compared with ``docker export``."""
    text = f"FROM {image}\nCOPY one /a/b/c\nCOPY --chown=5:6 one /a/\nLABEL a=b\n"
    if "distroless" not in image:
        text += "RUN rm -rf /a/b /usr/share /etc/profile && mkdir -p /usr/share/new /a/b && ln /a/one /a/two\n"
        text += "RUN rm -rf /a/b && ln -s /etc /a/b && mv /usr/share /usr/moved && chmod 0700 /home && chown 7 /var\n"
    (tmp_path / "one").write_text("1")
    with Session() as session:
        built = session.build(BuildSource(text.encode(), tmp_path), BuildOptions())
        contents = look(session, built, parse(text), image)
        container = session.engine.client.containers.create(built.id, ["none"])
        try:
            seen = _exported(container.export())
        finally:
            container.remove()
    ours = {path: _row(entry) for path, entry in contents.entries.items() if not path.startswith(_OWN_OF_CONTAINERS)}
    assert ours == seen
    assert contents.base_layers == len(contents.layers) - text.count("\nCOPY") - text.count("\nRUN")
    assert not contents.unread


#: What the engine puts into each container.
_OWN_OF_CONTAINERS = (
    "/dev",
    "/proc",
    "/sys",
    "/etc/hosts",
    "/etc/hostname",
    "/etc/resolv.conf",
    "/etc/mtab",
    "/.docker",
)


def _row(entry: Entry) -> tuple[str, int, int, int, int, str]:
    return str(entry.kind), entry.size, entry.mode, entry.uid, entry.gid, entry.target


def _exported(pieces: Any) -> dict[str, tuple[str, int, int, int, int, str]]:  # noqa: ANN401  (the SDK's stubs have it as text)
    """The same of a container's archive."""
    found: dict[str, tuple[str, int, int, int, int, str]] = {}
    with tarfile.open(fileobj=io.BytesIO(b"".join(pieces))) as archive:
        for info in archive:
            path = "/" + info.name.strip("/")
            if path == "/" or path.startswith(_OWN_OF_CONTAINERS):
                continue
            if info.islnk():
                found[path] = found["/" + info.linkname]
                continue
            kind = "file" if info.isreg() else "folder" if info.isdir() else "link" if info.issym() else "special"
            found[path] = kind, info.size, info.mode, info.uid, info.gid, info.linkname
    return found


@pytest.mark.engine
def test_capabilities_and_owners_of_packages(tmp_path: Path) -> None:
    """setcap(8) shows; dpkg itself says the same of every file that it owns."""
    text = """\
FROM debian:trixie
RUN apt-get update -q && apt-get install -yq --no-install-recommends libcap2-bin \\
 && cp /bin/true /able && setcap cap_net_raw+ep /able && cp /bin/true /plain && apt-get purge -yq libcap2-bin
"""
    listed = "dpkg-query -W -f '${binary:Package}\\n' | while read -r p; do dpkg-query -L $p | sed \"s|^|$p |\"; done"
    with Session() as session:
        built = session.build(BuildSource(text.encode(), tmp_path), BuildOptions())
        contents = look(session, built)
        said = session.engine.client.containers.run(built.id, ["sh", "-c", listed], remove=True).decode()
    assert contents.entries["/able"].has_capabilities
    assert not contents.entries["/plain"].has_capabilities
    owners: dict[str, str] = {}
    for line in said.splitlines():
        package, _, path = line.partition(" ")
        folder, _, name = path.rpartition("/")
        real = f"{(contents.resolve(folder) or '/').rstrip('/')}/{name}"
        at_end = contents.get(real)
        if path.startswith("/") and real in contents.entries and (not at_end or at_end.kind is not EntryKind.FOLDER):
            owners[real] = package.partition(":")[0]
    assert contents.packages is not None
    assert len(owners) > 2000
    assert contents.packages.owners == owners
    assert "libcap2-bin" not in contents.packages.versions


class _Api:
    """An engine's API that sends what it is given, then waits, fails or ends."""

    def __init__(self, pieces: list[bytes], error: Exception | None = None, *, hangs: bool = False) -> None:
        self.pieces, self.error, self.hangs = pieces, error, hangs
        self.closed = threading.Event()

    def get_image(self, _image: str, _size: int) -> Iterator[bytes]:
        try:
            yield from self.pieces
            if self.hangs:
                time.sleep(3)
            if self.error is not None:
                raise self.error
        finally:
            self.closed.set()


def _engine(api: _Api) -> Any:  # noqa: ANN401  (as much of an Engine as is asked for)
    class _Engine:
        def __init__(self) -> None:
            self.api = api

    return _Engine()


def test_the_stream_is_what_the_engine_sends() -> None:
    """However it is cut; nothing comes after its end."""
    with SavedImage(_engine(_Api([b"abc", b"", b"defg"])), "x") as stream:
        pieces = list(iter(lambda: stream.read(2), b""))
    assert b"".join(pieces) == b"abcdefg"
    assert max(map(len, pieces)) == 2


def test_what_the_engine_fails_with_has_a_name() -> None:
    """Whatever the SDK raises."""
    with SavedImage(_engine(_Api([b"a"], OSError("gone"))), "x") as stream:
        assert stream.read(9) == b"a"
        with pytest.raises(EngineOrSystemError, match="gone") as caught:
            stream.read(9)
    assert caught.value.code == "image-unreadable"


def test_an_engine_that_hangs_is_waited_for_no_longer_than_said() -> None:
    """The SDK itself would wait for ever."""
    with SavedImage(_engine(_Api([b"a"], hangs=True)), "x", timeout=0.1) as stream:
        stream.read(9)
        with pytest.raises(EngineOrSystemError, match="too long"):
            stream.read(9)


def test_who_stops_reading_ends_the_sending() -> None:
    """The rest of the image is not fetched."""
    api = _Api([b"x"] * 1000)
    with SavedImage(_engine(api), "x") as stream:
        stream.read(1)
    assert api.closed.wait(5)
