"""What a Ruby program asks of the image: by its own sources, and by the gems that it takes along."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.effects import MadeBy
from imgslim.meaning.paths import absolute
from imgslim.meaning.starts import ANY, argv_starts, text_starts, text_vectors, vectors
from imgslim.model import NeedKind
from imgslim.records import replace
from imgslim.regex import regex
from imgslim.toolchains.gathered import Gathered, is_given, is_media_types, is_of_packages
from imgslim.toolchains.ruby import calls
from imgslim.toolchains.ruby.lex import CODE
from imgslim.toolchains.ruby.started import is_ruby
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imgslim.model import Project
    from imgslim.toolchains.ruby.arguments import Argument
    from imgslim.toolchains.ruby.scan import Call, Script
    from imgslim.values import Value

#: Characters for which Ruby hands a command line to /bin/sh (process.c, rb_exec_fillarg).
_META = regex(r"[*?{}\[\]<>()~&|\\$;'`\"\n#=%]")
#: Words of a shell that are no program of their own there.
_BUILTINS = frozenset(
    """
    . : alias bg break case cd command continue eval exec exit export fg for if jobs read readonly return set shift
    source times trap type ulimit umask unalias unset until wait while
    """.split()
)
_PLAIN_LOCALES = frozenset({"C", "POSIX", ""})
_SHOWN = 4
#: What starts programs, in code or by its name.
_STARTING = regex(r"`|%x|\b(?:system|exec|spawn|popen|capture[23]e?|sh)\b")
#: Where programs of packages lie.
_PROGRAMS = frozenset({"/bin", "/sbin", "/usr/bin", "/usr/sbin"})
#: With one of them execjs asks for no program (its own README, "runtimes").
_EMBEDDED = frozenset({"mini_racer", "therubyracer", "duktape"})
_GROUPS = {
    NeedKind.CERTIFICATES: calls.TLS_GEMS,
    NeedKind.NAME_SERVICE: calls.NAME_GEMS,
    NeedKind.TMP: calls.TMP_GEMS,
}


def program_needs(project: Project, scripts: Iterable[Script], cwd: Value, out: Gathered) -> None:
    """What the program's own files ask for."""
    for script in scripts:
        included = tuple(name for name in script.constants if name in calls.INCLUDED)
        for call in script.calls:
            _call(project, _named(call, included), script.path, cwd, out)
        for name, line in script.constants.items():
            kind = calls.CONSTANTS.get(name) or calls.CONSTANTS.get(name.rpartition("::")[0])
            if kind is not None:
                out.need(kind, "", f"{script.path}:{line} uses {name}")
                if kind is NeedKind.CERTIFICATES:
                    out.need(NeedKind.NAME_SERVICE, "", f"{script.path}:{line} uses {name}")
        for text, line in script.literals:
            if is_media_types(text):
                out.need(NeedKind.MEDIA_TYPES, "", f"{script.path}:{line} names {text}")
        line = next((line for text, line in script.literals if text == "TZ"), 0)
        if line:
            out.need(NeedKind.TIME_ZONES, "", f"{script.path}:{line} names TZ")
        line = next((line for text, line in script.literals if text == "HOME" or text.startswith("~")), 0)
        if line:
            out.need(NeedKind.USERS, "home", f"{script.path}:{line} asks for the home folder")
        out.names_system(script.literals, script.path)
        _looks_up(script, out)
        for text, literal, line in script.commands:
            _shell(text, f"{script.path}:{line} runs a command", out, literal=literal)


def _looks_up(script: Script, out: Gathered) -> None:
    """``ENV["PATH"].split(":").find { |d| File.executable?(File.join(d, name)) }``: nobody says of which."""
    if any(text == "PATH" for text, _ in script.literals):
        for call in script.calls:
            first = call.arguments[0] if call.arguments else None
            if call.name in calls.EXECUTABLE and (first is None or not first.literal or first.text is None):
                out.need(NeedKind.COMMAND, ANY, f"{script.path}:{call.line} looks for a program on PATH")


