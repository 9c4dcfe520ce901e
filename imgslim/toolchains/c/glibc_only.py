"""What musl's wrapper compiles and what it does not: headers and functions (musl 1.2 include/, musl-gcc.specs)."""

from __future__ import annotations

#: Headers that musl installs and that mean the same there; kernel headers (linux/, asm/) are not on musl-gcc's path.
MUSL_HEADERS = frozenset(
    [
        "assert",
        "complex",
        "ctype",
        "errno",
        "fenv",
        "float",
        "inttypes",
        "iso646",
        "limits",
        "locale",
        "math",
        "setjmp",
        "signal",
        "stdalign",
        "stdarg",
        "stdatomic",
        "stdbool",
        "stddef",
        "stdint",
        "stdio",
        "stdlib",
        "stdnoreturn",
        "string",
        "strings",
        "tgmath",
        "threads",
        "time",
        "uchar",
        "wchar",
        "wctype",
        "alloca",
        "dirent",
        "endian",
        "fcntl",
        "ftw",
        "fnmatch",
        "getopt",
        "glob",
        "grp",
        "ifaddrs",
        "langinfo",
        "libgen",
        "memory",
        "mntent",
        "monetary",
        "netdb",
        "poll",
        "pthread",
        "pwd",
        "regex",
        "sched",
        "search",
        "semaphore",
        "spawn",
        "stropts",
        "syslog",
        "tar",
        "termios",
        "ucontext",
        "ulimit",
        "unistd",
        "utime",
        "byteswap",
        "err",
        "malloc",
        "poll",
        "sysexits",
        "utmp",
        "utmpx",
    ]
)
MUSL_FOLDERS = {
    "sys": frozenset(
        [
            "auxv",
            "dir",
            "epoll",
            "errno",
            "eventfd",
            "fcntl",
            "file",
            "fsuid",
            "inotify",
            "ioctl",
            "ipc",
            "mman",
            "mount",
            "mtio",
            "param",
            "personality",
            "poll",
            "prctl",
            "ptrace",
            "random",
            "reboot",
            "resource",
            "select",
            "sem",
            "sendfile",
            "shm",
            "signal",
            "signalfd",
            "socket",
            "stat",
            "statfs",
            "statvfs",
            "swap",
            "syscall",
            "sysinfo",
            "sysmacros",
            "syslog",
            "termios",
            "time",
            "timeb",
            "timerfd",
            "times",
            "types",
            "ucontext",
            "uio",
            "un",
            "utsname",
            "vfs",
            "wait",
            "xattr",
        ]
    ),
    "net": frozenset({"ethernet", "if", "if_arp", "route"}),
    "netinet": frozenset(
        ["ether", "icmp6", "if_ether", "igmp", "in", "in_systm", "ip", "ip6", "ip_icmp", "tcp", "udp"]
    ),
    "arpa": frozenset({"ftp", "inet", "nameser", "telnet", "tftp"}),
    "netpacket": frozenset({"packet"}),
}

