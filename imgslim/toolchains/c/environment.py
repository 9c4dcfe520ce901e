"""What the environment makes of a call: zones, locales, trust stores; also where the program sets it itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.model import NeedKind
from imgslim.regex import regex
from imgslim.toolchains.c.calls import (
    ENVIRONMENT,
    KINDS,
    LOCAL_TIME,
    PLAIN,
    READS,
    TRANSLATIONS,
    TRUST_BY_ENVIRONMENT,
    USES,
    ZONE_USERS,
)
from imgslim.toolchains.gathered import is_plain_locale

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imgslim.toolchains.c.callsites import Call
    from imgslim.toolchains.c.fileneeds import Files
    from imgslim.toolchains.c.reading import Reading
    from imgslim.toolchains.gathered import Gathered

_UTC = frozenset({"", "UTC", "Etc/UTC", "GMT"})
_LOCALE = regex(r"LC_[A-Z]+|LANG|LANGUAGE|LOCPATH")
_TRUST = frozenset({"SSL_CERT_FILE", "SSL_CERT_DIR"})
#: Variables whose value is a path that the C library or OpenSSL opens by itself (environ(7), gethostbyname(3),
#: catopen(3), iconv(3), getdate(3), config(5ssl)).
_PATHS = frozenset({"HOSTALIASES", "NLSPATH", "GCONV_PATH", "DATEMSK", "TMPDIR", "OPENSSL_CONF", "OPENSSL_MODULES"})
_ANY = "*"
#: Headers that declare std::locale; a function or variable of the project's own may be called so as well.
_LOCALE_HEADERS = frozenset({"locale", "iostream", "iomanip", "sstream", "fstream", "regex", "codecvt"})


def needs(out: Gathered, files: Files, reading: Reading, env: Mapping[str, object]) -> None:
    """Add what zones, locales and the environment that the program makes for itself ask for.

    Args:
        out: where the needs go.
        files: takes the paths that are written into variables.
        reading: the sources.
        env: the environment of the running image.
    """
    calls = [(f"{p.label}:{c.line} calls {c.name}", c) for p in reading.parts for c in p.scan.calls]
    if not calls:
        return
    set_here = list(_set(calls))
    _zones(out, calls, set_here, env)
    _locales(out, calls, reading, env, set_here)
    if any(kind is NeedKind.LOCALE for kind, _ in out.needs):
        _translations(files, calls)
    trust = any(c.name.removeprefix("::") in TRUST_BY_ENVIRONMENT for _, c in calls)
    by_name = any(
        KINDS.get(c.name) is NeedKind.COMMAND and "/" not in (c.literal(USES[c.name][0].argument) or "/")
        for _, c in calls
    )
    for why, call in calls:
        if call.name.rpartition("::")[2] in READS and call.literal(0) == "HOME":
            out.need(NeedKind.USERS, "home", f"{why} with HOME")
    for why, name, value in set_here:
        if name in _PATHS or (trust and (name == _ANY or name in _TRUST)):
            files.given(None if name == _ANY else value, why)
        elif name == "PATH" and by_name:
            out.need(NeedKind.COMMAND, "*", f"{why}, which decides what programs are found")


def _set(calls: list[tuple[str, Call]]) -> Iterator[tuple[str, str, str | None]]:
    """The variables that the program sets: why, the name or ``*``, the value where it is a literal."""
    for why, call in calls:
        if call.name not in ENVIRONMENT or not call.arguments:
            continue
        first = call.literal(0)
        if first is None:
            yield f"{why} with a name that is not a literal", _ANY, None
        elif call.name == "putenv":
            name, _, value = first.partition("=")
            yield f"{why} with {name}", name, value
        else:
            yield f"{why} with {first}", first, call.literal(1)


def _zones(
    out: Gathered, calls: list[tuple[str, Call]], set_here: list[tuple[str, str, str | None]], env: Mapping[str, object]
) -> None:
    setting = next((w for w, name, value in set_here if name in {"TZ", _ANY} and value not in _UTC), "")
    zoned = env.get("TZ", "") not in _UTC
    own = not setting and any(name == "TZ" for _, name, _ in set_here)
    for why, call in calls:
        if call.name in LOCAL_TIME and not own:
            out.need(NeedKind.TIME_ZONES, "", f"{why}, in the zone that TZ names")
        elif call.name in ZONE_USERS and (zoned or setting):
            out.need(NeedKind.TIME_ZONES, "", f"{why}, and TZ is set" if zoned else f"{why}; {setting}")
        elif KINDS.get(call.name) is NeedKind.TIME_ZONES:
            if call.name in PLAIN and call.arguments is None:
                continue
            out.need(NeedKind.TIME_ZONES, "", why)


def _locales(
    out: Gathered,
    calls: list[tuple[str, Call]],
    reading: Reading,
    env: Mapping[str, object],
    set_here: list[tuple[str, str, str | None]],
) -> None:
    """``setlocale(LC_ALL, "")`` takes what the environment says; a name asks for that locale (setlocale(3)).

    A computed name may be any, but for one that setlocale itself gave before.
    """
    saved = {c.target for _, c in calls if c.name == "setlocale" and c.target and not c.computed(1)}
    declared = bool(reading.system_headers & _LOCALE_HEADERS)
    setting = next((w for w, name, _ in set_here if name == _ANY or _LOCALE.fullmatch(name)), "")
    keys = ["LC_ALL"] if env.get("LC_ALL") else [*sorted(k for k in env if k.startswith("LC_")), "LANG"]
    asked = next((str(v) for k in keys if not is_plain_locale(v := env.get(k, ""))), "")
    for why, call in calls:
        if KINDS.get(call.name) is not NeedKind.LOCALE or call.arguments is None:
            continue
        if call.name == "locale" and call.owner != "std" and not declared:
            continue
        position = USES[call.name][0].argument
        name = call.literal(position)
        if name == "" and setting:
            out.need(NeedKind.LOCALE, _ANY, f"{why}; {setting}")
        elif name == "" and asked:
            out.need(NeedKind.LOCALE, asked, f"{why}, and the environment asks for {asked}")
        elif name is not None:
            if not is_plain_locale(name):
                out.need(NeedKind.LOCALE, name, why)
        elif call.computed(position) and not _is_a_locale(call, position, saved):
            out.need(NeedKind.LOCALE, _ANY, f"{why} with a name that is not a literal")


def _translations(files: Files, calls: list[tuple[str, Call]]) -> None:
    """Catalogues below the folder that bindtextdomain(3) names; without it they are the system's."""
    named = [(why, call) for why, call in calls if call.name in TRANSLATIONS and call.arguments is not None]
    bound = [one for one in named if TRANSLATIONS[one[1].name] is not None]
    for why, call in bound or named:
        index = TRANSLATIONS[call.name]
        files.given(call.literal(index) if index is not None else None, why)


def _is_a_locale(call: Call, position: int, saved: set[str]) -> bool:
    """Tell whether an argument is a locale that is there already, not the name of one."""
    text = call.texts[position]
    if text.split(".")[0].split("->")[0] in saved:
        return True
    if call.name != "locale":
        return False
    with_name = len(call.texts) > 1 and not call.texts[1].startswith("new")
    return "getloc" in text or "classic" in text or (len(call.texts) > 1 and not with_name) or "locale(" in text