def gem_needs(names: Iterable[str], where: str, out: Gathered) -> None:
    """What the gems ask for, as far as they were read once."""
    names = tuple(dict.fromkeys(names))
    unread = [n for n in names if n not in calls.READ and not _is_in_a_table(n)]
    for name in names:
        why = f"{where} names {name}"
        for kind, group in _GROUPS.items():
            if name in group:
                out.need(kind, "", why)
        if name in calls.ZONE_GEMS and "tzinfo-data" not in names:
            out.need(NeedKind.TIME_ZONES, "", f"{why}, and not tzinfo-data")
        for program in calls.PROGRAM_GEMS.get(name, ()) if not _EMBEDDED.intersection(names) else ():
            out.need(NeedKind.COMMAND, program, f"{why}, which starts {program}")
        if name in calls.LIBRARY_GEMS:
            out.need(NeedKind.PLUGIN, calls.LIBRARY_GEMS[name], f"{why}, which opens it")
        if name in calls.FILE_GEMS:
            out.need(NeedKind.FILE, calls.FILE_GEMS[name], f"{why}, which reads it")
    if unread:
        more = f" and {len(unread) - _SHOWN} more" if len(unread) > _SHOWN else ""
        out.leave_open(
            "modules-unread",
            f"{where} names gems of which was not read that they need no program, file or library of the image: "
            f"{', '.join(unread[:_SHOWN])}{more}.",
        )


def locale_needs(project: Project, out: Gathered) -> None:
    """Ruby takes the encoding of files and of what it prints from the locale (Encoding.default_external)."""
    env = project.trace.final.env
    name = next((n for n in ("LC_ALL", "LC_CTYPE", "LANG") if env.get(n)), None)
    value = env.get(name) if name is not None else None
    if name is not None and not (isinstance(value, str) and value in _PLAIN_LOCALES):
        shown = value if isinstance(value, str) else ""
        out.need(NeedKind.LOCALE, shown, f"Ruby takes its encoding from {name}")
    if "TZ" in env and env["TZ"] not in ("", "UTC", "UTC0"):
        out.need(NeedKind.TIME_ZONES, "", "Ruby asks for the local time, and TZ is set")


def _is_in_a_table(name: str) -> bool:
    return any(name in table for table in (calls.PROGRAM_GEMS, calls.LIBRARY_GEMS, calls.FILE_GEMS))


def _named(call: Call, included: tuple[str, ...]) -> Call:
    """A call by the name and the receiver that the tables have: of an included module, by ``send``, of rake."""
    if call.name in calls.BY_NAME and call.arguments and call.arguments[0].literal:
        name = (call.arguments[0].text or "").lstrip(":")
        receiver = "" if call.receiver == "." else call.receiver
        if call.name != "method" or (receiver, name) not in calls.STARTS:
            call = replace(call, receiver=receiver, name=name, arguments=call.arguments[1:])
        else:
            return replace(call, receiver="Process", name="spawn", arguments=())
    if call.name == "sh" and call.receiver in calls.RAKE:
        return replace(call, receiver="", name="system")
    if not call.receiver:
        found = next((m for m in included if (m, call.name) in calls.STARTS), None)
        return replace(call, receiver=found) if found is not None else call
    return call


