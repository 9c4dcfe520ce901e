"""What each system call of a trace says about paths: which arguments are paths, and what was done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.evidence.observed import Access
from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ASKED = Access.ASKED.value
_CREATED = Access.CREATED.value
_EXECUTED = Access.EXECUTED.value
_DENIED = Access.DENIED.value
_ENTERED = Access.ENTERED.value
_LISTED = Access.LISTED.value
_LOADED = Access.LOADED.value
_MISSING = Access.MISSING.value
_READ = Access.READ.value
_REMOVED = Access.REMOVED.value
_SOCKET = Access.SOCKET.value
_WRITTEN = Access.WRITTEN.value

#: A string as strace prints it; ``...`` behind it where it was cut.
STRING = r'"((?:[^"\\]|\\.)*+)"(\.\.\.)?'
#: A descriptor with its path (-y): ``3</etc/passwd>``, ``AT_FDCWD</srv>``; ``<``, ``>`` are escaped in the path.
_DESCRIPTOR = r"(AT_FDCWD|-?\d+)(?:<([^<>]*+)>)?(?:\(deleted\))?"
#: A path argument, with the folder that it is relative to in front where the call takes one.
_PATH = regex(rf"(?:{_DESCRIPTOR}, )?{STRING}")
_FIRST_DESCRIPTOR = regex(_DESCRIPTOR)
_LAST_DESCRIPTOR = regex(rf"{_DESCRIPTOR}, [^,]*\)\s+= ")
_STRING = regex(STRING)
#: What a call returned, and the name of the error.
_RESULT = regex(r"\)\s+= (-?\d+|\?|0x[0-9a-f]+)(?: (E[A-Z0-9]+))?")
_UNIX = regex(rf"sa_family=AF_UNIX, sun_path={STRING}")

#: Errors that say that the path is not there; with all others there is something.
_ABSENT = frozenset({"ENOENT", "ENOTDIR"})
#: Errors of calls that the kernel does not let the caller make on that path (path_resolution(7)).
_DENYING = frozenset({"EACCES", "EPERM", "EROFS"})
#: Errors of calls that never came to look: nothing is known.
_UNKNOWN = frozenset({"EFAULT", "ENAMETOOLONG", "ENOSYS", "EINTR", "EMFILE", "ENFILE", "ENOMEM", "EBADF"})

#: What success means, by call: one value for each path argument.
_PATHS: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(("execve", "execveat", "uselib"), (_EXECUTED,)),
    **dict.fromkeys(("chdir", "chroot"), (_ENTERED,)),
    **dict.fromkeys(("unlink", "unlinkat", "rmdir"), (_REMOVED,)),
    **dict.fromkeys(("mkdir", "mkdirat", "mknod", "mknodat"), (_CREATED,)),
    **dict.fromkeys(("rename", "renameat", "renameat2"), (_REMOVED | _WRITTEN, _CREATED | _WRITTEN)),
    **dict.fromkeys(("link", "linkat"), (_READ, _CREATED)),
    # The first string of a symbolic link is its text: no path was looked at.
    **dict.fromkeys(("symlink", "symlinkat"), (0, _CREATED)),
    **dict.fromkeys(
        (
            *("truncate", "truncate64", "chmod", "fchmodat", "fchmodat2"),
            *("chown", "chown32", "lchown", "lchown32", "fchownat"),
            *("utime", "utimes", "utimensat", "utimensat_time64", "futimesat"),
            *("setxattr", "lsetxattr", "removexattr", "lremovexattr"),
        ),
        (_WRITTEN,),
    ),
    **dict.fromkeys(
        (
            *("stat", "stat64", "oldstat", "lstat", "lstat64", "oldlstat", "newfstatat", "fstatat64", "statx"),
            *("access", "faccessat", "faccessat2", "readlink", "readlinkat", "statfs", "statfs64"),
            *("getxattr", "lgetxattr", "listxattr", "llistxattr", "name_to_handle_at", "inotify_add_watch"),
        ),
        (_ASKED,),
    ),
}
_OPENS = frozenset({"open", "openat", "openat2", "creat"})
#: Calls on an open descriptor, by what they do to its path.
_DESCRIPTORS: Mapping[str, int] = {
    **dict.fromkeys(("getdents", "getdents64"), _LISTED),
    "fchdir": _ENTERED,
    **dict.fromkeys(("fchmod", "fchown", "fchown32", "ftruncate", "ftruncate64", "fsetxattr"), _WRITTEN),
}
_MAPS = frozenset({"mmap", "mmap2"})
_SOCKETS = frozenset({"bind", "connect"})
#: Calls that make processes.
FORKS = frozenset({"clone", "clone2", "clone3", "fork", "vfork"})
#: It takes work past everything that is seen here.
RING = "io_uring_setup"
#: All that a tracer is to show. A call that a machine or version does not have is left out (strace(1): "?").
TRACED = tuple(
    sorted({*_PATHS, *_OPENS, *_DESCRIPTORS, *_MAPS, *_SOCKETS, *FORKS, RING}),
)


@dataclass(frozen=True, slots=True)
class Touch:
    """One path in one call."""

    #: The folder that a relative path starts from; None is the caller's working directory where strace did not show it.
    folder: str | None
    #: As strace printed it, escapes and all.
    path: str
    #: A value of :class:`Access`.
    access: int
    #: Where an opened descriptor leads, links followed; "" for other calls.
    opened: str = ""
    #: True where ``path`` is what a descriptor leads to, which strace sees from outside of a changed root.
    is_shown: bool = False


def touches(name: str, text: str) -> Iterator[Touch]:
    """The paths of the call ``name``, whose arguments and result are ``text`` (``"/x", O_RDONLY) = 3``)."""
    if name in _OPENS:
        yield from _open(name, text)
    elif name in _PATHS:
        yield from _paths(name, text)
    elif name in _MAPS:
        if "PROT_EXEC" in text and (found := _LAST_DESCRIPTOR.search(text)) and found[2]:
            yield Touch(None, found[2], _LOADED, is_shown=True)
    elif name in _DESCRIPTORS:
        if (found := _FIRST_DESCRIPTOR.match(text)) and found[2] and returned(text)[0].isdigit():
            yield Touch(None, found[2], _DESCRIPTORS[name], is_shown=True)
    elif name in _SOCKETS and (found := _UNIX.search(text)):
        yield Touch(None, found[1], _outcome(text[found.end() :], _SOCKET))


def returned(text: str) -> tuple[str, str]:
    """What a call returned and the name of its error, without the strings that may look like it; "" where unknown."""
    found = _RESULT.search(_STRING.sub('""', text) if '"' in text else text)
    return (found[1], found[2] or "") if found else ("", "")


def strings(text: str) -> tuple[str, ...]:
    """The strings in the brackets that ``text`` has first: the argument vector of execve."""
    start = text.find("[")
    out: list[str] = []
    at = start + 1
    while start >= 0 and (found := _STRING.match(text, at)):
        out.append(found[1])
        at = found.end() + 2
    return tuple(out)


def _open(name: str, text: str) -> Iterator[Touch]:
    """One of the open family."""
    found = _PATH.match(text)
    if found is None or found[4]:
        return
    rest = text[found.end() :]
    flags = rest.partition(") ")[0]
    access = _WRITTEN if "O_WRONLY" in flags or "O_TRUNC" in flags or "O_TMPFILE" in flags or name == "creat" else _READ
    if "O_RDWR" in flags:
        access |= _WRITTEN | _READ
    if "O_PATH" in flags:
        access = _ASKED
    if "O_EXCL" in flags and "O_CREAT" in flags:
        access |= _CREATED
    elif "O_CREAT" in flags or name == "creat":
        # Whether it was there is not told; who knows the image does.
        access |= _WRITTEN
    result = _RESULT.search(rest)
    opened = ""
    if result is not None and result[1].isdigit():
        shown = _FIRST_DESCRIPTOR.match(rest, result.start(1))
        opened = (shown[2] or "") if shown else ""
    yield Touch(_folder(found[1], found[2]), found[3], _outcome(rest, access), opened)


def _paths(name: str, text: str) -> Iterator[Touch]:
    """A call that names one path or two."""
    at = 0
    made: list[tuple[str | None, str, int]] = []
    for access in _PATHS[name]:
        found = _PATH.match(text, at)
        # A null pointer, an address that can't be read, a path that strace cut.
        if found is None or found[4]:
            break
        at = found.end() + 2
        folder = None if name == "inotify_add_watch" else _folder(found[1], found[2])
        made.append((folder, found[3], access))
    rest = _STRING.sub('""', text[max(0, at - 2) :])
    for folder, path, access in made:
        if access and path:
            yield Touch(folder, path, _outcome(rest, access))
        elif name == "execveat" and folder:
            # An empty path: the descriptor itself (AT_EMPTY_PATH), as fexecve(3) does it.
            yield Touch(None, folder, _outcome(rest, access), is_shown=True)


def _folder(descriptor: str | None, shown: str | None) -> str | None:
    """What a relative path starts from."""
    return shown or (None if descriptor in {None, "AT_FDCWD"} else "")


def _outcome(rest: str, access: int) -> int:
    """What a call did: ``access`` if it succeeded, else whether the path was there; 0 where that is unknown."""
    found = _RESULT.search(rest)
    if found is None or found[1] == "?":
        # Cut off in the middle, or the program ended in it.
        return 0
    if not found[2]:
        return access
    if found[2] in _ABSENT:
        return _MISSING
    if found[2] in _DENYING:
        return _ASKED | _DENIED
    return 0 if found[2] in _UNKNOWN else _ASKED
