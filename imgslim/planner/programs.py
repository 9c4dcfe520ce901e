"""Programs that other programs start: which of them work with nothing but their libraries, and what others ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.model import Need, NeedKind
from imgslim.planner.commands import Packages, Unfollowed
from imgslim.planner.libraries import DRIVES_TERMINALS, linker_name
from imgslim.planner.purposes import may_bring
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project
    from imgslim.planner.build import Ran

#: What accounts are kept with, of a package that every Debian and Ubuntu image has ("Priority: required").
_OF_PASSWD = frozenset(
    """
    chage chfn chgpasswd chpasswd chsh expiry gpasswd groupadd groupdel groupmems groupmod grpck newusers passwd pwck
    useradd userdel usermod vipw
    """.split()
)
#: What every Debian and Ubuntu image has: the programs of their essential packages (dpkg -s, "Essential: yes").
ESSENTIAL = _OF_PASSWD | frozenset(
    """
    arch awk base32 base64 basename bash cat chgrp chmod chown chroot chrt cksum clear cmp comm cp csplit cut date dd df
    diff dir dircolors dirname dmesg dpkg du echo egrep env expand expr factor fallocate false fgrep find findmnt flock
    fmt fold getconf getent getopt grep groups gunzip gzip head hostid hostname iconv id infocmp install ionice ipcmk
    ipcrm ipcs join ldconfig ldd link ln locale logger login logname ls lsblk
    mawk mcookie md5sum mkdir mkfifo mknod mktemp more mount mountpoint mv namei nice nl nohup nproc nsenter numfmt od
    paste pathchk perl pidof pinky pr printenv printf prlimit ptx pwd readlink realpath renice reset rm rmdir run-parts
    runuser script sed seq setarch setpriv setsid sh sha1sum
    sha256sum sha512sum shred shuf sleep sort split stat stdbuf stty su sum sync tac tail tar taskset tee tempfile test
    tic timeout touch tput tr true truncate tsort tty umount uname unexpand uniq unlink unshare users vdir wc whereis
    which who whoami xargs yes zcat
    """.split()
)
#: Of them: scripts and their interpreters' modules, a package database, settings of what deals with accounts, a
#: preloaded library, converters, locales, a shell.
_NOT_ALONE = _OF_PASSWD | frozenset(
    "dpkg egrep fgrep gunzip iconv ldd locale login perl runuser script stdbuf su tempfile which zcat".split()
)
#: Programs that start with their shared libraries alone. More would be a guess: an interpreter reads its modules.
ALONE = (ESSENTIAL - _NOT_ALONE) | frozenset(
    """
    bc bzip2 curl dash free gawk ifconfig ip jq kill killall nc nc.openbsd nc.traditional netstat pgrep ping pkill ps
    rev route socat sqlite3 ss traceroute uptime wget xz zstd
    """.split()
)
#: What perl-base holds of perl's modules (dpkg -L), without which no Debian or Ubuntu image is.
_OF_PERL_BASE = frozenset(
    """
    AutoLoader B Carp Config Cwd DynaLoader Errno Exporter Fcntl File::Basename File::Copy File::Glob File::Path
    File::Spec File::Temp FileHandle Getopt::Long Hash::Util IO IO::File IO::Handle IO::Pipe IO::Seekable IO::Select
    IO::Socket IO::Socket::INET IO::Socket::UNIX IPC::Open2 IPC::Open3 List::Util POSIX Scalar::Util SelectSaver
    Socket Storable Symbol Text::ParseWords Text::Tabs Text::Wrap Tie::Hash XSLoader base bytes constant feature
    fields integer lib locale overload parent re strict utf8 vars warnings
    """.split()
)
#: The words of package managers that list or look for packages (dpkg(1), apt(8), apk(8), rpm(8)).
_ASKS_FOR_PACKAGES: dict[str, tuple[str, ...]] = {
    "dpkg": ("-l", "-s", "-L", "-S", "--list", "--status", "--search", "--get-selections"), "apt": ("list",),
    "dpkg-query": ("-l", "-s", "-L", "-S", "-W", "--list", "--show", "--status", "--search"),
    "apt-cache": ("policy", "show", "search", "depends", "rdepends", "pkgnames", "madison", "dump"),
    "apk": ("info", "list"), "rpm": ("-q", "--query"),
}  # fmt: skip
_PERL_USES = regex(r"\b(?:use|require|no)\s+([A-Za-z]\w*(?:::\w+)*)")
_PERL_TEXT = regex(r"-[a-zA-Z0-9]*[eE]")
#: Of those: what reads settings of the system's by itself.
_WITH_SETTINGS = frozenset("bash curl getent mount wget".split())
#: Programs of other systems than Linux, which portable sources name beside those of Linux (ss64.com/nt, ss64.com/mac).
ELSEWHERE = frozenset(
    """
    afplay clip cls cmd cmd.exe defaults explorer explorer.exe ipconfig msg netsh notepad open osascript pbcopy pbpaste
    powershell powershell.exe pwsh reg say schtasks start sw_vers taskkill tasklist ver where wmic
    """.split()
)
#: They print or take names of users.
_USERS = frozenset(
    """
    chgrp chown chroot dir find getent groups id install logname ls pinky ps pgrep pkill setpriv stat tar users vdir who
    whoami
    """.split()
)
#: They ask whether an account is valid, or change it: PAM looks for its entry in the shadow files (pam_unix(8)).
_ACCOUNTS = _OF_PASSWD | frozenset("atd cron crond crontab login runuser sshd su sudo".split())
_TERMINAL = frozenset("clear infocmp more reset tic tput".split())
_TLS = frozenset("curl wget".split())
#: They keep what does not fit, or can't be read twice, in temporary files: tac a pipe, bash a long here-document.
_KEEPING = frozenset("bash ed mktemp patch run-parts sort tac tempfile".split())
#: Programs whose packages are named otherwise.
_UNLIKE = {"nc": "netcat"}
#: Families that hold only what the distribution needs.
_BARE = frozenset({"alpine", "busybox", "debian", "ubuntu"})
#: Families made of buildpack-deps, and what that installs beside libraries (docker-library/buildpack-deps).
_BUILDPACK = frozenset({"buildpack-deps", "gcc", "golang"})
#: Images of interpreters, made of it too, and of Rust: what they add begins so.
_INTERPRETERS = {
    "python": ("python", "pip", "idle", "pydoc", "2to3", "wish", "tcl"),
    "node": ("node", "npm", "npx", "yarn", "corepack", "python"),
    "ruby": ("ruby", "gem", "bundle", "irb", "rake", "rdoc", "ri", "erb", "racc", "rbs", "typeprof", "rdbg", "python"),
    "rust": ("cargo", "rust", "clippy", "python"),
}
_OF_BUILDPACK = frozenset(
    """
    autoconf automake bzip2 compare convert curl file git gpg gpgv hg identify magick mogrify montage mysql mysql_config
    openssl patch pg_config ps python python3 scp sftp sq ssh ssh-keygen svn unzip wget xz
    """.split()
)
#: Packages of ``buildpack-deps:scm`` by the programs in them, with what those are seldom used without.
_OF_SCM = {
    "perl": ("perl",),
    "curl": ("curl",), "wget": ("wget",), "git": ("git", "openssh-client", "ca-certificates"), "hg": ("mercurial",),
    "svn": ("subversion",), "gpg": ("gnupg",), "python3": ("python3",),  # mercurial is written in it
    **dict.fromkeys(("scp", "sftp", "ssh", "ssh-keygen", "ssh-keyscan"), ("openssh-client",)),
    **dict.fromkeys(("free", "kill", "pgrep", "pkill", "ps", "top", "uptime"), ("procps",)),
}  # fmt: skip
#: The same of ``buildpack-deps`` itself.
_OF_WHOLE = _OF_SCM | {
    "bzip2": ("bzip2",), "file": ("file",), "patch": ("patch",), "unzip": ("unzip",), "xz": ("xz-utils",),
    **dict.fromkeys(("compare", "convert", "identify", "mogrify", "montage"), ("imagemagick",)),
}  # fmt: skip
#: Families of which the images on Debian that are not slim are made from one of the two.
_MADE_OF = {"golang": _OF_SCM} | dict.fromkeys(("buildpack-deps", "gcc", "node", "python", "ruby", "rust"), _OF_WHOLE)
#: What images with Java add to a system with apt-get (adoptium/containers, ubuntu; carlossg/docker-maven;
#: keeganwitt/docker-gradle; docker-library/openjdk, made from buildpack-deps:scm where it is not slim).
_OF_TEMURIN: dict[str, tuple[str, ...]] = {"curl": ("curl",), "wget": ("wget",), "gpg": ("gnupg",)}
_OF_JAVA: dict[str, dict[str, tuple[str, ...]]] = {
    "eclipse-temurin": _OF_TEMURIN,
    "maven": _OF_TEMURIN | {name: _OF_SCM[name] for name in ("git", "ssh", "scp")},
    "gradle": _OF_TEMURIN | {"unzip": ("unzip",), "git": _OF_SCM["git"]},
    "openjdk": _OF_SCM,
}
#: What the packages of a compiler bring along, and what every image of a package manager has.
_OF_COMPILERS = frozenset(
    """
    addr2line apt apt-cache apt-config apt-get apt-key apt-mark ar as c++ cc cpp dnf dpkg dpkg-deb dpkg-divert
    dpkg-query dpkg-statoverride g++ gcc gcov go gofmt ld make microdnf nm objcopy objdump perl ranlib readelf rpm size
    start-stop-daemon strings strip update-alternatives yum
    """.split()
)


def implied(need: Need) -> Iterator[Need]:
    """Say what a program that is started, or a library that is opened by name, asks of the image itself."""
    if need.kind is NeedKind.PLUGIN and linker_name(need.value.rsplit("/", 1)[-1]) in DRIVES_TERMINALS:
        yield Need(NeedKind.TERMINFO, "", need.why)
    name = need.value.rsplit("/", 1)[-1]
    if need.kind in (NeedKind.COMMAND, NeedKind.SHELL) and name in _KEEPING:
        yield Need(NeedKind.TMP, "", need.why)
    if need.kind is not NeedKind.COMMAND:
        return
    if name in _USERS:
        yield Need(NeedKind.USERS, "", need.why)
    if name in _ACCOUNTS:
        yield Need(NeedKind.USERS, "shadow", need.why)
    if name in _TERMINAL:
        yield Need(NeedKind.TERMINFO, "", need.why)
    # A health check asks the program itself; what its text names is in the reason's words otherwise.
    if name in _TLS and not need.why.startswith("HEALTHCHECK") and ("http://" not in need.why or "https" in need.why):
        yield Need(NeedKind.CERTIFICATES, "", need.why)


def asks_for_modules(argv: tuple[str, ...]) -> bool:
    """Tell whether a start of perl may need more than the essential package holds: a script, or another module."""
    if argv[0].rsplit("/", 1)[-1] != "perl":
        return False
    words, text = argv[1:], False
    for word in words:
        if not text and not word.startswith("-"):
            return not any(_PERL_TEXT.fullmatch(one) for one in words)
        if text or word.startswith(("-M", "-m")):
            text_or_name = word if text else f"use {word[2:]}"
            if not word or any(name not in _OF_PERL_BASE for name in _PERL_USES.findall(text_or_name)):
                return True
        text = not text and _PERL_TEXT.fullmatch(word) is not None
    return False


def tells_packages(argv: tuple[str, ...]) -> bool:
    """Tell whether a command says which packages are installed: fewer are on any other image."""
    asks = _ASKS_FOR_PACKAGES.get(argv[0].rsplit("/", 1)[-1], ())
    return any(word.startswith(asks) for word in argv[1:])


def has_settings(name: str) -> bool:
    """Tell whether a program may read a file that it is not given: all but plain tools do, and shells but sh."""
    return name in _WITH_SETTINGS or name not in ALONE | {"sh", "ash", "which", "egrep", "fgrep", "zcat", "gunzip"}


def comes_with_compilers(name: str) -> bool:
    """Tell whether images to build in are known to bring a program, or every image has it."""
    return name in ESSENTIAL | _OF_COMPILERS | _OF_BUILDPACK


def packages_with(name: str) -> tuple[str, ...]:
    """Debian's packages that have a program of another name, as far as images to build in are known to bring them."""
    return _OF_WHOLE.get(name, ())


