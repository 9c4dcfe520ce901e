"""What strace wrote is read as what the program did."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgslim.evidence import Access, Observed, Started
from imgslim.evidence.strace import read, unescape

READ, WRITTEN, CREATED, REMOVED = Access.READ, Access.WRITTEN, Access.CREATED, Access.REMOVED
ASKED, LISTED, MISSING, ENTERED = Access.ASKED, Access.LISTED, Access.MISSING, Access.ENTERED
#: Written by strace 6.1 while ``threads.c`` ran as process 1 in /srv.
THREADS = Path(__file__).with_name("logs").joinpath("threads.log").read_bytes()
#: Seconds for a million lines.
SOON = 20.0


def seen(*lines: str, cwd: str = "/srv") -> Observed:
    """Read lines of a log."""
    return read("\n".join(lines).encode("latin-1"), cwd)


def test_threads_processes_and_odd_names() -> None:
    """A recorded log: interleaved calls, shared and own folders, a name that is no UTF-8, a library, a socket, exec."""
    assert b"<unfinished ...>" in THREADS
    found = read(THREADS, "/srv")
    assert found.cut == ""
    assert found.started == (
        Started("/srv/many", ("./many",), "/srv"),
        Started("/proc/self/exe", ("many", "again", "\x01\n"), "/srv/out"),
    )
    uses = dict(found.uses)
    odd = b'/srv/out/a\xc3\xa4 \xff "q" <x>\n'.decode("utf-8", "surrogateescape")
    assert uses[odd] == WRITTEN
    assert uses["/lib/x86_64-linux-gnu/libm.so.6"] == READ | Access.LOADED
    assert "/usr/lib/x86_64-linux-gnu/libm.so.6" not in uses
    assert uses["/run/many.sock"] == Access.SOCKET
    assert uses["/srv/out"] == READ | CREATED | ENTERED
    assert uses["/srv/out/link"] == uses["/srv/out/moved"] == WRITTEN | CREATED | REMOVED
    assert (uses["/srv/out/one"], uses["/srv/out/../two"], uses["/etc/passwd"]) == (MISSING, READ, READ)
    # A child of its own went to /etc, and its child after it.
    assert (uses["/etc"], uses["/etc/group"], uses["/etc/hostname"]) == (ENTERED, READ, READ)
    assert uses["/etc/again"] == MISSING


def test_every_beginning_of_a_log() -> None:
    """A log that is cut anywhere is read up to there."""
    whole = set(read(THREADS, "/srv").uses)
    for at in range(0, len(THREADS), 97):
        assert set(read(THREADS[:at], "/srv").uses) <= whole


@pytest.mark.parametrize(
    ("call", "path", "access"),
    [
        ('open("a", O_RDONLY) = 3</srv/a>', "/srv/a", READ),
        ('open("/a//b/./c", O_RDWR) = 3</a/b/c>', "/a/b/c", READ | WRITTEN),
        ('openat(5</d>, "a", O_WRONLY|O_CREAT|O_EXCL, 0600) = 6</d/a>', "/d/a", WRITTEN | CREATED),
        ('openat(AT_FDCWD</x>, "a", O_RDONLY|O_TRUNC) = 6</x/a>', "/x/a", WRITTEN),
        ('openat2(AT_FDCWD</x>, "a", {flags=O_RDONLY|O_PATH, resolve=0}, 24) = 6</x/a>', "/x/a", ASKED),
        ('creat("/a", 0644) = 3</a>', "/a", WRITTEN),
        ('open("/a", O_WRONLY) = -1 EACCES (Permission denied)', "/a", ASKED | Access.DENIED),
        ('stat("/a/b", 0x7ffd) = -1 ENOTDIR (Not a directory)', "/a/b", MISSING),
        ('statx(AT_FDCWD</>, "a", AT_STATX_SYNC_AS_STAT, STATX_ALL, {stx_mask=1, ...}) = 0', "/a", ASKED),
        ('readlink("/a", "x) = -1 ENOENT", 99) = 14', "/a", ASKED),
        ("getdents64(3</d>, 0x55d /* 3 entries */, 32768) = 80", "/d", LISTED),
        ("fchmod(3</d/f>, 0600) = 0", "/d/f", WRITTEN),
        ('unlinkat(3</d>, "f", 0) = 0', "/d/f", REMOVED),
        ('link("/a", "/b") = 0', "/b", CREATED),
        ('linkat(AT_FDCWD</x>, "a", AT_FDCWD</x>, "b", 0) = 0', "/x/a", READ),
        ('symlinkat("../nowhere", AT_FDCWD</x>, "b") = 0', "/x/b", CREATED),
        ('renameat2(3</d>, "a", AT_FDCWD</x>, "b", RENAME_NOREPLACE) = 0', "/x/b", CREATED | WRITTEN),
        ('inotify_add_watch(3<anon_inode:inotify>, "w", IN_ALL_EVENTS) = 1', "/srv/w", ASKED),
        ("mmap(NULL, 9, PROT_READ|PROT_EXEC, MAP_PRIVATE, 3</l/x.so>, 0) = 0x7f", "/l/x.so", Access.LOADED),
        ('connect(3<socket:[1]>, {sa_family=AF_UNIX, sun_path="/r/s"}, 110) = -1 ENOENT (No)', "/r/s", MISSING),
        ('execveat(3</b/x>, "", ["x"], 0x1 /* 2 vars */, AT_EMPTY_PATH) = 0', "/b/x", Access.EXECUTED),
        (r'open("/\303\251\t\1", O_RDONLY) = 3</x>', "/\u00e9\t\x01", READ),
    ],
)
def test_calls(call: str, path: str, access: Access) -> None:
    """Each kind of call, by what it does to its path."""
    assert seen(f"7     {call}").uses[path] == access


@pytest.mark.parametrize(
    "line",
    [
        "1     openat(AT_FDCWD</>, NULL, O_RDONLY) = -1 EFAULT (Bad address)",
        '1     openat(AT_FDCWD</>, "a"..., O_RDONLY) = 3',
        '1     newfstatat(3</x>, "", {st_mode=1}, AT_EMPTY_PATH) = 0',
        '1     connect(3<socket:[1]>, {sa_family=AF_UNIX, sun_path=@"abstract"}, 12) = 0',
        "1     mmap(NULL, 9, PROT_READ, MAP_PRIVATE, 3</l/x.so>, 0) = 0x7f",
        "1     mmap(NULL, 9, PROT_READ|PROT_EXEC, MAP_ANONYMOUS, -1, 0) = 0x7f",
        '1     openat(5<socket:[2]>, "a", O_RDONLY) = -1 ENOTDIR (Not a directory)',
        "1     --- SIGCHLD {si_signo=SIGCHLD} ---",
        "1     +++ exited with 0 +++",
        "1     <... openat resumed>) = 3</x>",
        '1     open("/a", O_RDONLY <unfinished ...>',
        '1     open("/a", O_RDONLY) = ?',
        "[ Process PID=1 runs in 32 bit mode. ]",
        "nonsense",
        "",
    ],
)
def test_what_says_nothing(line: str) -> None:
    """Calls without a path or a result, and what is no call."""
    assert seen(line).uses == {}


def test_a_child_seen_before_its_parent_returns() -> None:
    """It begins where its parent is; afterwards each goes its own way."""
    found = seen(
        '1     chdir("/a") = 0',
        "1     clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>",
        '2     stat("x", 0x1) = -1 ENOENT (No such file or directory)',
        '2     chdir("/b") = 0',
        "1     <... clone resumed>, child_tidptr=0x7) = 2",
        '2     stat("y", 0x1) = -1 ENOENT (No such file or directory)',
        '1     stat("z", 0x1) = -1 ENOENT (No such file or directory)',
        "1     vfork() = 3",
        '3     chdir("c") = 0',
        '3     stat("w", 0x1) = -1 ENOENT (No such file or directory)',
    )
    assert set(found.uses) == {"/a", "/a/x", "/b", "/b/y", "/a/z", "/a/c", "/a/c/w"}


def test_threads_share_their_folder() -> None:
    """CLONE_FS: where one goes, all are."""
    found = seen(
        "1     clone3({flags=CLONE_VM|CLONE_FS|CLONE_THREAD, exit_signal=0}, 88) = 2",
        '2     chdir("/b") = 0',
        '1     stat("y", 0x1) = -1 ENOENT (No such file or directory)',
    )
    assert "/b/y" in found.uses


def test_a_relative_path_from_nowhere_is_left_out() -> None:
    """Two parents at once, in different folders: whose child it is can't be told, until a call shows its folder."""
    found = seen(
        "1     fork() = 2",
        '2     chdir("/b") = 0',
        "1     fork( <unfinished ...>",
        "2     fork( <unfinished ...>",
        '3     stat("lost", 0x1) = 0',
        '3     openat(AT_FDCWD</b>, "found", O_RDONLY) = 3</b/found>',
        '3     stat("then", 0x1) = 0',
    )
    assert set(found.uses) == {"/b", "/b/found", "/b/then"}


