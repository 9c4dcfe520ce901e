"""What the C library's and well-known libraries' functions ask of the image: one table, by function name."""

from __future__ import annotations

from imgslim.model import NeedKind
from imgslim.records import dataclass
from imgslim.toolchains.c.library_calls import METHODS_TABLE
from imgslim.toolchains.c.library_calls import TABLE as _OF_LIBRARIES

#: A kind of need, with the argument that names something where that is not the first one (``-``: none does), then
#: functions; a line that is indented goes on. Beside the kinds of needs:
#:
#: * ``ask``: of a path that is computed nothing follows, for a program only asks about what it does without as well;
#: * ``make``: it makes what it names, so the folder has to be there;
#: * ``folder``: a folder of certificates, in which they are looked up by hash (openssl-rehash(1)).
#:
#: glibc opens NSS modules, converters or plugins with dlopen for name services, users and gconv: a static program loads
#: them from an image that must hold the very same glibc (glibc manual, "Name Service Switch"; ld warns for each).
_TABLE = """
name-service: getaddrinfo getnameinfo gethostbyname gethostbyname2 gethostbyaddr gethostbyname_r gethostbyname2_r
  gethostbyaddr_r getservbyname getservbyport getservbyname_r getservbyport_r getservent getprotobyname
  getprotobynumber getprotobyname_r getprotobynumber_r getnetbyname getnetbyaddr getaddrinfo_a sethostent
  gethostent getnetbyname_r rexec rexec_af rcmd_af ruserok_af
  res_query res_search res_init res_ninit res_nquery res_nsearch rcmd ruserok innetgr uv_getaddrinfo
  ip.resolver
users: getpwnam getpwuid getpwnam_r getpwuid_r getpwent getgrnam getgrgid getgrnam_r getgrgid_r getgrent initgroups
  getpw getsgnam getsgnam_r
  getgrouplist setpwent endpwent setgrent endgrent getspnam getspnam_r getlogin getlogin_r cuserid uv_os_get_passwd
  uv_os_homedir
gconv: iconv_open
plugin: dlopen lt_dlopen lt_dlopenext g_module_open uv_dlopen ENGINE_by_id
plugin@1: dlmopen OSSL_PROVIDER_load
command: execl execlp execle execv execvp execve execvpe fexecve uv_spawn
command@1: posix_spawn posix_spawnp execveat
shell: system popen wordexp
certificates@-: SSL_CTX_set_default_verify_paths SSL_CTX_set_default_verify_file SSL_CTX_set_default_verify_dir
  SSL_CTX_set_default_verify_store X509_STORE_set_default_paths X509_get_default_cert_file X509_get_default_cert_dir
  gnutls_certificate_set_x509_system_trust curl_easy_perform curl_multi_perform curl_easy_init
certificates@1: SSL_CTX_load_verify_locations SSL_CTX_load_verify_file SSL_CTX_load_verify_store
  X509_STORE_load_locations X509_STORE_load_file X509_STORE_load_store X509_LOOKUP_load_file X509_load_cert_file
  X509_load_cert_crl_file gnutls_certificate_set_x509_trust_file mbedtls_x509_crt_parse_file
  mbedtls_x509_crt_parse_path
folder@1: SSL_CTX_load_verify_dir X509_STORE_load_path X509_LOOKUP_add_dir gnutls_certificate_set_x509_trust_dir
folder@2: SSL_CTX_load_verify_locations X509_STORE_load_locations
time-zones: locate_zone current_zone zoned_time get_tzdb
terminfo: initscr newterm setupterm tgetent tigetstr
locale: locale
locale@1: setlocale newlocale
tmp: tmpfile tmpnam tempnam mkstemp mkdtemp mkstemps mkostemp mktemp temp_directory_path uv_os_tmpdir
file: fopen fopen64 freopen freopen64 open open64 opendir scandir scandir64 ftw ftw64 nftw nftw64 glob glob64 fts_open
  truncate truncate64 chroot chdir uv_chdir ifstream ofstream fstream wifstream wofstream wfstream realpath
  canonicalize_file_name ftok catopen setmntent utmpname directory_iterator recursive_directory_iterator stream.open
  rename fs.copy fs.current_path utmpxname acct
file@1: openat openat64 openat2 inotify_add_watch renameat renameat2 linkat open_tree name_to_handle_at mount
  posix_spawn_file_actions_addchdir_np
file@2: posix_spawn_file_actions_addopen
file@4: fanotify_mark
ask: stat lstat stat64 lstat64 access eaccess euidaccess readlink statfs statvfs statfs64 statvfs64 pathconf
  fs.exists
ask@1: fstatat fstatat64 faccessat statx readlinkat
make: creat creat64 mkdir mkfifo mknod fs.create_directory local.endpoint
make@1: mkdirat mkfifoat mknodat symlink link rename fs.copy
make@2: symlinkat
make@3: renameat renameat2 linkat
"""


