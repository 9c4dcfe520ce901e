"""What functions that open, make or look up a file by its name ask of a Go program's image."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.model import NeedKind
from imgslim.regex import regex
from imgslim.toolchains.gathered import Gathered, is_given, is_in_each, is_temporary
from imgslim.toolchains.golang import calls
from imgslim.toolchains.mentions import whole

if TYPE_CHECKING:
    from imgslim.toolchains.golang.scan import Body, Use
    from imgslim.toolchains.mentions import Mentions

#: ``net.UnixAddr{Name: "/run/x"}``, ``net.UnixAddr{path, "unix"}``.
_UNIX_ADDRESS = regex(r"\bnet\.UnixAddr\{\s*(?:Net:\s*[^,}]*,\s*)?(?:Name:\s*)?(?:[\"`]([^\"`\n]*)[\"`]|(\w))")

#: Services that package net knows without a file.
_OWN_SERVICES = frozenset(
    "domain ftp ftps gopher http https imap2 imap3 imaps pop3 pop3s smtp submissions ssh telnet".split()
)


def files(found: Gathered, mentions: Mentions, use: Use, why: str) -> None:
    """A function of the table whose argument is a path."""
    key = (use.package, use.name)
    if use.arguments is None:
        if key not in calls.LENIENT:
            found.leave_open("computed-paths", f"{why} as a value: its paths are not literals.")
        return
    if key == ("database/sql", "Open") and use.arguments[:1] and use.arguments[0] not in calls.FILE_DRIVERS:
        return
    index = calls.ARGUMENT.get(key, 0)
    paths = use.arguments if key in calls.ALL_ARGUMENTS else use.arguments[index : index + 1]
    if not use.arguments and key in calls.DEFAULTS:
        paths = (calls.DEFAULTS[key],)
    for path in paths:
        if path is None:
            if key not in calls.ASKING:
                found.leave_open("computed-paths", f"{why} with a path that is not a literal.")
            else:
                found.looks(f"{why} with a path that is not a literal")
        elif key in calls.MOVES and path.strip("/."):
            found.leave_open("computed-paths", f"{why} of {path!r}: relative names start there.")
            _absolute(found, mentions, path, why, opens=True)
        elif key in calls.FOLDERS and whole(found, mentions, path or ".", why):
            continue
        elif path.startswith("/"):
            asks = key in calls.ASKING and is_in_each(path)
            _absolute(found, mentions, path, why, opens=asks or key not in calls.LENIENT)
            if key in calls.MAKERS:
                _made(found, mentions, path, why)
        elif not path or mentions.path(path, why):
            continue
        elif key in calls.MAKERS:
            _made(found, mentions, path, why)
        elif (source := mentions.source(path)) is not None:
            found.need(NeedKind.FILE, source, f"{why} of {path!r}")
        elif key not in calls.LENIENT and (at := mentions.maybe(path)) is not None:
            found.need(NeedKind.FILE, at, f"{why} of {path!r}")


def _made(found: Gathered, mentions: Mentions, path: str, why: str) -> None:
    """A new file: its folder has to be there."""
    if not path.startswith("/"):
        if (folder := mentions.folder(path)) is not None:
            found.need(NeedKind.FILE, folder, f"{why} to write {path}")
    elif is_temporary(path):
        found.need(NeedKind.TMP, "", why)
    elif not is_given(path):
        found.need(NeedKind.FILE, posixpath.dirname(path), f"{why} to write {path}")


def socket(found: Gathered, mentions: Mentions, use: Use, why: str) -> None:
    """A network and an address: a local socket's is a path, or a name behind ``@`` that lies in no folder (unix(7))."""
    network, address = (*(use.arguments or ()), None, None)[:2]
    if network is not None and network.startswith("unix") and use.arguments:
        _named(found, mentions, address, why)
    elif address is not None and _names_service(address):
        found.need(NeedKind.NAME_SERVICE, "services", f"{why} of {address!r}")
    elif network is None and address is None and use.arguments:
        found.leave_open("computed-paths", f"{why} with a network and an address that are not literals.")


def _names_service(address: str) -> bool:
    """Tell whether an address ends with a service's name that Go does not have itself (package net, ``services``)."""
    host, colon, port = address.rpartition(":")
    return bool(colon) and port[:1].isalpha() and "/" not in host and port not in _OWN_SERVICES


def named_sockets(found: Gathered, mentions: Mentions, body: Body) -> None:
    """The addresses of local sockets that are put together as a value."""
    text = body.file.text
    for match in _UNIX_ADDRESS.finditer(text) if "UnixAddr{" in text else ():
        at = f"{body.file.label}:{text.count(chr(10), 0, match.start()) + 1} makes a net.UnixAddr"
        _named(found, mentions, match[1], at)


def _named(found: Gathered, mentions: Mentions, path: str | None, why: str) -> None:
    if path is None:
        found.leave_open("computed-paths", f"{why}: the path of a socket that is not a literal.")
    elif path and not path.startswith("@"):
        _made(found, mentions, path, why)


def _absolute(found: Gathered, mentions: Mentions, path: str, why: str, *, opens: bool) -> None:
    """A path that the program opens: what it is for decides what it is a need of.

    Where the build is not known to have it, it is a need only of what opens it; the rest may make it or do without.
    """
    if found.asks_system(path, why):
        return
    if path in ("/etc/services", "/etc/protocols"):
        found.need(NeedKind.NAME_SERVICE, "services", why)
    elif path == "/etc/nsswitch.conf":
        found.need(NeedKind.NAME_SERVICE, "", why)
    elif not mentions.path(path, why) and opens:
        found.need(NeedKind.FILE, path, f"{why} of {path!r}")