def test_a_changed_root() -> None:
    """Absolute paths begin there; what a descriptor leads to is shown from outside."""
    found = seen(
        '1     chroot("jail") = 0',
        '1     chdir("/") = 0',
        '1     openat(AT_FDCWD</srv/jail>, "/lib/x.so", O_RDONLY) = 3</srv/jail/lib/x.so>',
        "1     mmap(NULL, 9, PROT_EXEC, MAP_PRIVATE, 3</srv/jail/lib/x.so>, 0) = 0x7f",
        '1     stat("y", 0x1) = -1 ENOENT (No such file or directory)',
    )
    assert found.uses["/srv/jail/lib/x.so"] == READ | Access.LOADED
    assert found.uses["/srv/jail/y"] == MISSING


def test_what_a_tracer_can_not_see_is_said() -> None:
    """Work handed over through io_uring is not in a log; a machine that refuses it changes nothing."""
    assert "io_uring" in seen("1     io_uring_setup(8, {flags=0}) = 4<anon_inode:[io_uring]>").cut
    assert seen("1     io_uring_setup(8, {flags=0}) = -1 EPERM (Operation not permitted)").cut == ""


def test_the_tracer_itself_is_left_out() -> None:
    """Its mount is no part of the image."""
    log = b'1     execve("/.t/hold", ["x"], 0x1 /* 1 var */) = 0\n1     open("/.tx", O_RDONLY) = 3\n'
    found = read(log, "/", ignored="/.t", probes=("p",), cut="c")
    assert (dict(found.uses), found.started, found.probes, found.cut) == ({"/.tx": READ}, (), ("p",), "c")


