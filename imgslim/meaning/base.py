"""What a stage starts from: the part of a base image's configuration that its instructions build on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from imgslim.records import dataclass, field, numerous
from imgslim.values import Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The argv that shell form is handed to where nothing sets another (Dockerfile reference, SHELL).
DEFAULT_SHELL = ("/bin/sh", "-c")
#: What BuildKit puts into images whose configuration has no PATH (util/system, ``DefaultPathEnvUnix``).
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@numerous
@dataclass(frozen=True, slots=True)
class BaseState:
    """The base image's share in a stage's meaning; Unknown where it is not known."""

    env: Mapping[str, Value] = field(default_factory=dict)
    #: False where the image may set variables that ``env`` does not list.
    env_known: bool = True
    workdir: Value = "/"
    #: "" is root by default.
    user: Value = ""
    #: None: the default, ``/bin/sh -c``.
    shell: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | Unknown = ()
    cmd: tuple[str, ...] | Unknown = ()
    #: Instructions that it runs in images built from it, as written.
    onbuild: tuple[str, ...] = ()

    @classmethod
    def unknown(cls, why: str) -> Self:
        """An image that nobody knows; its shell is taken for the default one."""
        open_ = Unknown(why)
        return cls(env_known=False, workdir=open_, user=open_, entrypoint=open_, cmd=open_)
