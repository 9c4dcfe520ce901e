"""What is known of an image: configuration, distribution, C library, and what a program finds in it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Literal

from imgslim.records import dataclass

if TYPE_CHECKING:
    from imgslim.images.reference import ImageRef

#: The package managers of RPM's distributions, which take the same words: microdnf is what small images have, yum what
#: older ones have (microdnf, dnf/dnf-main.c; yum(8)).
RPM_MANAGERS = ("dnf", "microdnf", "yum")


class Libc(Enum):
    """The C library that an image has for the programs in it."""

    GLIBC = "glibc"
    MUSL = "musl"
    UCLIBC = "uclibc"
    #: No loader and no shared C library: only static programs run.
    NONE = "none"


@dataclass(frozen=True, slots=True)
class VersionRange:
    """The versions that are possible, both ends included; None is an open end."""

    low: tuple[int, ...] | None = None
    high: tuple[int, ...] | None = None

    @property
    def exact(self) -> tuple[int, ...] | None:
        """The version where only one is possible, else None."""
        return self.low if self.low == self.high else None

    def __str__(self) -> str:
        """``2.36``, ``2.36-2.41``, with ``?`` for an open end."""
        low, high = (".".join(map(str, end)) if end is not None else "?" for end in (self.low, self.high))
        return low if low == high else f"{low}-{high}"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read: a file of a public repository."""

    #: ``owner/name`` on GitHub.
    repository: str
    #: 40 hexadecimal digits.
    commit: str
    path: str


@dataclass(frozen=True, slots=True)
class User:
    """A line of /etc/passwd."""

    name: str
    uid: int
    gid: int
    home: str


@dataclass(frozen=True, slots=True)
class UnknownImage:
    """An image that no table holds: private, or not among the well-known ones."""

    ref: ImageRef
    #: A sentence for people, with what it forbids.
    why: str


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What is known of an image. None, in any field, is "not known", never "no"."""

    ref: ImageRef
    #: The family whose table the facts are from: ``golang``, ``distroless``; "" where only an engine knows it.
    family: str
    #: The official image of that family that it is made of, where it is not one itself.
    official: ImageRef | None = None
    #: ``debian``, ``ubuntu``, ``alpine``, ``busybox`` …
    distribution: str | None = None
    #: Code names (Debian), versions (others) that are possible, oldest first; empty: not known.
    releases: tuple[str, ...] = ()
    libc: Libc | None = None
    libc_version: VersionRange = VersionRange()
    #: Whether libc.a and the C headers are there (libc6-dev, musl-dev).
    static_libc: bool | None = None
    #: "/" where the image sets none.
    workdir: str | None = None
    #: Variables in the image's order; a value that depends on the exact version is None.
    env: tuple[tuple[str, str | None], ...] = ()
    #: False where there may be variables that ``env`` does not list.
    env_known: bool = False
    #: "" is root by default.
    user: str | None = None
    #: Empty: none is set. For these and the following: None is not known.
    entrypoint: tuple[str, ...] | None = None
    cmd: tuple[str, ...] | None = None
    #: With protocol: ``80/tcp``.
    expose: tuple[str, ...] | None = None
    volumes: tuple[str, ...] | None = None
    #: "" where none is set (SIGTERM is sent).
    stopsignal: str | None = None
    #: As the image configuration holds it: ``("CMD-SHELL", "…")``.
    healthcheck: tuple[str, ...] | None = None
    onbuild: tuple[str, ...] | None = None
    #: What SHELL set; ``("/bin/sh", "-c")`` is Docker's default.
    shell_form: tuple[str, ...] | None = None
    has_shell: bool | None = None
    #: Its path where there is one: ``/bin/sh``.
    shell: str | None = None
    #: What /bin/sh is: ``dash``, ``ash`` (busybox), ``bash``.
    shell_kind: str | None = None
    #: ``apt``, ``apk``, ``dnf``, ``microdnf``, ``yum``; "" where there is none.
    package_manager: str | None = None
    #: Whether a bundle of CA certificates is installed, and where the bundle is.
    ca_bundle: bool | None = None
    ca_path: str | None = None
    #: Whether /usr/share/zoneinfo is there.
    tzdata: bool | None = None
    #: SONAMEs that are surely in a folder the loader searches.
    libraries: frozenset[str] = frozenset()
    #: Whether ``libraries`` lists all.
    libraries_complete: bool = False
    #: Commands that are surely on PATH; a list only for images that are made of one program, such as busybox.
    applets: frozenset[str] = frozenset()
    #: Whether ``applets`` lists all.
    applets_complete: bool = False
    #: /etc/passwd, for images small enough to list it; else empty.
    users: tuple[User, ...] = ()
    #: Approximate unpacked size in bytes on linux/amd64: for comparisons, not for accounts.
    size: int | None = None
    #: The same for the compressed layers.
    compressed_size: int | None = None
    #: Whether the entry point does nothing that matters but ``exec "$@"`` when given a command.
    entrypoint_execs_args: bool | None = None
    #: Whether /tmp is there with mode 1777.
    tmp: bool | None = None
    sources: tuple[Source, ...] = ()
    origin: Literal["embedded", "engine"] = "embedded"

    def __hash__(self) -> int:
        """Facts are many, and two of one reference seldom differ."""
        return hash(self.ref)

    @property
    def tag(self) -> str | None:
        """The tag by which its family's table knows it; None where its reference has none."""
        return (self.official or self.ref).tag

    @property
    def release(self) -> str | None:
        """The release where only one is possible, else None."""
        return self.releases[0] if len(self.releases) == 1 else None
