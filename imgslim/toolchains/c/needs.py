"""What a program asks of its image, from what its sources say."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.paths import tidy
from imgslim.meaning.starts import ANY, SHELLS, argv_starts, runs_files, text_starts
from imgslim.model import Need, NeedKind
from imgslim.regex import regex
from imgslim.toolchains.c import environment, fileneeds
from imgslim.toolchains.c.calls import (
    BY_NUMBER,
    CURL_FILES,
    INDIRECT,
    KINDS,
    METHODS,
    OWN_FILES,
    PLAIN,
    SOCKET,
    STARTING,
    UNWINDER,
    UNWINDING,
    USES,
    Use,
)
from imgslim.toolchains.gathered import Gathered, is_temporary, is_trust, is_trust_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imgslim.toolchains.c.callsites import Call
    from imgslim.toolchains.c.reading import Part, Reading

_PROGRAM = regex(r"/(?:usr/)?(?:local/)?s?bin/[\w.+-]+\Z")
#: Providers that are part of libcrypto (OSSL_PROVIDER(7)); the others are modules.
_BUILT_IN_PROVIDERS = frozenset({"default", "base", "null"})


def from_sources(reading: Reading, env: Mapping[str, object], exists: Callable[[str], bool]) -> Gathered:
    """The needs that the sources show.

    Args:
        reading: the sources.
        env: the environment of the running image; decides whether locale and zone settings mean anything.
        exists: tells whether a path, as the program writes it, is there in the image.
    """
    out = Gathered()
    files = fileneeds.Files(out, reading, exists)
    starts_programs = any(
        KINDS.get(c.name) is NeedKind.COMMAND and c.arguments is not None for p in reading.parts for c in p.scan.calls
    )
    for part in reading.parts:
        for call in part.scan.calls:
            why = f"{_at(part, call.line)} calls {call.name.removeprefix('::')}"
            if call.name in UNWINDING:
                out.need(NeedKind.PLUGIN, UNWINDER, why)
            elif call.name in INDIRECT:
                if _starts_otherwise(call):
                    out.need(NeedKind.COMMAND, ANY, f"{why} to start a program")
            elif call.name in OWN_FILES:
                files.path(OWN_FILES[call.name], why)
            elif call.name == SOCKET:
                files.socket(call.literal(0), f"{_at(part, call.line)} writes sun_path")
            elif call.name == "curl_easy_setopt":
                _curl(files, call, why)
            elif call.name == "stream.declared":
                files.declared(call, f"{_at(part, call.line)} declares {call.owner}")
            else:
                for use in _uses(call, reading):
                    _use(out, files, call, use, why)
        for literal in part.scan.literals:
            _by_literal(out, files, literal.text, _at(part, literal.line), starts_programs=starts_programs)
    out.looks_at_system()
    _handed_on(out, reading)
    environment.needs(out, files, reading, env)
    return out


def _handed_on(out: Gathered, reading: Reading) -> None:
    """Words that do not stand in the call that starts a program: any literal may be one of them (execv(3))."""
    unlisted = {
        program
        for part in reading.parts
        for call in part.scan.calls
        for use in _uses(call, reading)
        if use.what == "command" and not call.name.startswith("execl") and (program := call.literal(use.argument))
    }
    named = [need for need in out.needs.values() if need.kind is NeedKind.NAMED]
    for program in sorted(unlisted):
        for need in named:
            out.line((program, need.value), need.why)


def _at(part: Part, line: int) -> str:
    return f"{part.label}:{line}"


def _starts_otherwise(call: Call) -> bool:
    """Tell whether it is a function that starts programs that is called by a number, or looked for by its name."""
    if call.name in BY_NUMBER:
        return bool(STARTING.intersection(call.texts[:1]))
    return KINDS.get(call.literal(1) or "") in (NeedKind.COMMAND, NeedKind.SHELL)


def _uses(call: Call, reading: Reading) -> Iterator[Use]:
    if call.name.startswith("::"):
        for method in METHODS[call.name[2:]]:
            if call.arguments is not None and any(h.startswith(method.header) for h in reading.system_headers):
                yield method.use
    elif call.name not in PLAIN or call.arguments is not None or call.handed_on:
        yield from USES.get(call.name, ())


def _use(out: Gathered, files: fileneeds.Files, call: Call, use: Use, why: str) -> None:
    """One thing that a call asks for; of zones and locales the environment decides."""
    literal = call.literal(use.argument)
    match use.what:
        case "plugin":
            _plugin(out, call, literal, why)
        case "command":
            _program(out, literal, why)
            _given(out, call, use.argument, why)
        case "shell":
            out.need(NeedKind.SHELL, "/bin/sh", why)
            _shell_text(out, literal, why)
        case "file" | "ask" | "make":
            files.by_call(call, use, why)
        case "folder":
            files.trust_folder(call, use.argument, why)
        case "certificates":
            files.trust(call, use.argument, why)
        case "name-service":
            out.need(NeedKind.NAME_SERVICE, "services" if _by_service(call) else "", why)
        case "locale" | "time-zones":
            return  # imgslim.toolchains.c.environment
        case _:
            out.need(NeedKind(use.what), "", why)


def _plugin(out: Gathered, call: Call, literal: str | None, why: str) -> None:
    if call.name == "OSSL_PROVIDER_load" and literal in _BUILT_IN_PROVIDERS:
        return
    out.need(NeedKind.PLUGIN, literal or "*", why)
    if literal is None:
        out.leave_open("plugins-unproven", f"{why} with a name that is not a literal.")
    elif call.name in {"OSSL_PROVIDER_load", "ENGINE_by_id"}:
        out.leave_open("plugins-unproven", f"{why}: {literal} is a module of libcrypto's.")


def _curl(files: fileneeds.Files, call: Call, why: str) -> None:
    """curl_easy_setopt(3): which option names a file."""
    option = call.texts[1] if len(call.texts) > 1 else ""
    if option in CURL_FILES and (call.computed(2) or call.literal(2)):
        files.given(call.literal(2), f"{why} with {option}")
        if "CAPATH" in option and is_trust_folder(call.literal(2) or ""):
            files.trust_folder(call, 2, why)


def _by_service(call: Call) -> bool:
    """Tell whether /etc/services or /etc/protocols may be read: a port that is a literal number asks for neither."""
    if call.name == "getaddrinfo":
        port = call.literal(1)
        return port is None or not port.isdigit()
    return call.name.startswith(("getserv", "getproto", "setserv", "setproto")) or call.name in {
        "getnameinfo", "ip.resolver", "uv_getaddrinfo",
    }  # fmt: skip


def _program(out: Gathered, literal: str | None, why: str) -> None:
    if literal is None:
        out.need(NeedKind.COMMAND, "*", f"{why} with a name that is not a literal")
    elif posixpath.basename(literal) in SHELLS:
        out.need(NeedKind.SHELL, literal, why)
    elif literal:
        out.need(NeedKind.COMMAND, literal, why)


#: What ends the words of execl(3).
_LAST = regex(r"(\(.*\))?(0|NULL|nullptr)")


def _given(out: Gathered, call: Call, index: int, why: str) -> None:
    """What a program is started with: the words of execl(3) stand in the call, those of execv(3) in an array."""
    program = call.literal(index)
    if program is None:
        return
    listed = call.name.startswith("execl")
    given = [at for at in range(index + 2, len(call.texts)) if not _LAST.fullmatch(call.texts[at])] if listed else []
    words = (program, *(call.literal(at) or "" for at in given))
    out.line(words, why)
    if not listed:
        if posixpath.basename(program) in SHELLS or runs_files(program):
            out.need(NeedKind.COMMAND, ANY, f"{why} with words that were not followed")
        return
    for name in tuple(argv_starts(words, ""))[1:]:
        out.need(NeedKind.COMMAND, name, why)


def _shell_text(out: Gathered, literal: str | None, why: str) -> None:
    """The programs that a command line for ``sh -c`` starts."""
    if literal is None:
        out.need(NeedKind.COMMAND, "*", f"{why} with a command that is not a literal")
        return
    out.line(("sh", "-c", literal), why)
    for name in text_starts(literal, ""):
        with_what = "a command that is not settled" if name == ANY else repr(literal)
        out.need(NeedKind.COMMAND, name, f"{why} with {with_what}")


def _by_literal(out: Gathered, files: fileneeds.Files, text: str, at: str, *, starts_programs: bool) -> None:
    if is_temporary(text):
        out.need(NeedKind.TMP, "", f"{at} names {text!r}")
    elif starts_programs and _PROGRAM.match(text):
        _program(out, text, f"{at} names {text!r}")
    elif is_trust(text) or is_trust_folder(text):
        out.need(NeedKind.CERTIFICATES, text, f"{at} names {text!r}")
    elif text.startswith("/") and "XXXXXX" in text:  # mkstemp(3)
        files.made(text, f"{at} names {text!r}")
    else:
        out.named(text, at)


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
    path = tidy(posixpath.join(folder, name))
    inside = path not in ("/", folder) and not folder.startswith(path + "/")
    return path if inside else None
