"""What the image sets up for the Java machine: its home, locale, trust store, and the packages that it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import RPM_MANAGERS, ImageFacts, Libc
from imgslim.meaning.wrappers import unwrap
from imgslim.model import Need, NeedKind, Tree
from imgslim.regex import regex
from imgslim.toolchains.installed import installed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project

#: Since this glibc C.UTF-8 is built in (glibc NEWS 2.35).
_BUILT_IN = (2, 35)
_PLAIN = frozenset({"C", "POSIX"})
_UTF8 = frozenset({"C.UTF-8", "C.utf8"})
#: Debian's and Ubuntu's development kits (``openjdk-17-jdk``, ``default-jdk-headless``), Alpine's ``openjdk17-jdk``.
_KIT = regex(r"(?P<name>openjdk-?\d+-|default-)(?:jdk|jre)(?P<rest>-headless)?")
#: Those of Fedora, Red Hat and Amazon: what a kit asks for besides is the whole run-time environment.
_KIT_OF_RPM = regex(r"(?P<name>java-[\d.]+-(?:openjdk|amazon-corretto))(?:-devel|(?P<rest>-headless))?")


def java_home(project: Project) -> str:
    """JAVA_HOME of the running image; "" where it is not set or not settled."""
    home = project.trace.final.env.get("JAVA_HOME")
    return home.rstrip("/") if isinstance(home, str) and home.startswith("/") else ""


def locale(project: Project) -> Iterator[Need]:
    """The locale that the machine takes encodings and language from: without its data it falls to ASCII, silently."""
    env = project.trace.final.env
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = env.get(name)
        if isinstance(value, str) and value:
            if value not in _PLAIN and (value not in _UTF8 or not _is_built_in(project)):
                yield Need(NeedKind.LOCALE, value, f"Java takes its encoding from {name}={value}")
            return


def _is_built_in(project: Project) -> bool:
    base = project.base
    if not isinstance(base, ImageFacts) or base.libc is not Libc.GLIBC:
        return isinstance(base, ImageFacts) and base.libc is Libc.MUSL
    low = base.libc_version.low
    return low is not None and low >= _BUILT_IN


def packages(project: Project) -> tuple[str, ...]:
    """The distribution's packages of the run-time environment, where the author installed its development kit."""
    found: dict[str, None] = {}
    if isinstance(project.base, ImageFacts) and project.base.package_manager in RPM_MANAGERS:
        matches = filter(None, map(_KIT_OF_RPM.fullmatch, installed(project)))
        names = dict.fromkeys(match["name"] + (match["rest"] or "") for match in matches)
        return tuple(n for n in names if n.removesuffix("-headless") == n or n.removesuffix("-headless") not in names)
    for _, _, command in project.trace.commands():
        words = [w.value for w in unwrap(command).words if isinstance(w.value, str)]
        if words[:1] and words[0] in ("apt-get", "apt", "apk") and {"install", "add"} & set(words[1:]):
            for word in words[1:]:
                match = _KIT.fullmatch(word.partition("=")[0])
                if match is not None:
                    tail = match["rest"] or ""
                    found[f"{match['name']}jre{tail}"] = None
    return tuple(found)


def trust(project: Project) -> Iterator[Tree]:
    """The trust store where a step changed it: certificates of the author's own."""
    home = java_home(project)
    for _, _, command in project.trace.commands():
        inner = unwrap(command)
        words = [w.value for w in inner.words if isinstance(w.value, str)]
        raw = " ".join(w.raw for w in inner.words)
        if inner.name == "keytool" and ("-cacerts" in words or "cacerts" in raw):
            if home:
                yield Tree(f"{home}/lib/security/cacerts", "certificates that keytool added")
            return