def test_it_is_made_again_after_it_was_missing() -> None:
    """A file that was not there, and then was written, was made by the run."""
    found = seen('1     stat("/a", 0x1) = -1 ENOENT (No)', '1     open("/a", O_WRONLY|O_CREAT, 0600) = 3</a>')
    assert found.uses["/a"] == MISSING | WRITTEN | CREATED


@given(st.binary())
def test_escapes_are_undone(raw: bytes) -> None:
    """Octal, hexadecimal and letters: the bytes come back."""
    names = {9: r"\t", 10: r"\n", 13: r"\r", 11: r"\v", 12: r"\f", 34: r"\"", 92: r"\\"}
    text = "".join(names.get(one) or (chr(one) if 32 <= one < 127 else f"\\{one:03o}") for one in raw)
    assert unescape(text).encode("utf-8", "surrogateescape") == raw
    assert unescape("".join(f"\\x{one:02x}" for one in raw)).encode("utf-8", "surrogateescape") == raw


_PIECES = (
    *("1 ", "2     ", "open(", 'openat(AT_FDCWD</a>, "', '"x"', '"', "\\", "\\xz", "\\9", " <unfinished ...>", "\n"),
    *(
        ") = 0",
        ") = 2",
        ") = -1 ENOENT (",
        "<... open resumed>",
        "clone(",
        "execve(",
        "[",
        "]",
        "3</",
        ">",
        ", ",
        "...",
    ),
    *("chdir(", "chroot(", "mmap(", "PROT_EXEC", "bind(", "sa_family=AF_UNIX, sun_path=", "getdents(", "fchdir("),
    *("\x00", "\xff"),
)


@given(st.lists(st.sampled_from(_PIECES)).map("".join) | st.text())
def test_whatever_a_log_holds(text: str) -> None:
    """Nothing breaks the reader, and every path is absolute."""
    found = read(text.encode("utf-8", "surrogatepass"), "/srv")
    assert all(path.startswith("/") and access for path, access in found.uses.items())


def test_a_long_log_is_read_soon() -> None:
    """A million lines take seconds (measured on a part of them; half of the lines are not like any other)."""
    lines = [
        f'{pid}     openat(AT_FDCWD</srv>, "/usr/lib/python3/{number}.py", O_RDONLY) = -1 ENOENT (No such file)'
        for number in range(10_000)
        for pid in (1, 20)
    ]
    log = "\n".join(lines * 5).encode()
    begin = time.process_time()
    assert len(read(log, "/srv").uses) == len(lines) / 2
    assert time.process_time() - begin < SOON * len(lines) * 5 / 1_000_000


def test_what_goes_on_until_all_was_asked() -> None:
    """Children take their parent's program until they start another; threads are no programs of their own."""
    log = """1 execve("/bin/sh", ["sh"], 0x1 /* 1 var */) = 0
1 clone(child_stack=NULL, flags=SIGCHLD) = 7
7 execve("/usr/bin/tool", ["tool"], 0x1 /* 1 var */) = 0
7 +++ exited with 0 +++
1 clone(child_stack=NULL, flags=SIGCHLD) = 8
8 execve("/usr/sbin/served", ["served"], 0x1 /* 1 var */) = 0
8 clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 9
8 clone(child_stack=NULL, flags=SIGCHLD) = 10
1 execve("/usr/bin/tail", ["tail"], 0x1 /* 1 var */) = 0
"""
    after = """9 +++ exited with 0 +++
10 +++ killed by SIGTERM +++
1 +++ exited with 0 +++
"""
    whole = (log + after).encode()
    assert read(whole, "/", asked=len(log)).lasting == ("/usr/bin/tail", "/usr/sbin/served")
    assert read(whole, "/", asked=len(log) + 3).lasting == ("/usr/bin/tail", "/usr/sbin/served")
    assert read(whole, "/").lasting == ()
    assert read(whole, "/", asked=len(whole)).lasting == ("/usr/sbin/served",)
    whole += b"8 +++ exited with 0 +++\n"
    assert read(whole, "/", asked=len(whole)).lasting == ()
