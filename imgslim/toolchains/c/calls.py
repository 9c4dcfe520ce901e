"""What the C library's and well-known libraries' functions ask of the image: one table, by function name."""

from __future__ import annotations

from imgslim.model import NeedKind

#: glibc opens NSS modules, converters or plugins with dlopen for these: a static program loads them from
#: an image that must hold the very same glibc (glibc manual, "Name Service Switch"; ld warns for each).
_NAME_SERVICE = (
    "getaddrinfo getnameinfo gethostbyname gethostbyname2 gethostbyaddr gethostbyname_r gethostbyname2_r "
    "gethostbyaddr_r getservbyname getservbyport getservbyname_r getservbyport_r getservent getprotobyname "
    "getprotobynumber getprotobyname_r getprotobynumber_r getnetbyname getnetbyaddr getaddrinfo_a sethostent "
    "gethostent res_query res_search rcmd ruserok "
)
_USERS = (
    "getpwnam getpwuid getpwnam_r getpwuid_r getpwent getgrnam getgrgid getgrnam_r getgrgid_r getgrent initgroups "
    "getgrouplist setpwent endpwent setgrent endgrent getspnam getspnam_r getlogin getlogin_r cuserid "
)
_GCONV = "iconv_open "
_PLUGIN = "dlopen dlmopen lt_dlopen lt_dlopenext g_module_open "
_COMMAND = "execl execlp execle execv execvp execve execvpe posix_spawn posix_spawnp "
_SHELL = "system popen wordexp "
_CERTIFICATES = (
    "SSL_CTX_set_default_verify_paths SSL_CTX_load_verify_locations X509_STORE_set_default_paths "
    "gnutls_certificate_set_x509_system_trust curl_easy_perform curl_multi_perform curl_easy_init "
    "mbedtls_x509_crt_parse_file mbedtls_x509_crt_parse_path set_default_verify_paths load_verify_file "
)
_TIME_ZONES = "tzset locate_zone current_zone zoned_time get_tzdb "
_TERMINFO = "initscr newterm setupterm tgetent tigetstr "
_LOCALE = "setlocale newlocale locale "
_TMP = "tmpfile tmpnam tempnam mkstemp mkdtemp mkstemps mkostemp mktemp temp_directory_path "
_FILE = (
    "fopen fopen64 freopen open open64 openat stat lstat access opendir chdir ifstream ofstream fstream "
    "realpath readlink inotify_add_watch directory_iterator recursive_directory_iterator stream.open "
)
#: The same of libraries that open what their caller names.
_LIBRARY_FILE = (
    "gzopen gzopen64 BZ2_bzopen sqlite3_open sqlite3_open_v2 xmlReadFile xmlParseFile htmlReadFile htmlParseFile "
    "xmlNewTextReaderFilename json_load_file json_object_from_file TIFFOpen FT_New_Face config_read_file ini_parse "
    "SSL_CTX_use_certificate_file SSL_CTX_use_certificate_chain_file SSL_CTX_use_PrivateKey_file "
    "SSL_use_certificate_file SSL_use_PrivateKey_file mbedtls_pk_parse_keyfile uv_fs_open zip_open "
)

#: Function name to the kind of need.
KINDS: dict[str, NeedKind] = {
    name: kind
    for names, kind in (
        (_NAME_SERVICE, NeedKind.NAME_SERVICE),
        (_USERS, NeedKind.USERS),
        (_GCONV, NeedKind.GCONV),
        (_PLUGIN, NeedKind.PLUGIN),
        (_COMMAND, NeedKind.COMMAND),
        (_SHELL, NeedKind.SHELL),
        (_CERTIFICATES, NeedKind.CERTIFICATES),
        (_TIME_ZONES, NeedKind.TIME_ZONES),
        (_TERMINFO, NeedKind.TERMINFO),
        (_LOCALE, NeedKind.LOCALE),
        (_TMP, NeedKind.TMP),
        (_FILE, NeedKind.FILE),
        (_LIBRARY_FILE, NeedKind.FILE),
    )
    for name in names.split()
}

#: Calls that only matter with a ``TZ`` setting beside them.
ZONE_USERS = frozenset({"localtime", "localtime_r", "mktime", "strftime"})
#: ``setenv("TZ", …)`` and ``putenv("TZ=…")``.
ENVIRONMENT = frozenset({"setenv", "putenv"})

#: glibc opens libgcc_s.so.1 to unwind a thread's stack (pthread_exit(3), pthread_cancel(3), backtrace(3)); linked
#: statically it holds what it needs.
UNWINDING = frozenset({"pthread_exit", "pthread_cancel", "thrd_exit", "backtrace"})
UNWINDER = "libgcc_s.so.1"

NAMES = frozenset(KINDS) | ZONE_USERS | ENVIRONMENT | UNWINDING

#: Names so plain that projects have their own: believed only as a call, and only where a header declares them.
PLAIN = frozenset({"open", "stat", "access", "system", "locale", "chdir", "get_tzdb", "fstream"})

#: Kinds that make a static glibc program unsound.
NOT_STATIC = frozenset({NeedKind.NAME_SERVICE, NeedKind.USERS, NeedKind.GCONV, NeedKind.PLUGIN})

#: Which argument names the file, plugin or program.
ARGUMENT: dict[str, int] = (
    {"openat": 1, "openat64": 1, "dlmopen": 1, "posix_spawn": 1, "posix_spawnp": 1}
    | {
        "inotify_add_watch": 1,
        "SSL_CTX_load_verify_locations": 1,
        "mbedtls_x509_crt_parse_file": 1,
        "mbedtls_x509_crt_parse_path": 1,
        "mbedtls_pk_parse_keyfile": 1,
        "FT_New_Face": 1,
        "config_read_file": 1,
        "uv_fs_open": 2,
    }
    | {name: 1 for name in _LIBRARY_FILE.split() if name.startswith("SSL_")}
)