NO_ARGUMENT = -1


@dataclass(frozen=True, slots=True)
class Use:
    """What a function asks for, and by which argument."""

    #: A kind of need, or one of the words that the table explains.
    what: str
    #: Zero-based; NO_ARGUMENT where none names anything.
    argument: int


def _argument(text: str) -> int:
    return NO_ARGUMENT if text == "-" else int(text or 0)


def _lines(table: str) -> list[tuple[str, str, list[str]]]:
    """The lines of a table: what stands before ``@``, behind it, and the names."""
    found = []
    for line in table.replace("\n  ", " ").strip().splitlines():
        head, _, names = line.partition(": ")
        what, _, argument = head.partition("@")
        found.append((what, argument, names.split()))
    return found


def _uses(table: str) -> dict[str, tuple[Use, ...]]:
    found: dict[str, tuple[Use, ...]] = {}
    for what, argument, names in _lines(table):
        for name in names:
            found[name] = (*found.get(name, ()), Use(what, _argument(argument)))
    return found


#: Function name to what it asks for.
USES = _uses(_TABLE + _OF_LIBRARIES)

_BY_ROLE = {"ask": NeedKind.FILE, "make": NeedKind.FILE, "folder": NeedKind.CERTIFICATES}
#: Function name to the kind of need.
KINDS: dict[str, NeedKind] = {name: _BY_ROLE.get(uses[0].what) or NeedKind(uses[0].what) for name, uses in USES.items()}


@dataclass(frozen=True, slots=True)
class Method:
    """A member, or a function of a library's namespace, that opens what it is given."""

    #: How the library's headers start; the name means nothing where none is included.
    header: str
    use: Use


def _methods() -> dict[str, tuple[Method, ...]]:
    found: dict[str, tuple[Method, ...]] = {}
    for what, rest, names in _lines(METHODS_TABLE):
        argument, _, header = rest.rpartition(" ")
        for name in names:
            found[name] = (*found.get(name, ()), Method(header, Use(what, _argument(argument))))
    return found


#: Name to what it asks for, as a member (``x.name``) or in a namespace (``x::name``).
METHODS = _methods()
#: What the namespace of files is called (std::filesystem, boost::filesystem); a file may give it another name.
FILESYSTEMS = frozenset({"fs", "filesystem", "bfs"})
_IP = frozenset({"tcp", "udp", "icmp"})
#: Names that mean something in another one alone (``tcp::resolver``): in which, and what the table calls that.
SCOPED: dict[str, tuple[frozenset[str], str]] = {
    "resolver": (_IP, "ip.resolver"),
    "endpoint": (frozenset({"stream_protocol", "datagram_protocol", "seq_packet_protocol"}), "local.endpoint"),
    "copy": (FILESYSTEMS, "fs.copy"),
    "copy_file": (FILESYSTEMS, "fs.copy"),
    "create_directory": (FILESYSTEMS, "fs.create_directory"),
    **dict.fromkeys(
        (
            "exists",
            "is_directory",
            "is_regular_file",
            "is_empty",
            "file_size",
            "last_write_time",
            "status",
            "space",
            "canonical",
            "read_symlink",
        ),
        (FILESYSTEMS, "fs.exists"),
    ),
    "current_path": (FILESYSTEMS, "fs.current_path"),
}

