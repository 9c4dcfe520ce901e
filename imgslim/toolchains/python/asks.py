"""What a module of Python asks for by what it imports, or who it asks for; and which modules are worth the reading."""

from __future__ import annotations

from imgslim.model import NeedKind
from imgslim.regex import regex

BY_MODULE = {
    "zoneinfo": NeedKind.TIME_ZONES, "ssl": NeedKind.CERTIFICATES, "urllib.request": NeedKind.CERTIFICATES,
    "http.client": NeedKind.CERTIFICATES, "smtplib": NeedKind.CERTIFICATES, "pwd": NeedKind.USERS,
    "grp": NeedKind.USERS, "netrc": NeedKind.USERS, "tarfile": NeedKind.USERS,
    "tempfile": NeedKind.TMP, "mimetypes": NeedKind.MEDIA_TYPES, "curses": NeedKind.TERMINFO,
}  # fmt: skip
#: What asks who somebody is, or where that one is at home; an archive of tar holds names of owners.
ASKS_USERS = (
    "expanduser", "Path.home", "getpass.getuser", "shutil.chown", "shutil.make_archive",
    "os.initgroups", "os.getgrouplist",
)  # fmt: skip
#: A file without one of these needs nothing that is looked for; reading it in full is slow.
_WORTH = regex(
    rb"subprocess|\bsystem\b|popen|exec[lv]|spawn|posix_spawn|which|find_executable|ctypes|CDLL|cffi|dlopen|open\(|Path\(|listdir|scandir|glob|"
    rb"os\.walk|os\.stat|path\.(?:exists|is)|shutil|getserv|getproto|getaddrinfo|os_release|zoneinfo|ZoneInfo|ssl|urllib|\bhttp\b|smtplib|"
    rb"setlocale|getpw|getgr|\bpwd\b|\bgrp\b|expanduser|home\(|getuser|netrc|tarfile|initgroups|getgrouplist|gettempdir|tempfile|"
    rb"mimetypes|startfile|pty|curses|getoutput|getstatusoutput|PosixPath|basicConfig|Formatter|localtime|strftime|ctime|"
    rb"IMAP4_stream|webbrowser|import_module|__import__|getattr\((?:os|subprocess)\b|"
    rb"\bexec\(|\beval\(|\bcode\.interact|asctime|mktime|tzset|\.today\b|\.now\b|fromtimestamp"
)


def is_worth_reading(data: bytes) -> bool:
    """Tell whether a module may ask for anything that is looked for."""
    return _WORTH.search(data) is not None