def _call(project: Project, call: Call, path: str, cwd: Value, out: Gathered) -> None:
    key, at = (call.receiver, call.name), f"{path}:{call.line}"
    if key in calls.STARTS:
        _start(call, f"{at} calls {call.name}", out)
    elif call.name in calls.RUNS_CODE and call.arguments:
        first = call.arguments[0]
        if first.literal and not first.keyed and _STARTING.search(first.text or ""):
            out.need(NeedKind.COMMAND, ANY, f"{at} calls {call.name} with code that was not read")
        elif not first.literal and not first.keyed and not first.is_block:  # braces are a block, too
            out.need(NeedKind.COMMAND, ANY, f"{at} calls {call.name} with code that is not a literal")
    elif call.name == "alias_method" and any(_STARTING.search(given.text or "") for given in call.arguments):
        out.need(NeedKind.COMMAND, ANY, f"{at} gives what starts programs another name")
    elif key in calls.LIBRARIES:
        for given in call.arguments:
            if given.text is not None and given.literal and not given.text.startswith(":"):
                name = given.text if "/" in given.text or ".so" in given.text else f"lib{given.text}.so"
                out.need(NeedKind.PLUGIN, name, f"{at} opens it")
            elif not given.words and not given.keyed and not (given.text or "").startswith(":"):
                out.leave_open("plugins-unproven", f"{at} opens a library by a computed name.")
    elif key in calls.MAKES:
        _make(call, at, cwd, out)
    elif key in calls.ASKS or key == ("", "test"):
        _ask(call.arguments[key == ("", "test") :], at, out)
    elif key in calls.OPENS:
        _open(project, call, at, cwd, out)
        mode = call.arguments[1].text if key in calls.OPENS_TO_WRITE and len(call.arguments) > 1 else None
        if mode is not None and mode.startswith(("w", "a")):
            _make(call, at, cwd, out)
    elif _is_service(call.arguments, calls.PORTS.get(key)):
        out.need(NeedKind.NAME_SERVICE, "services", f"{at} names a service")
    elif (kind := calls.METHODS.get(key)) is not None:
        value = "services" if call.name in calls.SERVICES else "home" if call.name == "home" else ""
        out.need(kind, value, f"{at} calls {call.name}")
    elif call.name in ("require", "gem") and not call.receiver and call.arguments:
        text = call.arguments[0].text
        if text in ("open-uri", "net/http", "net/https", "net/smtp", "net/imap"):
            out.need(NeedKind.CERTIFICATES, "", f"{at} requires {text}")
            out.need(NeedKind.NAME_SERVICE, "", f"{at} requires {text}")


def _start(call: Call, why: str, out: Gathered) -> None:
    """Arguments of system and its like: an environment, then a program and its words, or one command line."""
    given = [a for a in call.arguments if not a.keyed]
    if call.receiver == "" and call.name in ("exec", "system", "spawn") and not call.arguments:
        return
    if not given:
        out.need(NeedKind.COMMAND, ANY, f"{why} with what is not literal")
        return
    first = given[0]
    if first.words and first.words[0]:
        _words(first.words, why, out)
    elif first.words or (first.text is None and first.whole.strip() in ("", CODE)):
        out.need(NeedKind.COMMAND, ANY, f"{why} with what is not literal")
    elif len(given) > 1 and not call.name.startswith("pipeline") and call.receiver != "IO":
        if first.literal and first.text is not None:
            words = (first.text, *((a.text if a.literal else None) or "" for a in given[1:]))
            _words(words, why, out)
        else:
            out.need(NeedKind.COMMAND, ANY, f"{why} with a computed name")
    else:
        for one in given if call.name.startswith("pipeline") else given[:1]:
            _shell(one.whole or one.text or "", why, out, literal=one.literal)


def _words(words: tuple[str, ...], why: str, out: Gathered) -> None:
    """A program with its words, and what it starts in turn."""
    out.line(words, why)
    for name in argv_starts(words, "ruby"):
        out.need(NeedKind.COMMAND, name, f"{why} with words that are not literal" if name == ANY else why)
    _note_children(vectors(words), why, out)


def _note_children(started: Iterable[tuple[str, ...]], why: str, out: Gathered) -> None:
    for argv in started:
        if is_ruby(argv[0]) and "" not in argv:
            out.children.setdefault(argv, why)