#: They take the zone that TZ names; who starts the container may set it (tzset(3), localtime(3)).
LOCAL_TIME = frozenset({"localtime", "localtime_r", "localtime_s", "mktime", "ctime", "ctime_r", "tzset"})
#: They print or read a time that others made, and ask for the zone's name at most: a ``TZ`` set here is what counts.
ZONE_USERS = frozenset({"strftime", "put_time", "strptime"})
#: ``setenv("TZ", …)`` and ``putenv("TZ=…")``.
ENVIRONMENT = frozenset({"setenv", "putenv", "g_setenv", "qputenv", "uv_os_setenv"})
#: They read a variable, which Docker sets by /etc/passwd where it is HOME.
READS = frozenset({"getenv", "secure_getenv", "g_getenv", "qgetenv"})
#: They read one file of the system, by a name of their own.
OWN_FILES = {
    **dict.fromkeys(("getrpcbyname", "getrpcbyname_r", "getrpcbynumber", "getrpcent"), "/etc/rpc"),
    **dict.fromkeys(("getaliasbyname", "getaliasbyname_r", "getaliasent"), "/etc/aliases"),
    **dict.fromkeys(("getfsfile", "getfsspec", "getfsent"), "/etc/fstab"),
    **dict.fromkeys(("ether_hostton", "ether_ntohost"), "/etc/ethers"),
    "getusershell": "/etc/shells",
}
#: They name the folder of a program's translations, which are read in a locale alone (gettext(3)).
TRANSLATIONS = {"bindtextdomain": 1, "textdomain": None}
#: Where the path of a local socket is written (unix(7)); callsites.py reads what is written there.
SOCKET, ADDRESS = "sun_path", "sockaddr_un"
#: Names of the trust store that OpenSSL takes from the environment (SSL_CERT_FILE, SSL_CERT_DIR).
TRUST_BY_ENVIRONMENT = frozenset(
    {"SSL_CTX_set_default_verify_paths", "X509_STORE_set_default_paths", "set_default_verify_paths"}
)
#: Options of curl_easy_setopt(3) that name a file.
CURL_FILES = frozenset(
    """
    CURLOPT_CAINFO CURLOPT_CAPATH CURLOPT_PROXY_CAINFO CURLOPT_PROXY_CAPATH CURLOPT_ISSUERCERT CURLOPT_SSLCERT
    CURLOPT_SSLKEY CURLOPT_CRLFILE CURLOPT_COOKIEFILE CURLOPT_COOKIEJAR CURLOPT_NETRC_FILE CURLOPT_UNIX_SOCKET_PATH
    CURLOPT_ALTSVC CURLOPT_HSTS CURLOPT_SSH_KNOWNHOSTS CURLOPT_SSH_PRIVATE_KEYFILE CURLOPT_SSH_PUBLIC_KEYFILE
    """.split()
)

#: glibc opens libgcc_s.so.1 to unwind a thread's stack (pthread_exit(3), pthread_cancel(3), backtrace(3)); linked
#: statically it holds what it needs.
UNWINDING = frozenset({"pthread_exit", "pthread_cancel", "thrd_exit", "backtrace"})
UNWINDER = "libgcc_s.so.1"

#: What calls the kernel by a number (syscall(2)), and those of them that start a program.
BY_NUMBER = frozenset({"syscall"})
STARTING = frozenset(f"{head}_{name}" for head in ("SYS", "__NR") for name in ("execve", "execveat"))
#: What finds a function by its name: the second argument.
BY_NAME = frozenset({"dlsym", "dlvsym"})
INDIRECT = BY_NUMBER | BY_NAME

NAMES = (
    frozenset(KINDS) | frozenset(METHODS) | frozenset(SCOPED) | LOCAL_TIME | ZONE_USERS | ENVIRONMENT | READS
    | UNWINDING | INDIRECT
    | frozenset(OWN_FILES) | frozenset(TRANSLATIONS) | {SOCKET, ADDRESS, "curl_easy_setopt"}
)  # fmt: skip

#: Names so plain that projects have their own: believed only as a call, and only where a header declares them.
PLAIN = frozenset(
    {"open", "stat", "access", "system", "locale", "chdir", "get_tzdb", "fstream", "rename", "link", "glob"}
)

#: Of them those that start programs: believed as a value as well, where the file has no variable of that name.
PLAIN_STARTS = frozenset(name for name in PLAIN for use in USES.get(name, ()) if use.what in ("command", "shell"))

#: Kinds that make a static glibc program unsound.
NOT_STATIC = frozenset({NeedKind.NAME_SERVICE, NeedKind.USERS, NeedKind.GCONV, NeedKind.PLUGIN})