def packages_of_base(project: Project, name: str) -> tuple[str, ...]:
    """Debian's packages by which a well-known base image has a program; none where it is not known to have it.

    The lists are those of docker-library/buildpack-deps, and who is made of it that of docker-library/official-images.
    """
    base = project.base
    if isinstance(base, ImageFacts) and base.family in _OF_JAVA and "slim" not in (base.ref.tag or ""):
        return _OF_JAVA[base.family].get(name, ()) if base.package_manager == "apt" else ()
    if not isinstance(base, ImageFacts) or base.distribution != "debian" or not base.static_libc:
        return ()  # those that are slim have no headers of the C library, but for Rust's
    return () if "slim" in (base.tag or "") else _MADE_OF.get(base.family, {}).get(name, ())


def seems_absent(project: Project, ran: tuple[Ran, ...], name: str) -> bool:
    """Tell whether neither the base image nor a package is likely to hold a program."""
    base = project.base
    if not isinstance(base, ImageFacts) or name in ESSENTIAL | _OF_COMPILERS:
        return False
    if base.family in _INTERPRETERS:
        own = name.startswith(_INTERPRETERS[base.family]) or name in _OF_BUILDPACK or name in _OF_WHOLE
        # A step that nobody followed may have installed anything.
        if own or any(isinstance(r.effect, Unfollowed) and not r.build for r in ran):
            return False
    elif base.family not in _BARE | _BUILDPACK or (base.family in _BUILDPACK and name in _OF_BUILDPACK):
        return False
    stem = name.rstrip("0123456789.").split("-")[0]
    packages = [p for r in ran if isinstance(r.effect, Packages) for p in r.effect.names]
    named = _UNLIKE.get(stem, stem)
    holders = packages_with(name)
    elsewhere = name in ELSEWHERE
    return bool(stem) and not any(
        named in p or p in holders or (not elsewhere and may_bring(p, name)) for p in packages
    )
