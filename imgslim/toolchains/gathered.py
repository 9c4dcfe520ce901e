"""What sources show that a program needs, gathered; and what a path that it opens is there for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.paths import inside
from imgslim.meaning.starts import ANY, DONE_BY_SHELL, argv_starts, shell_text, text_starts
from imgslim.model import Assumption, Need, NeedKind
from imgslim.records import dataclass, field, replace
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: What Docker writes into every container, and what the kernel gives (docker run, "Container networking"; hier(7)).
_GIVEN = ("/dev", "/proc", "/sys", "/etc/resolv.conf", "/etc/hosts", "/etc/hostname")
#: Where packages of a distribution put files (hier(7)); elsewhere official images have none.
_OF_PACKAGES = ("/bin", "/etc", "/lib", "/lib32", "/lib64", "/sbin", "/usr", "/var/lib")
#: Other folders that each distribution has.
_PLACES = frozenset(
    "/home /media /mnt /opt /root /run /srv /var /var/cache /var/lock /var/log /var/run /var/tmp".split()
)
#: A literal's part before a format directive, a pattern or a placeholder; NAME_MAX.
_NAMED, _PLACEHOLDERS, _LONGEST = regex(r"/[\w.+@-]+(?:/[\w.+@-]+)*/?"), "%{$<*?[", 255
#: Where a literal is surely no address of a page. Below /usr/local lie interpreters, and what steps made.
_OF_SYSTEM = regex(r"/(?:etc|usr(?!/local/)|var/lib)/")
_ROOTS = ("/etc/", "/usr/", "/var/lib/")
_LITERAL = regex(r"(?<![\w\\)\]])(?:[fFrRbBuU]{1,2})?[\"'`](/(?:etc|usr|var/lib)/[^\"'`\n]*)")
#: What makes a folder is asked for none.
_MAKES = regex(r".*\b(?:mkdir\w*|make_?dirs|mkpath)\W{1,2}")
_COMMENTS = ("#", "//", "*", "/*")
#: The zones, and what says which of them is the system's own (localtime(5); Debian's tzdata).
_ZONES, _OWN_ZONE = "/usr/share/zoneinfo", ("/etc/localtime", "/etc/timezone")
#: hier(7).
_FILLED = frozenset(
    """
    /bin /etc /lib /lib64 /sbin /usr /usr/bin /usr/lib /usr/libexec /usr/local /usr/local/bin /usr/local/lib
    /usr/local/share /usr/sbin /usr/share /var /var/cache /var/lib /var/log
    """.split()
)
_PROGRAMS = frozenset({"/usr/bin", "/usr/sbin", "/usr/games"})
#: In the order in which Go's package mime looks; the first that there is hides the second.
MEDIA_TYPES = ("/usr/share/mime/globs2", "/etc/mime.types")
#: The trust store as one file, and the folders that hold it; what else lies in those is like any other file.
_TRUST = regex(
    r"/.*/(?:ca-certificates|ca-bundle(?:\.trust)?)\.crt|/(?:etc|usr/lib|usr/local)/ssl/(?:cert|ca-bundle)\.pem"
    r"|/etc/pki/tls/cert\.pem|/etc/pki/ca-trust/extracted/.*"
)
_TRUST_FOLDERS = frozenset(
    {"/etc/ssl", "/etc/ssl/certs", "/usr/lib/ssl", "/usr/lib/ssl/certs", "/etc/pki", "/etc/pki/tls/certs"}
)
#: Locales that need no file. C.UTF-8 is none of them: glibc reads it like any other (its NEWS for 2.35).
_PLAIN_LOCALES = frozenset({"", "C", "POSIX"})
_UTF8_OF_C = regex(r"C\.utf-?8", 2)


@dataclass(slots=True)
class Gathered:
    """Needs and open ends while they are gathered."""

    needs: dict[tuple[NeedKind, str], Need] = field(default_factory=dict)
    open_ends: dict[str, Assumption] = field(default_factory=dict)
    #: What the program starts of its own language, with the interpreter for the first word, and who does.
    children: dict[tuple[str, ...], str] = field(default_factory=dict)
    #: The language whose files are read where they are started in a process of their own.
    reads: str = ""
    #: The first call that asks whether a computed path is there, or what it is, and opens none; "" without one.
    looking: str = ""
    #: Where the search path of programs is asked for; "" where it is not.
    searching: str = ""

    def need(self, kind: NeedKind, value: str, why: str) -> None:
        """Add a need; the first evidence stays."""
        self.needs.setdefault((kind, value), Need(kind, value, why))

    def asks_system(self, path: str, why: str) -> bool:
        """Tell whether an absolute path is one that the system has rules for, and add what it is a need of."""
        if is_given(path):
            return True
        if is_temporary(path):
            self.need(NeedKind.TMP, "", why)
        elif is_trust(path):
            self.need(NeedKind.CERTIFICATES, "", why)
        elif is_trust_folder(path):
            self.need(NeedKind.CERTIFICATES, "", why)
            return False
        elif is_zone(path):
            self.need(NeedKind.TIME_ZONES, "", why)
            return not is_own_zone(path)
        elif is_media_types(path):
            self.need(NeedKind.MEDIA_TYPES, "", why)
        elif path in ("/etc/passwd", "/etc/group"):
            self.need(NeedKind.USERS, "", why)
        else:
            return False
        return True

    def named(self, text: str, why: str) -> None:
        """Add what a literal names of the system; of ``/usr/share/x/%s`` the folder."""
        if text == "PATH":
            self.searching = self.searching or why
        match = _NAMED.match(text)
        if match is None or len(text) > _LONGEST:
            return
        rest = text[match.end() :]
        path = match[0] if not rest else match[0].rpartition("/")[0] if rest[0] in _PLACEHOLDERS else ""
        if (path := path.rstrip("/")) and is_of_packages(path):
            self.need(NeedKind.NAMED, path, f"{why} names {text!r}")

    def names_system(self, literals: Iterable[tuple[str, int]], where: str) -> None:
        """Add what literals name of the system, each with its line, be it handed to whatever function.

        What has rules of its own is asked for by them; programs are, where they are started. Where a call was seen with
        the path, that tells more: of a file that is made only the folder is asked for.
        """
        called = {need.value.rstrip("/") for need in self.needs.values() if need.kind is NeedKind.FILE}
        for text, line in literals:
            named = _NAMED.match(text) if _OF_SYSTEM.match(text) and len(text) <= _LONGEST else None
            rest = text[named.end() :] if named is not None else ""
            if named is None or (rest and rest[0] not in _PLACEHOLDERS):
                continue
            path = (named[0].rpartition("/")[0] if rest else named[0]).rstrip("/")
            why = f"{where}:{line} names {text!r}"
            folder = path.rpartition("/")[0]
            if is_filled(path) or folder in ("", *_PROGRAMS) or not called.isdisjoint((path, folder)):
                continue
            if not self.asks_system(path, why):
                self.need(NeedKind.FILE, path, why)

    def looks(self, why: str) -> None:
        """Note a call that only looks at a computed path: most look for what the program made itself."""
        self.looking = self.looking or why

    def looks_at_system(self) -> None:
        """Say which path of the system a literal names that no call was seen with, where some path is computed.

        One that is only looked at is left open by that.
        """
        called = {need.value.rstrip("/") for need in self.needs.values() if need.kind is NeedKind.FILE}
        named = (need for need in self.needs.values() if need.kind is NeedKind.NAMED)
        other = next((n for n in named if n.value not in called and not _has_rules(n.value)), None)
        if other is not None and (opened := self.open_ends.get("computed-paths")) is not None:
            if repr(other.value) not in opened.message:
                said = f"{opened.message.removesuffix('.')}; {other.why}."
                self.open_ends["computed-paths"] = replace(opened, message=said)
        elif other is not None and self.looking:
            self.leave_open("computed-paths", f"{self.looking}; {other.why}.")
        if self.looking and self.searching:
            self.need(NeedKind.COMMAND, ANY, f"{self.looking}; {self.searching} names PATH")

    def line(self, words: Sequence[str], why: str) -> None:
        """Add the words that a program is started with, for what they name; "" stands for one that is not literal."""
        shown = " ".join(words)
        self.needs.setdefault((NeedKind.LINE, shown), Need(NeedKind.LINE, shown, why, tuple(words)))

    def runs_shell(self, text: str | None, why: str) -> None:
        """Add the programs that a command line of a shell starts; None for one that is not a literal."""
        if text is None:
            self.need(NeedKind.COMMAND, "*", f"{why} with a command line that is not a literal")
            return
        self.line(("sh", "-c", text), why)
        for started in text_starts(text, self.reads):
            if started not in DONE_BY_SHELL:
                self.need(NeedKind.COMMAND, started, f"{why} with {text!r}")

    def starts_shell(self, words: tuple[str, ...], why: str) -> None:
        """Add what a shell with these words runs, "" for one that is not literal: a text, a script, what it reads."""
        text = shell_text(words)
        if text is not None:
            self.runs_shell(text or None, why)
            return
        self.line(words, why)
        names = tuple(argv_starts(words, self.reads))[1:]
        if not names:
            self.need(NeedKind.COMMAND, ANY, f"{why} with commands that it reads")
        for name in names:
            self.need(NeedKind.COMMAND, name, why)

    def leave_open(self, reason: str, message: str) -> None:
        """Add an open end, one of each reason."""
        self.open_ends.setdefault(reason, Assumption(reason, message))


def _has_rules(path: str) -> bool:
    """Tell whether what an absolute path is there for is asked for in other words: a trust store, zones, users."""
    known = (is_trust, is_trust_folder, is_media_types, is_zone)
    return any(of(path) for of in known) or path in ("/etc/passwd", "/etc/group", "/etc/services", "/etc/protocols")


def is_given(path: str) -> bool:
    """Tell whether an absolute path is there in every container, whatever its image."""
    return path == "/" or any(inside(path, one) for one in _GIVEN)


def is_of_packages(path: str) -> bool:
    """Tell whether an absolute path lies where packages put files."""
    return any(inside(path, one) for one in _OF_PACKAGES)


def is_in_each(path: str) -> bool:
    """Tell whether each image of a distribution has that path: what packages put somewhere, or one of its folders."""
    return is_of_packages(path) or path.rstrip("/") in _PLACES


def is_temporary(path: str) -> bool:
    """Tell whether an absolute path is /tmp or below it."""
    return inside(path, "/tmp")  # noqa: S108 (a path in the image)


def is_trust(path: str) -> bool:
    """Tell whether an absolute path is that of a trust store in one file."""
    return _TRUST.fullmatch(path) is not None


def is_trust_folder(path: str) -> bool:
    """Tell whether an absolute path is that of a folder with a trust store: it holds more than rules take along."""
    return path.rstrip("/") in _TRUST_FOLDERS


def literals_of_system(source: str) -> Iterator[tuple[str, int]]:
    """What begins like a path of the system in the quotes that most languages have, outside of lines of comments."""
    for match in _LITERAL.finditer(source) if any(root in source for root in _ROOTS) else ():
        begin = source.rfind("\n", 0, match.start()) + 1
        before = source[begin : match.start()]
        if not before.lstrip().startswith(_COMMENTS) and not _MAKES.fullmatch(before):
            yield match[1], source.count("\n", 0, begin) + 1


def is_filled(path: str) -> bool:
    """Tell whether an absolute path is that of a folder that many packages fill: what it holds, each image decides."""
    return path.rstrip("/") in _FILLED


def is_media_types(path: str) -> bool:
    """Tell whether an absolute path is that of a table of media types."""
    return path in MEDIA_TYPES


def is_zone(path: str) -> bool:
    """Tell whether an absolute path is of the time zones."""
    return inside(path, _ZONES) or is_own_zone(path)


def is_own_zone(path: str) -> bool:
    """Tell whether an absolute path says which zone is the system's own: a file to itself beside the zones."""
    return path in _OWN_ZONE


def is_plain_locale(name: object) -> bool:
    """Tell whether a locale is the one that every program has without a file."""
    return name in _PLAIN_LOCALES


def is_utf8_of_c(name: str) -> bool:
    """Tell whether a locale is C's own with another character set."""
    return _UTF8_OF_C.fullmatch(name) is not None