#: glibc's own functions that musl has not (or has with another meaning).
GLIBC_ONLY = frozenset(
    [
        "qsort_r",
        "backtrace",
        "backtrace_symbols",
        "backtrace_symbols_fd",
        "gnu_get_libc_version",
        "mallinfo",
        "mallinfo2",
        "mallopt",
        "malloc_trim",
        "malloc_stats",
        "malloc_info",
        "error",
        "error_at_line",
        "argp_parse",
        "argp_usage",
        "obstack_init",
        "obstack_free",
        "register_printf_function",
        "register_printf_specifier",
        "fts_open",
        "fts_read",
        "strfry",
        "memfrob",
        "canonicalize_file_name_at",
        "rawmemchr",
        "getaddrinfo_a",
        "gai_suspend",
        "pthread_setaffinity_np_attr",
        "pthread_mutexattr_setkind_np",
        "pthread_rwlockattr_setkind_np",
        "pthread_timedjoin_np",
        "pthread_clockjoin_np",
        "strerrorname_np",
        "strerrordesc_np",
        "sigabbrev_np",
        "sigdescr_np",
        "parse_printf_format",
        "getdate_r",
        "envz_add",
        "argz_create",
        "argz_add",
        "random_r",
        "srandom_r",
        "initstate_r",
        "drand48_r",
        "srand48_r",
        "lrand48_r",
        "ecvt_r",
        "fcvt_r",
        "mcheck",
        "mtrace",
        "dladdr1",
        "dlmopen",
        "rpmatch",
        "fcloseall",
        "fgetpwent_r",
        "getpwent_r",
        "getgrent_r",
        "TEMP_FAILURE_RETRY",
        "strtoq",
        "strtouq",
        "__malloc_hook",
        "__free_hook",
        "pthread_yield",
        "scandir64",
        "open64",
        "stat64",
        "lstat64",
        "fopen64",
        "lseek64",
        "mmap64",
        "off64_t",
        "secure_getenv_np",
        "res_ninit",
        "res_nquery",
        "getutent_r",
        "sigstack",
        "tmpnam64",
    ]
)


def foreign_header(names: frozenset[str]) -> str | None:
    """A header among ``names`` that musl's wrapper may not find; None where it has them all."""
    for name in sorted(names):
        folder, _, file = name.rpartition("/")
        known = MUSL_FOLDERS.get(folder, frozenset()) if folder else MUSL_HEADERS
        if file.removesuffix(".h") not in known or not file.endswith(".h"):
            return name
    return None


#: Further headers of glibc and GCC, beside those that musl has too.
_GLIBC_HEADERS = frozenset(
    {
        "aio",
        "aliases",
        "ar",
        "argp",
        "argz",
        "a.out",
        "cpio",
        "crypt",
        "dlfcn",
        "elf",
        "envz",
        "error",
        "execinfo",
        "features",
    }
    | {
        "fmtmsg",
        "fpu_control",
        "fstab",
        "fts",
        "gconv",
        "getopt",
        "gnu-versions",
        "gshadow",
        "iconv",
        "libintl",
        "limits",
        "link",
    }
    | {
        "mcheck",
        "memory",
        "mqueue",
        "nl_types",
        "nss",
        "obstack",
        "paths",
        "printf",
        "proc_service",
        "pty",
        "re_comp",
        "regexp",
    }
    | {
        "resolv",
        "sgtty",
        "shadow",
        "stab",
        "stdint",
        "stdio_ext",
        "syscall",
        "termio",
        "thread_db",
        "ttyent",
        "ucontext",
    }
    | {"values", "wait", "wordexp", "xlocale", "float", "mm_malloc", "x86intrin", "immintrin", "emmintrin", "xmmintrin"}
    | {
        "pmmintrin",
        "smmintrin",
        "tmmintrin",
        "nmmintrin",
        "cpuid",
        "omp",
        "quadmath",
        "unwind",
        "cxxabi",
        "linux",
        "stdc++",
    }
)
_GLIBC_FOLDERS = frozenset(
    {"sys", "net", "netinet", "netinet6", "arpa", "netpacket", "linux", "asm", "asm-generic", "bits", "rpc", "gnu"}
    | {"ext", "experimental", "scsi", "debug", "tr1", "backward"}
)


def unread_header(names: frozenset[str]) -> str | None:
    """A header among ``names`` that is neither the C library's, the kernel's nor the compiler's."""
    for name in sorted(names):
        folder, _, file = name.rpartition("/")
        stem = file.removesuffix(".h")
        if folder.split("/")[0] in _GLIBC_FOLDERS:
            continue
        standard = not folder and (
            (file.endswith(".h") and (stem in MUSL_HEADERS or stem in _GLIBC_HEADERS))
            # C++ headers have no suffix
            or ("." not in file and file == file.lower())
        )
        if not standard:
            return name
    return None
