"""The table of calls beside the C library's own headers: nothing that opens, starts or looks up a name is missing."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from imgslim.toolchains.c.calls import NAMES

_HEADERS = """
stdio stdlib unistd fcntl dirent ftw fts glob dlfcn spawn sys/stat sys/mount sys/statfs sys/statvfs sys/inotify
sys/fanotify sys/swap sys/acct sys/ipc sys/mman semaphore mqueue mntent utmp utmpx pwd grp shadow gshadow netdb locale
iconv nl_types libintl wordexp aliases fstab sys/quota sys/time utime netinet/ether
""".split()
_PATH = re.compile(
    r"path|file|name|dir|old|new|from|to|template|special|dev|target|host|serv|proto|locale|prog|pattern"
)
#: What no image has to hold for, by why.
_WITHOUT = {
    "what is there already is changed, by whoever opened or made it": """
        chmod chown lchmod lchown fchmodat fchownat futimesat utime utimes utimensat lutimes""",
    "what is there is taken away": "remove rmdir unlink unlinkat revoke sem_unlink shm_unlink mq_unlink",
    "the kernel keeps it, or /dev/shm, which every container has": "memfd_create mq_open sem_open shm_open",
    "only with rights that a container has not": """
        swapon swapoff umount umount2 quotactl move_mount mount_setattr fsopen fspick setdomainname sethostname""",
    "no path but a word": """
        basename unsetenv glob_pattern_p getopt gettext dgettext dcgettext ngettext
        dngettext dcngettext bind_textdomain_codeset setlogin""",
    "a record is added where there is a file for it": "logwtmp updwtmp updwtmpx",
}


@pytest.mark.skipif(shutil.which("gcc") is None, reason="takes the C library's headers")
def test_every_function_that_takes_a_name_is_known() -> None:
    """It is in the table, or stands above with the reason why it asks for nothing."""
    source = "#define _GNU_SOURCE\n" + "".join(
        f"#if __has_include(<{name}.h>)\n#include <{name}.h>\n#endif\n" for name in _HEADERS
    )
    done = subprocess.run(
        ["gcc", "-E", "-P", "-"], input=source, capture_output=True, text=True, check=True, timeout=60
    )
    text = re.sub(r"\s+", " ", done.stdout)
    found = set()
    for name, arguments in re.findall(r"\b([a-z]\w+) ?\(([^()]*const char ?\*[^()]*)\)[^;{]*;", text):
        taken = re.findall(r"const char ?\*(?: ?(?:__restrict|const))* ?(__\w+)", arguments)
        if any(_PATH.search(one) for one in taken):
            found.add(name)
    assert {"fopen", "dlopen", "getaddrinfo"} <= found
    without = {name for names in _WITHOUT.values() for name in names.split()}
    assert found - NAMES - without == set()
    assert not without & NAMES
