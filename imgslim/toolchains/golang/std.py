"""Which packages of Go's own library bring in C code when cgo is on.

Measured with ``go list -deps`` on every public package of Go 1.26 and with a reading of Go 1.19's sources: the
two agree. A package reaches "runtime/cgo", and the program is linked with the C library, through these causes only.
"""

from __future__ import annotations

from enum import StrEnum


class Cause(StrEnum):
    """Why a program is linked with the C library."""

    #: Package net asks the C library's resolver; ``-tags netgo`` turns that off.
    NET = "net"
    #: Package os/user asks the C library for users; ``-tags osusergo`` turns that off.
    USER = "os/user"
    #: Package plugin is dlopen.
    PLUGIN = "plugin"
    #: Package runtime/cgo by name.
    CGO = "runtime/cgo"


_NET = """
crypto/tls crypto/x509 expvar log/syslog mime/multipart net net/http net/http/cgi net/http/cookiejar
net/http/fcgi net/http/httptest net/http/httptrace net/http/httputil net/http/pprof net/mail net/rpc
net/rpc/jsonrpc net/smtp net/textproto
"""

CAUSES: dict[str, Cause] = {
    **dict.fromkeys(_NET.split(), Cause.NET),
    "archive/tar": Cause.USER,
    "os/user": Cause.USER,
    "plugin": Cause.PLUGIN,
    "runtime/cgo": Cause.CGO,
}


#: First elements of the paths of Go's own library and commands (``go list std cmd``, Go 1.0 to 1.26).
_FIRST = frozenset(
    """
    archive arena bufio builtin bytes cmd cmp compress container context crypto database debug embed encoding errors
    expvar exp flag fmt go hash html image index internal io iter log maps math mime net old os path plugin reflect
    regexp runtime simd slices sort strconv strings structs sync syscall testing text time unicode unique unsafe vendor
    weak
    """.split()
)


def is_std(path: str) -> bool:
    """Tell whether an import path is of Go's own library.

    Paths without a dot at their start are kept for it (``go help importpath``), yet modules have such names as well.
    """
    return path.split("/", 1)[0] in _FIRST
