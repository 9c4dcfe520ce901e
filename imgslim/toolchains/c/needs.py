"""What a program asks of its image, from what its sources say."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.starts import ANY, SHELLS, text_starts
from imgslim.model import Need, NeedKind
from imgslim.regex import regex
from imgslim.toolchains.c.calls import ARGUMENT, ENVIRONMENT, KINDS, PLAIN, UNWINDER, UNWINDING, ZONE_USERS
from imgslim.toolchains.gathered import Gathered, is_given, is_temporary, is_trust, is_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imgslim.toolchains.c.reading import Part, Reading
    from imgslim.toolchains.c.scan import Call

_PROGRAM = regex(r"/(?:usr/)?(?:local/)?s?bin/[\w.+-]+\Z")
_PLAIN_LOCALES = frozenset({"C", "POSIX", "C.UTF-8", "C.utf8"})


def from_sources(reading: Reading, env: Mapping[str, object], exists: Callable[[str], bool]) -> Gathered:
    """The needs that the sources show.

    Args:
        reading: the sources.
        env: the environment of the running image; decides whether locale and zone settings mean anything.
        exists: tells whether a path, as the program writes it, is there in the image.
    """
    out = Gathered()
    starts_programs = any(
        KINDS.get(c.name) is NeedKind.COMMAND and c.arguments is not None for p in reading.parts for c in p.scan.calls
    )
    zoned = _zoned(reading, env)
    for part in reading.parts:
        for call in part.scan.calls:
            if call.name in ZONE_USERS and zoned:
                out.need(NeedKind.TIME_ZONES, "", f"{_at(part, call.line)} calls {call.name}, and TZ is set")
            elif call.name in UNWINDING:
                out.need(NeedKind.PLUGIN, UNWINDER, f"{_at(part, call.line)} calls {call.name}")
            elif call.name in KINDS and (call.name not in PLAIN or call.arguments is not None):
                _by_kind(out, part, call, env, exists)
        for literal in part.scan.literals:
            _by_literal(out, literal.text, _at(part, literal.line), starts_programs=starts_programs)
    return out


def _at(part: Part, line: int) -> str:
    return f"{part.label}:{line}"


def _zoned(reading: Reading, env: Mapping[str, object]) -> bool:
    zone = env.get("TZ", "")
    if zone not in {"", "UTC", "Etc/UTC", "GMT"}:
        return True
    return any(
        c.name in ENVIRONMENT and c.arguments and (c.arguments[0] or "").partition("=")[0] == "TZ"
        for p in reading.parts for c in p.scan.calls
    )  # fmt: skip


def _by_kind(out: Gathered, part: Part, call: Call, env: Mapping[str, object], exists: Callable[[str], bool]) -> None:
    kind = KINDS[call.name]
    why = f"{_at(part, call.line)} calls {call.name}"
    arguments = call.arguments or ()
    index = ARGUMENT.get(call.name, 0)
    literal = arguments[index] if len(arguments) > index else None
    match kind:
        case NeedKind.PLUGIN:
            out.need(kind, literal or "*", why)
            if literal is None:
                out.leave_open("plugins-unproven", f"{why} with a name that is not a literal.")
        case NeedKind.COMMAND:
            _program(out, literal, why)
        case NeedKind.SHELL:
            out.need(kind, "/bin/sh", why)
            _shell_text(out, literal, why)
        case NeedKind.FILE:
            _file(out, call, literal, why, exists)
        case NeedKind.LOCALE:
            _locale(out, call, why, env)
        case NeedKind.CERTIFICATES if literal is not None and literal.startswith("/"):
            out.need(NeedKind.CERTIFICATES if is_trust(literal) else NeedKind.FILE, literal, why)
        case NeedKind.NAME_SERVICE:
            out.need(kind, "services" if _by_service(call) else "", why)
        case NeedKind.TIME_ZONES if call.name == "tzset" and env.get("TZ", "") in {"", "UTC"}:
            return
        case _:
            out.need(kind, "", why)


def _by_service(call: Call) -> bool:
    """Tell whether /etc/services or /etc/protocols may be read: a port that is a literal number asks for neither."""
    if call.name == "getaddrinfo":
        port = call.arguments[1] if call.arguments and len(call.arguments) > 1 else None
        return port is None or not port.isdigit()
    return call.name.startswith(("getserv", "getproto", "setserv", "setproto")) or call.name == "getnameinfo"


def _program(out: Gathered, literal: str | None, why: str) -> None:
    if literal is None:
        out.need(NeedKind.COMMAND, "*", f"{why} with a name that is not a literal")
    elif posixpath.basename(literal) in SHELLS:
        out.need(NeedKind.SHELL, literal, why)
    elif literal:
        out.need(NeedKind.COMMAND, literal, why)


def _shell_text(out: Gathered, literal: str | None, why: str) -> None:
    """The programs that a command line for ``sh -c`` starts."""
    if literal is None:
        out.need(NeedKind.COMMAND, "*", f"{why} with a command that is not a literal")
        return
    for name in text_starts(literal):
        with_what = "a command that is not settled" if name == ANY else repr(literal)
        out.need(NeedKind.COMMAND, name, f"{why} with {with_what}")


def _file(out: Gathered, call: Call, literal: str | None, why: str, exists: Callable[[str], bool]) -> None:
    if literal is None:
        if call.arguments is not None and call.name not in {"stat", "lstat", "access", "openat", "readlink", "chdir"}:
            out.leave_open("computed-paths", f"{why} with a path that is not a literal.")
        return
    following = ARGUMENT.get(call.name, 0) + 1
    mode = call.arguments[following] if call.arguments and len(call.arguments) > following else None
    writes = call.name == "ofstream" or (mode is not None and mode[:1] in {"w", "a"})
    if writes and literal.startswith("/"):
        folder = posixpath.dirname(literal)
        if folder not in {"/", "/tmp"} and not is_given(literal):  # noqa: S108 (a path in the image)
            out.need(NeedKind.FILE, folder, f"{why} to write {literal}")
    elif writes and exists(posixpath.dirname(literal) or "."):
        if posixpath.dirname(literal):
            out.need(NeedKind.FILE, posixpath.dirname(literal), f"{why} to write {literal}")
    elif not writes and (literal.startswith("/") or exists(literal)):
        _path(out, literal, f"{why} of {literal!r}")


def _path(out: Gathered, path: str, why: str) -> None:
    """A path that the program opens: what it is for decides what it is a need of."""
    if is_given(path):
        return
    if is_temporary(path):
        out.need(NeedKind.TMP, "", why)
    elif is_trust(path):
        out.need(NeedKind.CERTIFICATES, path, why)
    elif is_zone(path):
        out.need(NeedKind.TIME_ZONES, "", why)
    elif path in {"/etc/passwd", "/etc/group"}:
        out.need(NeedKind.USERS, "", why)
    else:
        out.need(NeedKind.FILE, path, why)


def _locale(out: Gathered, call: Call, why: str, env: Mapping[str, object]) -> None:
    """``setlocale(LC_ALL, "")`` takes what the environment says; a name asks for that locale (setlocale(3))."""
    position = 0 if call.name == "locale" else 1
    name = call.arguments[position] if call.arguments and len(call.arguments) > position else None
    if name == "":
        setting = next((str(env[k]) for k in ("LC_ALL", "LC_CTYPE", "LANG") if isinstance(env.get(k), str)), "C")
        if setting not in _PLAIN_LOCALES and setting:
            out.need(NeedKind.LOCALE, setting, f"{why}, and the environment asks for {setting}")
    elif name is not None and name not in _PLAIN_LOCALES:
        out.need(NeedKind.LOCALE, name, why)


def _by_literal(out: Gathered, text: str, at: str, *, starts_programs: bool) -> None:
    if is_temporary(text):
        out.need(NeedKind.TMP, "", f"{at} names {text!r}")
    elif starts_programs and _PROGRAM.match(text):
        _program(out, text, f"{at} names {text!r}")
    elif text.startswith("/") and is_trust(text):
        out.need(NeedKind.CERTIFICATES, text, f"{at} names {text!r}")


# --- what literals name ---------------------------------------------------------------------------------------

#: A literal's part before a format directive or a placeholder.
_PREFIX = regex(r"[\w./+@-]+")


def mentions(reading: Reading, folder: str, found: Callable[[str], bool]) -> Iterator[Need]:
    """Files and folders of the context that literals name, seen from the running image's working directory."""
    seen: set[str] = set()
    for part in reading.parts:
        for literal in part.scan.literals:
            path = _named(literal.text, folder)
            if path is not None and path not in seen:
                seen.add(path)
                if found(path):
                    yield Need(NeedKind.FILE, path, f"{_at(part, literal.line)} names {literal.text!r}")


def _named(text: str, folder: str) -> str | None:
    """The path that a literal may name; of ``static/%s`` the folder."""
    if len(text) > 255:  # noqa: PLR2004 (NAME_MAX)
        return None
    match = _PREFIX.match(text)
    if match is None:
        return None
    name = match[0]
    if len(name) < len(text):
        if text[len(name)] not in "%{$<" or "/" not in name:
            return None
        name = name.rpartition("/")[0]
    if len(name) < 3:  # noqa: PLR2004 (too short to mean a file: "t", "..")
        return None
    path = posixpath.normpath(posixpath.join(folder, name))
    inside = path not in ("/", folder) and not folder.startswith(path + "/")
    return path if inside else None
