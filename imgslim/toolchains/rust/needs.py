"""What a Rust program asks of its image, from what its sources and its crates say."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.starts import SHELLS, argv_starts
from imgslim.model import Assumption, Need, NeedKind
from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.toolchains.bound import bound_in_rust, settled
from imgslim.toolchains.ccode import from_c
from imgslim.toolchains.gathered import Gathered, is_in_each
from imgslim.toolchains.mentions import Mentions, whole
from imgslim.toolchains.rust import calls
from imgslim.toolchains.rust.crates import BY_CALL, reading_of, temporary_of, trust_of
from imgslim.toolchains.rust.expressions import PACKAGE, SELF, is_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.model import Project
    from imgslim.toolchains.rust.lock import Crates
    from imgslim.toolchains.rust.scan import Body, Use
    from imgslim.toolchains.rust.sources import Sources

_CODE = (".rs", "Cargo.toml", "Cargo.lock")
#: Names that one message holds.
_SHOWN = 3
_UNZONED = frozenset({"", "UTC", "Etc/UTC", "GMT"})
_LOCAL_TIME = regex(
    r"\bLocal::now\b|\bchrono::Local\b|\bnow_local\b|\bcurrent_local_offset\b|\bOffsetDateTime::now_local\b"
)
_HOME = regex(r"\benv::(?:var|var_os)\(\s*\"HOME\"|\bhome_dir\b|\b(?:dirs|dirs_next|directories|home|xdg|etcetera)::")


@dataclass(frozen=True, slots=True)
class Needs:
    """Everything that was gathered."""

    needs: tuple[Need, ...]
    mentions: tuple[Need, ...]
    assumptions: tuple[Assumption, ...]
    #: Context paths of files that are opened by a literal name.
    opened: frozenset[str] = frozenset()


def needs_of(project: Project, sources: Sources, crates: Crates, native: Mapping[str, str] | None = None) -> Needs:
    """Gather what the files that were read and the crates that are fetched ask for.

    Args:
        project: what reading gave.
        sources: the program's own code in Rust.
        crates: what it is built of.
        native: C code that build scripts compile along, by the name that people know the file by.
    """
    found = Gathered()
    for label, text in (native or {}).items():
        from_c(found, label, text)
    mentions = Mentions(project, _CODE, calls.CONFIG_SUFFIXES if "config" in crates.fetched else ())
    foreign = {name.replace("-", "_") for name in crates.fetched}
    everywhere = settled(pair for body in sources.bodies for pair in body.constants())
    for body in sources.bodies:
        addresses = body.addresses()
        bound = set(bound_in_rust(body.parts))
        known = settled((*everywhere.items(), *body.variables()), bound)
        for use in body.uses({**known, PACKAGE: body.package} if body.package else known):
            _use(found, mentions, body, use, addresses)
            if use.at and _may_hand_on(body, use, foreign):
                for word in body.words(use):
                    mentions.word(word, f"{body.label}:{use.line} calls {use.path or use.name}")
        for kept in body.kept() if foreign else ():
            mentions.word(kept.text, f"{body.label}:{kept.line} keeps a name")
        for literal in body.literals():
            if literal.inside not in calls.COMPILED_IN:
                mentions.literal(literal.text, f"{body.label}:{literal.line}", joined=False)
                found.named(literal.text, f"{body.label}:{literal.line}")
    for name in crates.fetched:
        for path in calls.IMPLIED_FILES.get(name, ()):
            mentions.path(path, f"{name} looks for {path}")
    found.looks_at_system()
    _crates(found, crates)
    _zone(found, sources)
    _home(found, project, sources)
    return Needs(tuple(found.needs.values()), mentions.found(), tuple(found.open_ends.values()), mentions.opened())


def _use(found: Gathered, mentions: Mentions, body: Body, use: Use, addresses: frozenset[str]) -> None:
    at = f"{body.label}:{use.line}"
    if not use.path:
        _method(found, mentions, body, use, at)
        return
    path = _known(body, use.path)
    how = "calls" if use.arguments is not None else "hands on"
    why = f"{at} {how} {'::'.join(use.path.split('::')[-2:])}"
    if path == calls.CHANGES_FOLDER:
        if use.arguments and use.arguments[0]:
            mentions.path(use.arguments[0], why)
        found.leave_open("computed-paths", f"{why}: relative names start there.")
    for kind in calls.FUNCTIONS.get(path, ()):
        match kind:
            case NeedKind.COMMAND:
                _program(found, use, why)
            case NeedKind.SHELL:
                found.need(kind, "/bin/sh", why)
                found.runs_shell(use.arguments[0] if use.arguments else None, why)
            case NeedKind.PLUGIN:
                name = use.arguments[0] if use.arguments else None
                found.need(kind, name or "*", why)
            case NeedKind.FILE:
                if use.arguments and [t.text for t in body.first_argument(use)][:2] == ["file", "!"]:
                    found.leave_open("computed-paths", f"{why} with the path of its own source.")
                _file(found, mentions, path, use, why)
            case NeedKind.NAME_SERVICE:
                if use.arguments is None or not _is_literal_address(body, use, addresses):
                    found.need(kind, "services" if path in calls.SERVICES else "", why)
            case _:
                found.need(kind, "", why)


def _may_hand_on(body: Body, use: Use, foreign: set[str]) -> bool:
    """Tell whether a call may give a fetched crate what it is given: a function of one, or a method that may be."""
    if use.path:
        return body.may_be_of(use.path, foreign)
    return bool(foreign) and use.name not in calls.OWN_METHODS


def _known(body: Body, path: str) -> str:
    """The path as the table has it, through what ``use x::*`` brings."""
    if path in calls.FUNCTIONS:
        return path
    return next((full for g in body.globs if (full := f"{g}::{path}") in calls.FUNCTIONS), path)


def _is_literal_address(body: Body, use: Use, addresses: frozenset[str]) -> bool:
    """Tell whether what a socket is bound or connected to surely is an address and no name."""
    parts = body.first_argument(use)
    words = [t.text for t in parts]
    return is_address(parts) or next((w for w in words if w not in ("&", "*", "(")), "") in addresses


def _method(found: Gathered, mentions: Mentions, body: Body, use: Use, at: str) -> None:
    index = calls.PATH_METHODS.get(use.name)
    arguments = use.arguments or ()
    if index is not None and len(arguments) > index:
        _method_path(found, mentions, body, use, f"{at} calls {use.name}")
    if use.name == "read_dir" and use.arguments == ():
        found.leave_open("computed-paths", f"{at} calls read_dir on a path that is not a literal.")
    if use.name in calls.NAME_METHODS:
        found.need(NeedKind.NAME_SERVICE, "", f"{at} calls {use.name}")
    if use.name in calls.BIND_METHODS and arguments and not _is_literal_address(body, use, body.addresses()):
        text = arguments[0]
        if text is None or ":" in text:
            found.need(NeedKind.NAME_SERVICE, "", f"{at} calls {use.name} with what may be a name")


def _method_path(found: Gathered, mentions: Mentions, body: Body, use: Use, why: str) -> None:
    arguments = use.arguments or ()
    path = arguments[calls.PATH_METHODS[use.name]]
    by_options = use.name == "open" and body.opens_with_options
    if path is None:
        if use.name in calls.READ_METHODS or (by_options and not body.makes_files):
            found.leave_open("computed-paths", f"{why} with a path that is not a literal.")
    elif use.name in calls.READ_METHODS and whole(found, mentions, path, why):
        return
    elif by_options and path.startswith("/"):
        _absolute(found, mentions, path, why, "!" if body.makes_files else "")
    elif path:
        mentions.path(path, why)
    if use.name == "register_templates_directory" and len(arguments) > 1 and (folder := arguments[1]):
        mentions.path(folder, why)  # handlebars before 5: the ending of the names stands first


def _program(found: Gathered, use: Use, why: str) -> None:
    arguments = use.arguments or ()
    name = arguments[0] if arguments else None
    if name is None:
        found.need(NeedKind.COMMAND, "*", f"{why} with a name that is not a literal")
    elif posixpath.basename(name) in SHELLS:
        found.need(NeedKind.SHELL, name, why)
        found.starts_shell((name, *(word or "" for word in (*arguments[1:], *use.more))), why)
    elif name and name != SELF:
        words = tuple(word or "" for word in (name, *arguments[1:], *use.more))
        found.line(words, why)
        for started in argv_starts(words, found.reads):
            found.need(NeedKind.COMMAND, started, why)


def _file(found: Gathered, mentions: Mentions, name: str, use: Use, why: str) -> None:
    mark, index = calls.MARKS[name], calls.ARGUMENT[name]
    arguments = use.arguments or ()
    path = arguments[index] if len(arguments) > index else None
    if path is None:
        if not mark:
            found.leave_open("computed-paths", f"{why} with a path that is not a literal.")
        elif mark == "?":
            found.looks(f"{why} with a path that is not a literal")
    elif not mark and whole(found, mentions, path, why):
        return
    elif path.startswith("/"):
        _absolute(found, mentions, path, why, mark)
    elif not path or mentions.path(path, why):
        return
    elif mark != "!" and (source := mentions.source(path)) is not None:
        found.need(NeedKind.FILE, source, f"{why} of {path!r}")
    elif mark == "!":
        if (folder := mentions.folder(path)) is not None:
            found.need(NeedKind.FILE, folder, f"{why} to write {path}")
    elif not mark and (at := mentions.maybe(path)) is not None:
        found.need(NeedKind.FILE, at, f"{why} of {path!r}")


def _absolute(found: Gathered, mentions: Mentions, path: str, why: str, mark: str) -> None:
    """A path that the program opens: what it is for decides what it is a need of."""
    if found.asks_system(path, why):
        return
    if path in ("/etc/services", "/etc/protocols"):
        found.need(NeedKind.NAME_SERVICE, "services", why)
    elif mark == "!":
        if not mentions.path(path, why):
            found.need(NeedKind.FILE, posixpath.dirname(path), f"{why} to write {path}")
    elif not mentions.path(path, why) and (not mark or (mark == "?" and is_in_each(path))):
        found.need(NeedKind.FILE, path, f"{why} of {path!r}")


def _crates(found: Gathered, crates: Crates) -> None:
    """Fetched crates: those that were read once are settled by that; nobody read the others."""
    if (name := trust_of(crates.fetched)) or not crates.complete:
        found.need(NeedKind.CERTIFICATES, "", f"{name or 'a crate that no Cargo.lock names'} may connect by TLS")
    if (name := temporary_of(crates.fetched)) or not crates.complete:
        found.need(NeedKind.TMP, "", f"{name or 'a crate that no Cargo.lock names'} may make temporary files")
    unread = {}
    for crate, by in crates.fetched.items():
        read = reading_of(crate)
        if crate in BY_CALL:
            continue
        if read is None:
            unread[crate] = by
            continue
        what = f"{by} uses {crate}, which"
        if read.starts:
            found.leave_open("commands-unproven", f"{what} may start another program or open a library.")
        if read.names:
            found.need(NeedKind.NAME_SERVICE, "", f"{what} looks names up")
        if read.users:
            found.need(NeedKind.USERS, "", f"{what} asks for users")
        if read.zones:
            found.need(NeedKind.TIME_ZONES, "", f"{what} reads time zones")
    if unread or not crates.complete:
        found.leave_open("modules-unread", _unread(unread, crates))


def _unread(unread: Mapping[str, str], crates: Crates) -> str:
    shown = list(unread or crates.fetched)
    names = ", ".join(shown[:_SHOWN])
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    why = "" if unread else " No Cargo.lock says what they bring along."
    if crates.passed_over:
        why = " The build takes newer ones than Cargo.lock names."
    return f"That no fetched crate needs a program, file or library of the image was not read: {names}{more}.{why}"


def _zone(found: Gathered, sources: Sources) -> None:
    """The local time is that of the zone that TZ names, which who starts the image may set."""
    for body in sources.bodies:
        if _LOCAL_TIME.search(body.text):
            found.need(NeedKind.TIME_ZONES, "", f"{body.label} asks for the local time, in the zone that TZ names")
            return


def _home(found: Gathered, project: Project, sources: Sources) -> None:
    """HOME is set by /etc/passwd where the image does not set it, and root's home is a folder."""
    final = project.image.trace.final
    body = next((b for b in sources.bodies if _HOME.search(b.text)), None)
    if "HOME" in final.env or body is None:
        return
    why = f"{body.label} asks for the home folder"
    found.need(NeedKind.USERS, "", why)
    if final.user in ("", "root", "0"):
        found.need(NeedKind.FILE, "/root", why)