def _shell(text: str, why: str, out: Gathered, *, literal: bool) -> None:
    """A command line: Ruby starts it by itself where nothing in it is the shell's work.

    Args:
        text: as far as it is known, with a shell's variable for code in it.
        why: for people.
        out: what is found.
        literal: whether no code stands in it.
    """
    words = text.split()
    if literal and words:
        out.line(("sh", "-c", text), why)
    if not literal or _META.search(text) or (words and words[0] in _BUILTINS):
        out.need(NeedKind.SHELL, "/bin/sh", f"{why}, and Ruby hands its text to a shell")
        for name in text_starts(text, "ruby") if words else (ANY,):
            why_it = f"{why} whose words are not literal" if name in (ANY, "") else f"{why} that starts {name}"
            out.need(NeedKind.COMMAND, name or ANY, why_it)
        if _META.search(text.replace(CODE, "")) and not literal:
            # What the code gives may hold more than a word.
            out.leave_open("commands-unproven", f"{why} that is computed in part.")
        _note_children(text_vectors(text) if literal else (), why, out)
    elif words:
        _words(tuple(words), why, out)


def _make(call: Call, at: str, cwd: Value, out: Gathered) -> None:
    """A file that is made outside of the project needs its folder."""
    text = call.arguments[0].text if call.arguments else None
    path = known(absolute(text, cwd)) if text and text.startswith("/") else None
    folder = path.rpartition("/")[0] if path is not None else ""
    if folder and not out.asks_system(folder, f"{at} writes {text}"):
        out.need(NeedKind.FILE, folder, f"{at} writes {text}")


def _is_service(arguments: tuple[Argument, ...], place: int | None) -> bool:
    """Tell whether the port is given as a service's name."""
    given = [a for a in arguments if not a.keyed and not a.is_block]
    if place is None or not -len(given) <= place < len(given):
        return False
    text = given[place].text
    return text is not None and given[place].literal and text[:1].isalpha()


def _ask(arguments: tuple[Argument, ...], at: str, out: Gathered) -> None:
    """Whether something of the system is there; what else is missing the program may make itself."""
    text = arguments[0].text if arguments and arguments[0].literal else None
    if text is None or not is_of_packages(text) or out.asks_system(text, f"{at} asks for {text}"):
        return
    kind = NeedKind.COMMAND if posixpath.dirname(text) in _PROGRAMS else NeedKind.FILE
    out.need(kind, text, f"{at} asks for {text}")


def _open(project: Project, call: Call, at: str, cwd: Value, out: Gathered) -> None:
    """A file outside of the project has to be there; those of the project go along as they were copied."""
    first = call.arguments[0] if call.arguments else None
    if first is None or first.text is None or first.text.startswith(("http:", "https:", ":")):
        if first is not None and first.text is not None and first.text.startswith("https:"):
            out.need(NeedKind.CERTIFICATES, "", f"{at} opens {first.text}")
        return
    text = first.text.partition("*")[0] if call.receiver == "Dir" else first.text
    if text.startswith("|"):
        _shell((first.whole or text)[1:], f"{at} opens a command", out, literal=first.literal)
        return
    path = known(absolute(text, cwd)) if text else None
    if path is None or not text.startswith("/") or is_given(path):
        return
    why = f"{at} opens {text}"
    if out.asks_system(path, why):
        return
    if path in ("/etc/services", "/etc/protocols"):
        out.need(NeedKind.NAME_SERVICE, "services", why)
    elif first.literal:
        out.need(NeedKind.FILE, path, why)
    elif (folder := path if text.endswith("/") else posixpath.dirname(path)) and not _holds_own(project, folder):
        out.leave_open("computed-paths", f"{at} opens a computed name in {folder}.")


def _holds_own(project: Project, folder: str) -> bool:
    """Tell whether a folder is there, and what lies in it is the author's: files of packages go along by name alone."""
    files = project.files
    if files.kind(folder) != "folder":
        return False
    return not is_of_packages(folder) or isinstance(files.origin(folder), MadeBy) or any(files.walk_context(folder))
