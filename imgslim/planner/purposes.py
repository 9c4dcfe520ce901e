"""What packages are for, by their names: to build with, to look around with, to be linked with."""

from __future__ import annotations

from imgslim.regex import regex

#: Packages that only builds need: headers, compilers, what drives them, and what fetches sources.
FOR_BUILDS = regex(
    r".*-(dev|dbg|doc)|build-essential|gcc(-[\d.]+)?|g\+\+(-[\d.]+)?|clang|cpp|make|cmake|ninja-build|meson|autoconf|"
    r"automake|libtool|pkg-config|pkgconf|build-base|(linux|kernel)-headers|rustc|cargo|golang|swig|"
    r"gfortran(-[\d.]+)?|nasm|yasm|bison|flex|ccache|scons|gettext|subversion|mercurial|"
    r".+-(devel|debuginfo|static|headers)|gcc-c\+\+|(gcc-)?gfortran|rpm-build|redhat-rpm-config|glibc-headers|"
    r"(dnf|yum)-(utils|plugins-core)|@.+"
)
#: Packages for those who build and look around: what fetches, unpacks, edits, shows, or adds sources of packages; and
#: Python's and Node's own, since an application says itself which interpreter it has.
FOR_PEOPLE = regex(
    r"curl|wget|gnupg2?|gpg|dirmngr|ca-certificates|lsb-release|apt-(utils|transport-https)|software-properties-common|"
    r"vim(-tiny)?|nano|less|tree|htop|procps|net-tools|iproute2|iputils-ping|telnet|dnsutils|netcat(-.+)?|lsof|strace|"
    r"unzip|zip|tar|xz-utils|bzip2|gzip|rsync|sudo|man-db|bash|tzdata|locales|python[\d.]*(-(pip|venv|setuptools|wheel))?|"
    r"pipx?|py[23]?-(pip|setuptools|wheel|virtualenv)|nodejs\d*(-current|-lts)?|(nodejs\d*-(current-)?)?npm|yarn|"
    r"(build|\.)[-.\w]*deps?|iputils|iproute|bind-utils|nc|nmap-ncat|vim-(enhanced|minimal)|procps-ng|which|"
    r"hostname|shadow-utils|glibc-langpack-.+"
)
#: Libraries, and files without programs.
_WITHOUT_PROGRAMS = regex(
    r"lib(?!reoffice)(?!.*-(bin|tools|utils|progs|perl)$).+|fonts?-.+|.+-(data|icons|theme)|musl|gcompat"
)
#: Packages that are installed often, and all programs of theirs that somebody may start by name (dpkg -L).
_PROGRAMS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("protobuf-compiler", "protobuf", "protoc"), ("protoc",)),
    **dict.fromkeys(("musl-tools", "lld", "mold", "upx", "upx-ucl", "patchelf", "llvm"), ()),
    "openssh-client": ("ssh", "scp", "sftp", "ssh-keygen", "ssh-keyscan", "ssh-add", "ssh-agent"),
    "imagemagick": (
        "animate", "compare", "composite", "conjure", "convert", "display", "identify", "import", "magick", "mogrify",
        "montage", "stream",
    ),
    "ffmpeg": ("ffmpeg", "ffplay", "ffprobe"), "openssl": ("openssl", "c_rehash"), "git": ("git",), "jq": ("jq",),
    "sqlite3": ("sqlite3", "sqldiff"), "sqlite": ("sqlite3",), "tini": ("tini",), "dumb-init": ("dumb-init",),
    "gosu": ("gosu",), "su-exec": ("su-exec",), "patch": ("patch",), "file": ("file",),
}  # fmt: skip


def may_bring(package: str, program: str) -> bool:
    """Tell whether a package may have a program of another name than its own, as far as its name tells."""
    if any(kind.fullmatch(package) for kind in (FOR_BUILDS, FOR_PEOPLE, _WITHOUT_PROGRAMS)):
        return False
    return program in _PROGRAMS.get(package, (program,))
